package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/chartsite"
)

// captureCommand takes one screenshot into a file.
type captureCommand struct {
	Chart      string             `help:"Chart id, the part of a chart's URL after /chart/; without it and without cookies, the plain chart of the symbol." placeholder:"ID"`
	Symbol     string             `help:"EXCHANGE:SYMBOL; the chart's own where absent." placeholder:"EXCHANGE:SYMBOL"`
	Interval   string             `help:"TradingView's interval, such as 15, 60 or 1D; the chart's own where absent." placeholder:"N"`
	Resolution atalaya.Resolution `default:"1080p" enum:"720p,1080p,4k" help:"720p, 1080p or 4k."`
	Out        string             `short:"o" default:"chart.png" help:"File to write." type:"path"`
	Site       string             `default:"https://www.tradingview.com" env:"TRADINGVIEW_URL" help:"The chart site." placeholder:"URL"`
	Browser    string             `env:"PUPPETEER_EXECUTABLE_PATH" help:"The browser; found where absent." placeholder:"FILE"`
	Timeout    time.Duration      `default:"60s" help:"How long the capture may take."`
	Demo       bool               `help:"Use the demo chart site and a session of its own."`
}

// The variables that carry the two cookies: arguments are visible to other users of the machine.
const (
	envSessionID   = "ATALAYA_SESSIONID"
	envSessionSign = "ATALAYA_SESSIONID_SIGN"
)

// Help tells where the cookies come from.
func (*captureCommand) Help() string {
	return "The cookies sessionid and sessionid_sign are read from the environment, as " + envSessionID +
		" and " + envSessionSign + ". Without them the public chart is taken."
}

// Run implements the verb.
func (c *captureCommand) Run(ctx context.Context, std streams) (err error) {
	session := atalaya.TVSession{ID: os.Getenv(envSessionID), Sign: os.Getenv(envSessionSign)}
	if (session.ID == "") != (session.Sign == "") {
		return errors.New(envSessionID + " and " + envSessionSign + " go together: set both or none")
	}
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	site := c.Site
	if c.Demo {
		demo, err := startChartsite("127.0.0.1:0", log)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, demo.stop()) }()
		site, session = demo.url, chartsite.NewSession("demo")
	}
	camera, err := app.NewCamera(app.CameraOptions{Site: site, Executable: c.Browser, Timeout: c.Timeout}, log)
	if err != nil {
		return err
	}
	defer camera.Stop()
	picture, err := camera.Capture(ctx, c.request(session), func(step atalaya.CaptureStep) {
		fmt.Fprintf(std.err, "%6.2fs  %-10s %s\n", step.Elapsed.Seconds(), step.Name, step.Detail)
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, picture.PNG, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s: %s %s from %s, %dx%d, %s\n", c.Out, picture.Symbol, picture.Interval,
		hostOf(site), picture.Width, picture.Height, picture.Kind)
	return err
}

// request splits the symbol.
func (c *captureCommand) request(session atalaya.TVSession) atalaya.CaptureRequest {
	exchange, symbol, found := strings.Cut(c.Symbol, ":")
	if !found {
		exchange, symbol = "", c.Symbol
	}
	return atalaya.CaptureRequest{
		ChartID: c.Chart, Exchange: exchange, Symbol: symbol, Interval: c.Interval, Resolution: c.Resolution, Session: session,
	}
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return address
}
