package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/alert"
	"atalaya/internal/app"
	"atalaya/internal/chartsite"
)

// captureCommand takes one screenshot into a file.
type captureCommand struct {
	chartFlags
	Out  string `short:"o" default:"chart.png" help:"File to write." type:"path"`
	Demo bool   `help:"Use the demo chart site and a session of its own."`
	JSON bool   `help:"End with one line of JSON: code, source, width, height, symbol, interval, seconds and warnings."`
}

// chartFlags say which chart is opened, and how.
type chartFlags struct {
	Chart      string             `help:"A chart's URL, or its id, which is the part after /chart/. Without it and without cookies the symbol's plain chart is captured." placeholder:"ID|URL"`
	Symbol     string             `help:"EXCHANGE:SYMBOL. The default is the chart's own symbol." placeholder:"EXCHANGE:SYMBOL"`
	Interval   string             `help:"Interval as in alerts: 15, 15m, 4h or 1D. The default is the chart's own interval." placeholder:"N"`
	Resolution atalaya.Resolution `default:"1080p" enum:"720p,1080p,4k" help:"Size of the browser's window: 720p, 1080p or 4k. A picture of the chart alone has the size of the chart in it."`
	Site       string             `default:"https://www.tradingview.com" env:"TRADINGVIEW_URL" help:"The chart site." placeholder:"URL"`
	Browser    string             `env:"PUPPETEER_EXECUTABLE_PATH" help:"The browser's executable. The default is the first one found in the usual places." placeholder:"FILE"`
	UserAgent  string             `env:"BROWSER_USER_AGENT" help:"The browser's user agent. The default is the browser's own." placeholder:"TEXT"`
	Language   string             `env:"BROWSER_LANGUAGE" help:"The language to request from the site. The default is the browser's own." placeholder:"LANG"`
	Names      string             `env:"TRADINGVIEW_NAMES" help:"File of page-side names that replace the built-in ones." placeholder:"FILE"`
	Timeout    time.Duration      `default:"60s" help:"How long the capture may take."`
}

var chartInURL = regexp.MustCompile(`/chart/([A-Za-z0-9]{1,32})(/|$|\?|#)`)

// Validate implements kong's hook. It turns a chart's URL into its id, and an interval into TradingView's form, as
// alerts are read.
func (c *chartFlags) Validate() error {
	if strings.Contains(c.Chart, "/") {
		id := chartInURL.FindStringSubmatch(c.Chart)
		if id == nil {
			return fmt.Errorf("--chart: %q is no chart's URL; it has the form https://www.tradingview.com/chart/AbCd1234/", c.Chart)
		}
		c.Chart = id[1]
	}
	if c.Interval != "" {
		interval, ok := alert.ParseInterval(c.Interval)
		if !ok {
			return fmt.Errorf("--interval: %q is no interval; it has a form such as 15, 15m, 4h or 1D", c.Interval)
		}
		c.Interval = interval
	}
	c.Symbol = strings.ToUpper(c.Symbol)
	return nil
}

func (c *chartFlags) camera() app.CameraOptions {
	return app.CameraOptions{
		Site: c.Site, Executable: c.Browser, Timeout: c.Timeout, UserAgent: c.UserAgent, Language: c.Language, Names: c.Names,
	}
}

// The variables that carry the two cookies: arguments are visible to other users of the machine.
const (
	envSessionID   = "ATALAYA_SESSIONID"
	envSessionSign = "ATALAYA_SESSIONID_SIGN"
)

// Help explains where the cookies come from.
func (*captureCommand) Help() string {
	return "The cookies sessionid and sessionid_sign are read from the environment, as " + envSessionID +
		" and " + envSessionSign + ". Without them the public chart is taken."
}

// environmentSession returns the session of the environment, a zero one if there is none.
func environmentSession() (atalaya.TVSession, error) {
	session := atalaya.TVSession{ID: os.Getenv(envSessionID), Sign: os.Getenv(envSessionSign)}
	if (session.ID == "") != (session.Sign == "") {
		return session, errors.New(envSessionID + " and " + envSessionSign + " go together: set both or none")
	}
	return session, nil
}

// Run implements the verb.
func (c *captureCommand) Run(ctx context.Context, std streams) (err error) {
	session, err := environmentSession()
	if err != nil {
		return err
	}
	if c.Chart == "" && c.Demo {
		c.Chart = demoChart
	}
	if c.Chart == "" && c.Symbol == "" {
		return errors.New("nothing to capture: name a chart by --chart, or a symbol by --symbol; --demo has a chart of its own")
	}
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	options := c.camera()
	if c.Demo {
		demo, err := startChartsite("127.0.0.1:0", log)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, demo.stop()) }()
		options.Site, session = demo.url, chartsite.NewSession("demo")
	}
	options.Sandbox = app.SandboxFor(os.Getenv("BROWSER_SANDBOX"), options.Site)
	camera, err := app.NewCamera(options, log)
	if err != nil {
		return err
	}
	defer camera.Stop()
	began := time.Now()
	picture, err := camera.Capture(ctx, c.request(session), func(step atalaya.CaptureStep) {
		fmt.Fprintf(std.err, "%6.2fs  %-10s %s\n", step.Elapsed.Seconds(), step.Name, printable(step.Detail))
	})
	if c.JSON {
		if lineErr := json.NewEncoder(std.out).Encode(lineOf(picture, err, time.Since(began))); lineErr != nil {
			return lineErr
		}
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, picture.PNG, 0o644); err != nil || c.JSON {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s: %s %s from %s, %dx%d, %s, %s\n", c.Out, picture.Symbol, picture.Interval,
		hostOf(options.Site), picture.Width, picture.Height, picture.Kind, extent(picture.Source, c.Resolution))
	return err
}

// extent describes what a picture shows of the window, which is why its size may differ from the resolution.
func extent(source string, resolution atalaya.Resolution) string {
	if source != atalaya.SourceClient {
		return "the whole window"
	}
	width, height := resolution.Size()
	return fmt.Sprintf("the chart alone in a window of %dx%d", width, height)
}

// captureLine is a capture's outcome as one line of JSON. Scripts read it, so members may be added but
// never renamed or removed.
type captureLine struct {
	Code     string                   `json:"code"`   // completed, or why not: an atalaya.CaptureCode
	Source   string                   `json:"source"` // client or viewport; "" without a picture
	Width    int                      `json:"width"`  // pixels; 0 without a picture
	Height   int                      `json:"height"`
	Symbol   string                   `json:"symbol"` // what the picture shows
	Interval string                   `json:"interval"`
	Seconds  float64                  `json:"seconds"`
	Warnings []atalaya.PictureWarning `json:"warnings"` // never null
}

func lineOf(picture atalaya.Picture, err error, took time.Duration) captureLine {
	line := captureLine{
		Code: string(atalaya.ScreenshotCompleted), Source: picture.Source, Width: picture.Width, Height: picture.Height,
		Symbol: picture.Symbol, Interval: picture.Interval, Seconds: took.Round(time.Millisecond).Seconds(),
		Warnings: append([]atalaya.PictureWarning{}, picture.Warnings...),
	}
	if err != nil {
		line.Code = string(atalaya.CaptureCodeOf(err))
	}
	return line
}

// request returns the request of the flags, with the symbol split from its exchange.
func (c *chartFlags) request(session atalaya.TVSession) atalaya.CaptureRequest {
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
