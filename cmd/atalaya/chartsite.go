package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"atalaya/internal/chartsite"
)

// chartsiteCommand serves the demo chart site.
type chartsiteCommand struct {
	Listen string `default:"127.0.0.1:3001" help:"Address to listen on." placeholder:"HOST:PORT"`
}

// Run implements the verb.
func (c *chartsiteCommand) Run(ctx context.Context, std streams) error {
	site, err := startChartsite(c.Listen, slog.New(slog.NewTextHandler(std.err, nil)))
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "The demo chart site is at %s\n", site.url)
	<-ctx.Done()
	return site.stop()
}

// demoSite is a demo chart site with its HTTP server.
type demoSite struct {
	*chartsite.Site
	url    string
	server *http.Server
	ended  chan error
}

// startChartsite serves a chart site on an address until stop.
func startChartsite(listen string, log *slog.Logger) (*demoSite, error) {
	site, err := chartsite.New(chartsite.Options{Log: log})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("the chart site cannot listen: %w; choose another address with --listen", err)
	}
	d := &demoSite{
		Site: site, url: "http://" + listener.Addr().String(), ended: make(chan error, 1),
		server: &http.Server{Handler: site.Handler(), ReadHeaderTimeout: 5 * time.Second},
	}
	d.server.RegisterOnShutdown(site.Close)
	go func() { d.ended <- d.server.Serve(listener) }()
	return d, nil
}

// stop ends every answer and waits for the server to be done.
func (d *demoSite) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	err := d.server.Shutdown(ctx)
	if serveErr := <-d.ended; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}
