package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/joho/godotenv"

	"atalaya/internal/test/program"
)

// service is the real binary with a data folder of its own.
type service struct {
	program.Program
	data   string
	port   string
	pooled bool   // it serves with settings in the data folder, instead of making its own
	direct string // the database behind a pooler; "" if DATABASE_URL is direct
}

// start runs a verb.
func (s *service) start(args ...string) error {
	s.Dir, s.Args = s.data, args
	return s.Start()
}

// stopTimeout is longer than the 20 s that running captures are given.
const stopTimeout = 40 * time.Second

// stop asks the program to end, as an operator does, and fails if it has to be killed.
func (s *service) stop() error { return s.Terminate(stopTimeout) }

// url returns an address of the program.
func (s *service) url(path string) string { return "http://127.0.0.1:" + s.port + path }

// settings reads what `atalaya dev` wrote for the other verbs.
func (s *service) settings() (map[string]string, error) {
	return godotenv.Read(filepath.Join(s.data, "dev.env"))
}

// verb runs another verb on the same data and returns its standard output.
func (s *service) verb(ctx context.Context, args ...string) (string, error) {
	return s.verbAlone(ctx, append(args, "--env-file", filepath.Join(s.data, "dev.env"))...)
}

// verbAlone runs a verb that needs no settings.
func (s *service) verbAlone(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, s.Path, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("atalaya %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
