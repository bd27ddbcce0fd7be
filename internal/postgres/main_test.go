package postgres_test

import (
	"testing"

	"atalaya/internal/test/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }
