package matrix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/chartsite"
)

// Result is what a run found.
type Result struct {
	Cases          int `json:"cases"`
	Right          int `json:"right"`
	FalseCompleted int `json:"false_completed"` // a picture where there must be none, or not of what was asked
	FalseFailed    int `json:"false_failed"`    // no picture where there must be one
	WrongCode      int `json:"wrong_code"`      // no picture, as promised, but for another reason
	Escapes        int `json:"escapes"`         // forbidden connections that a page made
	Client         int `json:"client"`          // right pictures that the page took of itself
	Viewport       int `json:"viewport"`        // right pictures of the viewport
	PeakMB         int `json:"peak_mb"`         // the most memory that the service's objects took, in millions of bytes
}

// OK reports whether everything ended as promised and no page filled the service's memory.
func (r Result) OK() bool {
	return r.Cases > 0 && r.Right == r.Cases && r.Escapes == 0 && r.PeakMB <= memoryBound
}

// together is how many captures run at a time. More would only wait for the processor, and a capture that ends by
// its timeout must have had processor time.
const together = 2

// Run takes every case's capture against a chart site of its own. It writes a line for each case to progress. The
// error is about the run itself.
func Run(ctx context.Context, cases []Case, progress io.Writer) (Result, error) {
	canary, err := chartsite.StartCanary()
	if err != nil {
		return Result{}, err
	}
	defer canary.Stop()
	site, err := chartsite.New(chartsite.Options{Canary: canary.Addr()})
	if err != nil {
		return Result{}, err
	}
	server := httptest.NewServer(site.Handler())
	defer server.Close()
	defer site.Close()
	r := &run{site: site, address: server.URL, progress: progress}
	peak := watchMemory()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(together)
	for _, c := range cases {
		group.Go(func() error { return r.one(ctx, c) })
	}
	err = group.Wait()
	r.result.PeakMB = int(peak() / 1e6)
	if err != nil {
		return Result{}, err
	}
	r.result.Cases, r.result.Escapes = len(cases), len(canary.Hits())
	return r.result, nil
}

type run struct {
	site    *chartsite.Site
	address string
	account atomic.Int64 // numbers the accounts: each case has its own

	mu       sync.Mutex
	progress io.Writer
	result   Result
}

// one takes a case's capture in a browser of its own, so that no case affects another.
func (r *run) one(ctx context.Context, c Case) error {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = long
	}
	camera, err := app.NewCamera(app.CameraOptions{Site: r.address, Timeout: timeout}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer camera.Stop()
	request := c.request(fmt.Sprintf("matrix%d", r.account.Add(1)))
	if c.Expired {
		r.site.Expire(request.Session)
	}
	if c.Twice {
		if _, err := camera.Capture(ctx, request, nil); err != nil {
			r.tell(c, fmt.Sprintf("the first of two captures: %v", err), &r.result.FalseFailed)
			return nil
		}
	}
	if c.Timeout > 0 {
		warm(ctx, camera, request)
	}
	picture, err := camera.Capture(ctx, request, nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.judge(c, request, picture, err)
	return nil
}

// warm starts the camera's browser, which may take longer than a case's timeout. The timeout is for the page.
func warm(ctx context.Context, camera *app.Camera, request atalaya.CaptureRequest) {
	for range 12 {
		visit, err := camera.Open(ctx, request, nil)
		if err == nil {
			visit.Close()
			return
		}
	}
}

// request returns the capture that a case asks for.
func (c Case) request(seed string) atalaya.CaptureRequest {
	request := atalaya.CaptureRequest{ChartID: c.Scenario, Resolution: c.Resolution, Interval: c.Interval}
	if request.Resolution == "" {
		request.Resolution = atalaya.Res720p
	}
	switch c.Interval {
	case "":
		request.Interval = "60"
	case "-":
		request.Interval = ""
	}
	symbol := c.Symbol
	if symbol == "" {
		symbol = "BINANCE:BTCUSDT"
	}
	if symbol != "-" {
		exchange, name, ok := strings.Cut(symbol, ":")
		if !ok {
			exchange, name = "", symbol
		}
		request.Exchange, request.Symbol = exchange, name
	}
	if !c.SignedOut {
		request.Session = chartsite.NewSession(seed)
	}
	return request
}

// judge compares an outcome with the case.
func (r *run) judge(c Case, request atalaya.CaptureRequest, picture atalaya.Picture, err error) {
	switch {
	case err != nil && c.Code == "":
		r.tell(c, fmt.Sprintf("no picture: %v", err), &r.result.FalseFailed)
	case err == nil && c.Code != "":
		r.tell(c, fmt.Sprintf("a picture, want %s", c.Code), &r.result.FalseCompleted)
	case err != nil && atalaya.CaptureCodeOf(err) != c.Code:
		r.tell(c, fmt.Sprintf("%v, want %s", err, c.Code), &r.result.WrongCode)
	case err == nil:
		if wrong := r.wrong(c, request, picture); wrong != "" {
			r.tell(c, wrong, &r.result.FalseCompleted)
			return
		}
		r.tell(c, "", &r.result.Right)
		r.count(picture.Source)
	default:
		if rest := restAsked(err); rest != c.Rest {
			r.tell(c, fmt.Sprintf("the site asks for a rest of %s, want %s", rest, c.Rest), &r.result.WrongCode)
			return
		}
		r.tell(c, "", &r.result.Right)
	}
}

// restAsked returns how long the site asked to be left alone, by a capture's error.
func restAsked(err error) time.Duration {
	var failure *atalaya.CaptureError
	if errors.As(err, &failure) {
		return failure.RetryAfter
	}
	return 0
}

func (r *run) count(source string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if source == atalaya.SourceClient {
		r.result.Client++
	} else {
		r.result.Viewport++
	}
}

// wrong returns what is wrong with a picture, by the chart site's own record of what it drew. It returns "" for a
// good one.
func (r *run) wrong(c Case, request atalaya.CaptureRequest, picture atalaya.Picture) string {
	img, err := png.Decode(bytes.NewReader(picture.PNG))
	if err != nil {
		return "the picture is no PNG"
	}
	draw, err := r.site.Shown(img)
	if err != nil {
		return fmt.Sprintf("the picture: %v", err)
	}
	kind := c.Kind
	if kind == "" {
		kind = atalaya.KindUserChart
	}
	switch {
	case !showsSymbol(draw.Symbol, request) || !showsInterval(draw.Interval, request.Interval):
		return fmt.Sprintf("the picture shows %s at %s", draw.Symbol, draw.Interval)
	case !tells(draw.Symbol, picture.Symbol) || picture.Interval != draw.Interval:
		return fmt.Sprintf("the picture shows %s at %s, and is said to show %s at %s", draw.Symbol, draw.Interval, picture.Symbol, picture.Interval)
	case !c.SignedOut && draw.Account != chartsite.Account(request.Session):
		return "the picture is another account's"
	case picture.Kind != kind:
		return "the picture is marked as " + picture.Kind
	case c.Source != "" && picture.Source != c.Source:
		return fmt.Sprintf("the picture is the %s's, want the %s's", picture.Source, c.Source)
	case !slices.Equal(picture.Warnings, c.Warnings):
		return fmt.Sprintf("the warnings are %q, want %q", picture.Warnings, c.Warnings)
	}
	return wrongSize(request, picture, img.Bounds().Size())
}

// What a page adds to its charts in the picture that it takes of itself, at most: margins, a footer, and
// in one scenario a header or a wider margin. In pixels.
const (
	addedWidth  = 46
	addedHeight = 83
)

// wrongSize returns what is wrong with a picture's size, or "". A picture by the page itself may be larger than
// the viewport, which has exactly the size asked for.
func wrongSize(request atalaya.CaptureRequest, picture atalaya.Picture, size image.Point) string {
	width, height := request.Resolution.Size()
	switch {
	case size.X != picture.Width || size.Y != picture.Height:
		return "the picture's size is not the one that is told"
	case picture.Source == atalaya.SourceViewport && (size.X != width || size.Y != height):
		return fmt.Sprintf("the viewport is %v", size)
	case size.X > width+addedWidth || size.Y > height+addedHeight || size.X < width/2 || size.Y < height/2:
		return fmt.Sprintf("the picture is %v", size)
	}
	return ""
}

// tells reports whether a symbol as it was recorded names EXCHANGE:SYMBOL, as drawn: whole, or without its
// exchange.
func tells(drawn, recorded string) bool {
	_, symbol, _ := strings.Cut(drawn, ":")
	return recorded == drawn || recorded == symbol
}

// showsSymbol reports whether EXCHANGE:SYMBOL, as drawn, is what was asked for.
func showsSymbol(drawn string, request atalaya.CaptureRequest) bool {
	exchange, symbol, _ := strings.Cut(drawn, ":")
	return (request.Symbol == "" || request.Symbol == symbol) && (request.Exchange == "" || request.Exchange == exchange)
}

// showsInterval reports whether an interval, as drawn, is what was asked for. A letter alone is one of it.
func showsInterval(drawn, asked string) bool {
	letter := len(asked) == 1 && strings.Contains("SDWM", asked)
	return asked == "" || drawn == asked || letter && drawn == "1"+asked
}

// tell counts an outcome and writes its line.
func (r *run) tell(c Case, wrong string, count *int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*count++
	if wrong == "" {
		wrong = "right"
	}
	fmt.Fprintf(r.progress, "%-45s %s\n", c.Name, wrong)
}
