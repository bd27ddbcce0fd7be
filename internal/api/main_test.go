package api_test

import (
	"fmt"
	"os"
	"testing"

	"atalaya/internal/test/testkit"
)

func TestMain(m *testing.M) {
	if database := os.Getenv(serverDatabase); database != "" {
		if err := serveStreams(database); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	testkit.Main(m)
}
