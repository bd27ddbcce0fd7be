package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// readyCommand asks the service on this machine whether it can do its work: a container's health check.
type readyCommand struct{}

// readyTimeout is what a health check waits for an answer.
const readyTimeout = 4 * time.Second

// Run implements the verb. It fails unless the service answers that it is ready.
func (*readyCommand) Run(ctx context.Context, c *cli, std streams) error {
	cfg, err := loadConfig(c.Env)
	if err != nil {
		return err
	}
	host := cfg.Host
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	port := cfg.Port
	if cfg.Domain != "" { // without TLS too: the certificate may not be there yet
		port = cfg.HTTPPort
	}
	address := "http://" + net.JoinHostPort(host, strconv.Itoa(port)) + "/readyz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no service answers at %s: %w", address, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d: the service cannot do its work now; /health says why", address, res.StatusCode)
	}
	fmt.Fprintln(std.out, "ready")
	return nil
}
