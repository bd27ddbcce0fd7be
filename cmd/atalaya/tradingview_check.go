package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"atalaya"
	"atalaya/internal/app"
	"atalaya/internal/chartsite"
	"atalaya/internal/config"
	"atalaya/internal/postgres"
	"atalaya/internal/secret"
	"atalaya/internal/tradingview"
)

// tradingviewCheckCommand opens a chart as the service does and reports what it finds.
type tradingviewCheckCommand struct {
	chartFlags
	User   string `help:"Use the stored cookies of this user, given by id or email address." placeholder:"ID|EMAIL"`
	Out    string `short:"o" default:"chart.png" help:"File for the picture." type:"path"`
	Report string `default:"tradingview-report.json" help:"File for the report." type:"path"`
	Demo   bool   `help:"Use the demo chart site and a session of its own."`
}

// statusMend is the exit status of a check that got a picture but found something to mend.
const statusMend = 2

// Help explains the exit status and the report.
func (*tradingviewCheckCommand) Help() string {
	return "The cookies are those of --user, else those of the environment, " + envSessionID + " and " + envSessionSign +
		"; without any the chart is opened signed out.\n\n" +
		"Exit status: 0 if the page's own picture was taken and every expected name is there; 2 if there is a picture, but names " +
		"are missing or it is the viewport's; 1 if there is none.\n\n" +
		"The report holds no cookie and no chart id, and the picture shows the user's chart. docs/tradingview.md says how to read the report."
}

// Run implements the verb.
func (c *tradingviewCheckCommand) Run(ctx context.Context, cl *cli, std streams) (err error) {
	options := c.camera()
	if c.User != "" {
		return c.ofUser(ctx, cl, std)
	}
	session, err := environmentSession()
	if err != nil {
		return err
	}
	if c.Demo {
		demo, err := startChartsite("127.0.0.1:0", slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, demo.stop()) }()
		options.Site, session = demo.url, chartsite.NewSession("demo")
	}
	return c.check(ctx, std, options, session)
}

// ofUser checks with a user's stored cookies and the service's settings. It leases the TradingView account
// as a capture does, because a second tab would close the first.
func (c *tradingviewCheckCommand) ofUser(ctx context.Context, cl *cli, std streams) error {
	return withStore(ctx, cl, func(cfg config.Config, store *postgres.Store) error {
		user, err := findUser(ctx, store, c.User)
		if err != nil {
			return err
		}
		keyring, err := app.Keyring(cfg)
		if err != nil {
			return err
		}
		session, err := storedSession(ctx, store, keyring, user)
		if err != nil {
			return err
		}
		account, holder := keyring.Fingerprint(session.ID), atalaya.SignalID(user)
		lease, err := store.LeaseForCheck(ctx, account, user, cfg.CaptureJobTimeout)
		if err != nil {
			return err
		}
		if lease.State != atalaya.AccountTaken {
			return errors.New("the service is using this TradingView account, or the site has asked it for patience: try again in a minute")
		}
		defer func() {
			if err := store.ReleaseAccount(context.WithoutCancel(ctx), account, holder); err != nil {
				fmt.Fprintln(std.err, "the account stays taken until its lease ends:", err)
			}
		}()
		return c.check(ctx, std, app.CameraOptionsOf(cfg), session)
	})
}

// storedSession opens the cookies that a user has stored.
func storedSession(ctx context.Context, store *postgres.Store, keyring *secret.Keyring, user atalaya.UserID) (session atalaya.TVSession, err error) {
	sealed, err := store.SealedCookies(ctx, user)
	if err != nil {
		return session, err
	}
	if session.ID, err = keyring.Open(user, atalaya.ColumnSessionID, sealed.SessionID); err != nil {
		return atalaya.TVSession{}, err
	}
	session.Sign, err = keyring.Open(user, atalaya.ColumnSessionSign, sealed.Sign)
	return session, err
}

// checkReport is the file that a check leaves. It is made to be attached to a bug report.
type checkReport struct {
	Version  string                  `json:"version"`
	At       time.Time               `json:"at"`
	Asked    checkAsked              `json:"asked"`
	Outcome  captureLine             `json:"outcome"`
	Detail   string                  `json:"detail,omitempty"` // of a failure
	Steps    []checkStep             `json:"steps"`
	Replaced []string                `json:"names_replaced"` // by TRADINGVIEW_NAMES
	Missing  []string                `json:"names_missing"`
	Page     *tradingview.Inspection `json:"page"` // null if it could not be looked at
}

type checkAsked struct {
	Site       string             `json:"site"` // its host
	Layout     bool               `json:"layout"`
	SignedIn   bool               `json:"signed_in"`
	Symbol     string             `json:"symbol"`
	Interval   string             `json:"interval"`
	Resolution atalaya.Resolution `json:"resolution"`
}

type checkStep struct {
	Seconds float64 `json:"seconds"` // since the beginning
	Name    string  `json:"name"`
	Detail  string  `json:"detail"`
}

// check captures the chart, looks at the page that is left, and writes, prints and judges what it found.
func (c *tradingviewCheckCommand) check(ctx context.Context, std streams, options app.CameraOptions, session atalaya.TVSession) error {
	_, replaced, err := tradingview.LoadNames(options.Names)
	if err != nil {
		return fmt.Errorf("TRADINGVIEW_NAMES: %w", err)
	}
	camera, err := app.NewCamera(options, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer camera.Stop()
	req := c.request(session)
	report := checkReport{Version: app.Version(), At: time.Now().UTC(), Replaced: replaced, Asked: checkAsked{
		Site: hostOf(options.Site), Layout: req.ChartID != "", SignedIn: !session.IsZero(),
		Symbol: c.Symbol, Interval: c.Interval, Resolution: c.Resolution,
	}}
	picture, failure := c.look(ctx, camera, req, std, &report)
	report.Outcome = lineOf(picture, failure, time.Since(report.At))
	if failure != nil {
		report.Detail = failure.Error()
	} else if err := os.WriteFile(c.Out, picture.PNG, 0o600); err != nil {
		return err
	}
	if err := writeReport(c.Report, report); err != nil {
		return err
	}
	printReport(std, report)
	fmt.Fprintf(std.out, "\nreport: %s\n", c.Report)
	if failure != nil {
		return failure
	}
	fmt.Fprintf(std.out, "picture: %s\n", c.Out)
	return judgeReport(report)
}

// look takes the picture, and then inspects the page even if there is no picture.
func (c *tradingviewCheckCommand) look(ctx context.Context, camera *app.Camera, req atalaya.CaptureRequest, std streams, report *checkReport) (atalaya.Picture, error) {
	fmt.Fprintln(std.out, "steps")
	progress := func(step atalaya.CaptureStep) {
		detail := printable(step.Detail)
		fmt.Fprintf(std.out, "  %6.2fs  %-10s %s\n", step.Elapsed.Seconds(), step.Name, detail)
		report.Steps = append(report.Steps, checkStep{Seconds: step.Elapsed.Seconds(), Name: step.Name, Detail: detail})
	}
	visit, err := camera.Open(ctx, req, progress)
	if err != nil {
		return atalaya.Picture{}, err
	}
	defer visit.Close()
	picture, failure := visit.Capture(ctx, req, progress)
	bounded, cancel := context.WithTimeout(ctx, 20*time.Second) // the page's own picture may take five
	defer cancel()
	began := time.Now()
	found, err := visit.Inspect(bounded)
	if err != nil {
		fmt.Fprintln(std.out, "  the page cannot be looked at:", printable(err.Error()))
		return picture, failure
	}
	fmt.Fprintf(std.out, "  %6.2fs  %-10s looked at the page for its names\n", time.Since(began).Seconds(), "inspect")
	report.Page, report.Missing = &found, found.Missing()
	return picture, failure
}

// judgeReport returns an error that lists what has to be mended although there is a picture, or nil.
func judgeReport(report checkReport) error {
	var wrong []string
	if report.Outcome.Source != atalaya.SourceClient {
		wrong = append(wrong, "the picture is the viewport's, because the page's own was refused: the steps say why")
	}
	if len(report.Missing) > 0 {
		wrong = append(wrong, "names are missing: "+strings.Join(report.Missing, ", "))
	}
	if len(wrong) == 0 {
		return nil
	}
	return exitError{errors.New(strings.Join(wrong, "; ") + ". docs/tradingview.md says how to mend names"), statusMend}
}

func writeReport(path string, report checkReport) error {
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}
