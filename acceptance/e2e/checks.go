package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"atalaya"
	"atalaya/internal/chartsite"
	"atalaya/internal/test/program"
	"atalaya/internal/test/web"
)

// signal holds the members of a signal that the run reads.
type signal struct {
	ID     atalaya.SignalID         `json:"id"`
	UserID atalaya.UserID           `json:"user_id"`
	Status atalaya.ScreenshotStatus `json:"screenshot_status"`
	Error  string                   `json:"screenshot_error"`
	URL    string                   `json:"screenshot_url"`
	Source string                   `json:"screenshot_source"`
	Width  int                      `json:"screenshot_width"`
	Height int                      `json:"screenshot_height"`
}

// list reads all of a user's signals.
func (r *run) list(ctx context.Context, t *tenant) ([]signal, error) {
	var answer struct {
		Data []signal `json:"data"`
	}
	err := web.Get(ctx, r.service.url("/api/signals?limit=200"), t.token, &answer)
	return answer.Data, err
}

// await looks until every signal's screenshot is settled, and counts what was lost.
func (r *run) await(ctx context.Context) (map[*tenant][]signal, error) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		signals, waiting, completed := make(map[*tenant][]signal), 0, 0
		for _, t := range r.tenants {
			list, err := r.list(ctx, t)
			if err != nil {
				return nil, err
			}
			signals[t] = list
			for _, s := range list {
				switch s.Status {
				case atalaya.ScreenshotPending, atalaya.ScreenshotProcessing:
					waiting++
				case atalaya.ScreenshotCompleted:
					completed++
				default:
					return signals, fmt.Errorf("signal %s ended as %s: %s", s.ID, s.Status, s.Error)
				}
			}
		}
		if waiting == 0 {
			r.result.Completed = completed
			r.result.Lost = r.lost(signals)
			r.say("%d screenshots completed", completed)
			return signals, nil
		}
		select {
		case <-ctx.Done():
			return signals, fmt.Errorf("%d screenshots are not settled: %w", waiting, ctx.Err())
		case <-ticker.C:
		}
	}
}

// lost returns the number of alerts that do not have exactly one signal.
func (r *run) lost(signals map[*tenant][]signal) int {
	lost := 0
	for _, t := range r.tenants {
		there := make(map[atalaya.SignalID]int)
		for _, s := range signals[t] {
			there[s.ID]++
		}
		for id := range t.sent {
			if there[id] != 1 {
				lost++
				r.say("signal %s of %s is there %d times", id, t.name, there[id])
			}
		}
		lost += max(0, len(there)-len(t.sent))
	}
	return lost
}

// checkPictures opens every picture and asks the chart site what it drew in it.
func (r *run) checkPictures(ctx context.Context, signals map[*tenant][]signal) error {
	seen := make(map[uint32]bool)
	for _, t := range r.tenants {
		for _, s := range signals[t] {
			status, body, err := web.Send(ctx, http.MethodGet, s.URL, "", nil)
			if err != nil || status != http.StatusOK {
				return fmt.Errorf("the picture of %s answered %d: %w", s.ID, status, err)
			}
			img, err := png.Decode(bytes.NewReader(body))
			if err != nil {
				return fmt.Errorf("the picture of %s is no PNG: %w", s.ID, err)
			}
			if r.opt.Pictures != "" {
				if err := os.WriteFile(filepath.Join(r.opt.Pictures, t.name+"-"+string(s.ID)+".png"), body, 0o644); err != nil {
					return err
				}
			}
			id, problem := r.judge(ctx, t, s, img)
			if problem == "" && seen[id] {
				problem = "the same drawing stands in another picture"
			}
			seen[id] = true
			if problem != "" {
				r.result.WrongPicture++
				r.say("picture of %s (%s): %s", s.ID, t.name, problem)
			}
		}
	}
	r.say("%d pictures checked", len(seen))
	return nil
}

// judge returns what is wrong with a picture, "" if it shows what the alert asked for.
func (r *run) judge(ctx context.Context, t *tenant, s signal, img image.Image) (drawID uint32, problem string) {
	width, height := t.resolution.Size()
	b := img.Bounds()
	// The page's own picture has no toolbars, but a margin and a footer.
	exact := b.Dx() == width && b.Dy() == height
	fits := s.Source == atalaya.SourceClient && b.Dx() <= width+20 && b.Dy() <= height+45 && b.Dx() > width/2 && b.Dy() > height/2
	if !exact && !fits || s.Width != b.Dx() || s.Height != b.Dy() {
		return 0, fmt.Sprintf("it has %dx%d pixels (%s), the row says %dx%d, asked were %dx%d",
			b.Dx(), b.Dy(), s.Source, s.Width, s.Height, width, height)
	}
	if n := colours(img); n < 8 {
		return 0, fmt.Sprintf("it is blank: %d colours", n)
	}
	id, ok := chartsite.ReadRibbon(img)
	if !ok {
		return 0, "no drawing of the chart site can be read from it"
	}
	var draw chartsite.Draw
	if err := web.Get(ctx, r.site.url(fmt.Sprintf("/_site/draws/%d", id)), "", &draw); err != nil {
		return id, err.Error()
	}
	want := t.sent[s.ID]
	switch {
	case draw.Flaw != "":
		return id, fmt.Sprintf("it shows something that is %s", draw.Flaw)
	case !draw.SignedIn || draw.Account != chartsite.Account(t.session):
		return id, "it was drawn for another account"
	case want.symbol != "" && draw.Symbol != want.symbol:
		return id, fmt.Sprintf("it shows %s instead of %s", draw.Symbol, want.symbol)
	case want.interval != "" && draw.Interval != want.interval:
		return id, fmt.Sprintf("it shows %s %s instead of %s", draw.Symbol, draw.Interval, want.interval)
	}
	return id, ""
}

// colours returns the number of different colours among a grid of pixels.
func colours(img image.Image) int {
	seen := make(map[[3]uint32]bool)
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 4 {
		for x := b.Min.X; x < b.Max.X; x += 4 {
			red, green, blue, _ := img.At(x, y).RGBA()
			seen[[3]uint32{red, green, blue}] = true
		}
	}
	return len(seen)
}

// checkBorders tries to read and change every user's rows as every other user.
func (r *run) checkBorders(ctx context.Context, signals map[*tenant][]signal) error {
	for _, t := range r.tenants {
		for _, s := range signals[t] {
			if s.UserID != t.id {
				r.leak("%s sees a signal of another user in the list", t.name)
			}
		}
		for _, other := range r.tenants {
			if other == t {
				continue
			}
			if err := r.knock(ctx, t, signals[other][0].ID); err != nil {
				return err
			}
		}
	}
	for _, address := range []string{"/api/signals", "/api/config", "/api/stats", "/api/quota"} {
		status, _, err := web.Send(ctx, http.MethodGet, r.service.url(address), "", nil)
		if err != nil {
			return err
		}
		if status != http.StatusUnauthorized {
			r.leak("%s answers %d without a token", address, status)
		}
	}
	return r.checkRowSecurity(ctx)
}

// knock tries every method on another user's signal.
func (r *run) knock(ctx context.Context, t *tenant, id atalaya.SignalID) error {
	address := r.service.url("/api/signals/" + string(id))
	for method, body := range map[string]any{
		http.MethodGet: nil, http.MethodPut: map[string]any{"result": "win"},
		http.MethodPatch: map[string]any{"notes": "mine now"}, http.MethodDelete: nil,
	} {
		status, _, err := web.Send(ctx, method, address, t.token, body)
		if err != nil {
			return err
		}
		if status != http.StatusNotFound {
			r.leak("%s of another user's signal answers %s %d", method, t.name, status)
		}
	}
	return nil
}

func (r *run) leak(format string, args ...any) {
	r.result.Leaks++
	r.say("LEAK: "+format, args...)
}

// checkRowSecurity reads the tables as the role authenticated, with each user's claims.
func (r *run) checkRowSecurity(ctx context.Context) error {
	env, err := r.service.settings()
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, cmp.Or(r.service.direct, env["DATABASE_URL"]))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, t := range r.tenants {
		claims, err := json.Marshal(map[string]string{"sub": string(t.id), "role": "authenticated"})
		if err != nil {
			return err
		}
		err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `select set_config('request.jwt.claims', $1, true)`, string(claims)); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "set local role authenticated"); err != nil {
				return err
			}
			for _, table := range []string{"trading_signals", "trading_signals_config", "trading_signals_stats"} {
				var own, others int
				err := tx.QueryRow(ctx, "select count(*) filter (where user_id = $1), count(*) filter (where user_id <> $1) from public."+table, t.id).Scan(&own, &others)
				if err != nil {
					return err
				}
				if own == 0 || others > 0 {
					r.leak("as authenticated %s sees %d own and %d other rows of %s", t.name, own, others, table)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	r.say("borders between users checked")
	return nil
}

// checkLogs searches the program's output for every secret of the run, and for the lines of one alert from its
// arrival to its screenshot.
func (r *run) checkLogs(ctx context.Context, signals map[*tenant][]signal) error {
	env, err := r.service.settings()
	if err != nil {
		return err
	}
	secrets := []string{env["ENCRYPTION_KEY"], env["SUPABASE_JWT_SECRET"]}
	for _, t := range r.tenants {
		secrets = append(secrets, t.session.ID, t.session.Sign, t.token, t.webhook[strings.LastIndex(t.webhook, "/")+1:])
	}
	logs := r.service.Output() + r.site.Output()
	if len(logs) >= program.MaxOutput {
		return fmt.Errorf("the programs printed more than is kept, so that not all of it can be searched")
	}
	for _, secret := range secrets {
		if secret == "" {
			return fmt.Errorf("a secret of the run is empty; the check would find nothing")
		}
		if strings.Contains(logs, secret) {
			r.leak("a secret that begins with %q is in the log", secret[:4])
		}
	}
	for _, t := range r.tenants {
		for _, s := range signals[t] {
			for _, stage := range []string{"alert accepted", "capture started", "screenshot completed"} {
				if !hasLine(logs, stage, string(s.ID)) {
					return fmt.Errorf("the log has no line %q for signal %s", stage, s.ID)
				}
			}
		}
	}
	r.say("logs checked")
	return ctx.Err()
}

// hasLine reports whether one line holds both texts.
func hasLine(logs, a, b string) bool {
	for line := range strings.Lines(logs) {
		if strings.Contains(line, a) && strings.Contains(line, b) {
			return true
		}
	}
	return false
}

// stop stops both programs, and fails if anything that they started is left.
func (r *run) stop(folder string) error {
	var first error
	for _, p := range []*service{r.service, r.site} {
		if p == nil {
			continue
		}
		if err := p.stop(); err != nil && first == nil {
			first = err
		}
	}
	for _, stop := range slices.Backward(r.stops) {
		stop()
	}
	if first == nil {
		first = leftRunning(folder)
	}
	return first
}

// leftRunning fails if a process names the run's folder on its command line. It only works on Linux; elsewhere it
// finds none.
func leftRunning(folder string) error {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return err
	}
	for _, line := range lines {
		args, err := os.ReadFile(line)
		if err == nil && bytes.Contains(args, []byte(folder)) {
			return fmt.Errorf("left running: %s", bytes.ReplaceAll(args, []byte{0}, []byte{' '}))
		}
	}
	return nil
}
