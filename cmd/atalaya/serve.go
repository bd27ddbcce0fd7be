package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"atalaya/internal/app"
	"atalaya/internal/config"
	"atalaya/internal/respond"
)

// serveCommand runs the service in production.
type serveCommand struct {
	Roles   []string `default:"web,worker" enum:"web,worker" help:"Parts to run: web (webhook and API), worker (captures)."`
	Domain  string   `help:"Get and renew the certificate of this domain, and listen on ports 443 and 80; the setting DOMAIN." placeholder:"NAME"`
	Migrate bool     `help:"Apply the migrations first, as soon as the database answers."`
}

// Run implements the verb.
func (s *serveCommand) Run(ctx context.Context, c *cli, std streams) error {
	cfg, err := loadConfigOver(c.Env, map[string]string{"DOMAIN": s.Domain})
	if err != nil {
		return err
	}
	log := newLog(std.err, cfg.LogLevel, true)
	for _, warning := range cfg.Warnings {
		log.Warn(warning)
	}
	var roles app.Roles
	for _, role := range s.Roles {
		roles.Web = roles.Web || role == "web"
		roles.Worker = roles.Worker || role == "worker"
	}
	service, err := app.New(cfg, roles, log)
	if err != nil {
		return err
	}
	service.Migrate = s.Migrate
	service.Ready = tellReady(os.Getenv("NOTIFY_SOCKET"), log)
	return service.Run(ctx)
}

// loadConfig reads the settings; every problem is one line of its error.
func loadConfig(file string) (config.Config, error) { return loadConfigOver(file, nil) }

// loadConfigOver is loadConfig with settings of flags, which win unless they are empty.
func loadConfigOver(file string, flags map[string]string) (config.Config, error) {
	vars, err := environment(file)
	if err != nil {
		return config.Config{}, err
	}
	for name, value := range flags {
		if value != "" {
			vars[name] = value
		}
	}
	cfg, err := config.Load(vars)
	if err != nil {
		return cfg, fmt.Errorf("the settings need mending:\n  - %s\nSee docs/configuration.md", strings.ReplaceAll(err.Error(), "\n", "\n  - "))
	}
	return cfg, nil
}

// environment returns the environment over the settings of the file that was named, else of .env if there
// is one. It hides this process's memory, since the settings hold keys.
func environment(file string) (map[string]string, error) {
	app.HideMemory()
	if file == "" {
		file = ".env"
	} else if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("--env-file: %w", err)
	}
	return config.Environment(file, os.Environ())
}

// newLog makes the program's log: JSON for machines, text for people. Every line carries the id of
// the request that it belongs to.
func newLog(w io.Writer, level string, machine bool) *slog.Logger {
	var l slog.Level
	_ = l.UnmarshalText([]byte(level)) // config has checked it; the zero Level is info
	options := &slog.HandlerOptions{Level: l}
	var handler slog.Handler = slog.NewTextHandler(w, options)
	if machine {
		handler = slog.NewJSONHandler(w, options)
	}
	return slog.New(respond.LogHandler(handler))
}
