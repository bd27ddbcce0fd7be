package events_test

import (
	"testing"

	"atalaya/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }
