package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"atalaya"
	"atalaya/internal/alert"
)

type alertCommand struct {
	Read alertReadCommand `cmd:"" help:"Print how a body is read, as JSON."`
	Send alertSendCommand `cmd:"" help:"Send an alert to a webhook URL and follow it to its screenshot."`
}

// alertReadCommand prints how the webhook would read a body.
type alertReadCommand struct {
	ContentType string `help:"The Content-Type that came with the body. It is ignored, as the webhook ignores it: only the body counts." placeholder:"T"`
	Names       string `help:"File with your own names for fields, in the JSON form of the setting alert_names: {\"ticker\": [\"s\"]}." placeholder:"FILE"`
	JSONL       bool   `name:"jsonl" help:"Read one JSON object per line, with id and body or body_base64, and print one reading per line."`
	File        string `arg:"" optional:"" default:"-" help:"File with the body. If it is absent or -, standard input is read."`
}

// Run implements the verb.
func (c *alertReadCommand) Run(std streams) error {
	in, err := openInput(c.File, std.in)
	if err != nil {
		return err
	}
	defer in.Close()
	names, err := c.names()
	if err != nil {
		return err
	}
	if c.JSONL {
		return names.ReadLines(in, std.out)
	}
	body, err := io.ReadAll(io.LimitReader(in, atalaya.MaxBody+1))
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	if len(body) > atalaya.MaxBody {
		return errors.New("the body is larger than 64 KiB; the webhook would answer 413")
	}
	reading, err := alert.JSON(names.Read(body))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s\n", reading)
	return err
}

// names reads the user's own names, if a file holds any.
func (c *alertReadCommand) names() (*alert.Names, error) {
	if c.Names == "" {
		return nil, nil
	}
	settings, err := os.ReadFile(c.Names)
	if err != nil {
		return nil, err
	}
	names, err := alert.ParseNames(settings)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Names, err)
	}
	return names, nil
}

// openInput opens a file, or standard input for "-".
func openInput(name string, stdin io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(stdin), nil
	}
	return os.Open(name)
}

// alertSendCommand sends one alert.
type alertSendCommand struct {
	URL     string        `required:"" help:"The webhook URL." placeholder:"URL" env:"ATALAYA_WEBHOOK_URL"`
	Token   string        `help:"An access token for the API, to follow the signal to its screenshot. Prefer the environment: arguments are visible to other users of the machine." placeholder:"TOKEN" env:"ATALAYA_TOKEN"`
	Timeout time.Duration `default:"2m" help:"How long to wait for the screenshot."`
	File    string        `arg:"" optional:"" default:"-" help:"File with the body. If it is absent or -, standard input is read."`
}

// pollEvery is the time between two looks at a signal.
const pollEvery = 250 * time.Millisecond

// Run implements the verb.
func (c *alertSendCommand) Run(ctx context.Context, std streams) error {
	in, err := openInput(c.File, std.in)
	if err != nil {
		return err
	}
	defer in.Close()
	body, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	start := time.Now()
	var answer struct {
		Message          string           `json:"message"`
		SignalID         atalaya.SignalID `json:"signal_id"`
		ScreenshotQueued bool             `json:"screenshot_queued"`
	}
	if err := call(ctx, http.MethodPost, c.URL, "", bytes.NewReader(body), &answer); err != nil {
		return err
	}
	progress := func(format string, args ...any) {
		fmt.Fprintf(std.err, "%6.2fs  "+format+"\n", append([]any{time.Since(start).Seconds()}, args...)...)
	}
	progress("%s", answer.Message)
	if !answer.ScreenshotQueued || c.Token == "" {
		fmt.Fprintln(std.out, answer.SignalID)
		return nil
	}
	return c.follow(ctx, answer.SignalID, progress, std.out)
}

// follow polls the signal until its screenshot is settled, and prints the picture's URL.
func (c *alertSendCommand) follow(ctx context.Context, id atalaya.SignalID, progress func(string, ...any), out io.Writer) error {
	api, err := url.Parse(c.URL)
	if err != nil {
		return err
	}
	api.Path, api.RawQuery = "/api/signals/"+string(id), ""
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	var last atalaya.ScreenshotStatus
	for {
		var answer struct {
			Data struct {
				Status atalaya.ScreenshotStatus `json:"screenshot_status"`
				Error  string                   `json:"screenshot_error"`
				Cure   string                   `json:"screenshot_cure"`
				URL    string                   `json:"screenshot_url"`
			} `json:"data"`
		}
		if err := call(ctx, http.MethodGet, api.String(), c.Token, nil, &answer); err != nil {
			return err
		}
		if answer.Data.Status != last {
			last = answer.Data.Status
			progress("screenshot %s %s", last, answer.Data.Error)
		}
		switch last {
		case atalaya.ScreenshotCompleted:
			_, err := fmt.Fprintln(out, answer.Data.URL)
			return err
		case atalaya.ScreenshotPending, atalaya.ScreenshotProcessing:
		default:
			return fmt.Errorf("the signal %s has no screenshot: %s (%s). %s", id, last, answer.Data.Error, answer.Data.Cure)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the screenshot of signal %s is still %s: %w", id, last, ctx.Err())
		case <-ticker.C:
		}
	}
}

// call makes one request and decodes its JSON answer. If the status is not 2xx, the error has the message
// of the problem document.
func call(ctx context.Context, method, address, token string, body io.Reader, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		var urlError *url.Error
		if errors.As(err, &urlError) {
			err = urlError.Err // the URL holds the token
		}
		return fmt.Errorf("%s: %w; is the service running there?", req.URL.Host, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		var problem struct{ Message string }
		if json.Unmarshal(answer, &problem) != nil || problem.Message == "" {
			problem.Message = http.StatusText(res.StatusCode)
		}
		return fmt.Errorf("answered %d: %s", res.StatusCode, problem.Message)
	}
	return json.Unmarshal(answer, into)
}
