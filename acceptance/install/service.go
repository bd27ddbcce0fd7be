package install

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/program"
	"atalaya/internal/test/wait"
	"atalaya/internal/test/web"
)

// person is a user of the installed service.
type person struct {
	address, webhook, token string
	signal                  string // the id of the last one
	picture                 string // the path of the first one
}

// inRoot runs a command in the root of the repository, with more environment.
func (r *run) inRoot(ctx context.Context, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = r.opt.Root, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, tail(string(out)))
	}
	return string(out), nil
}

// verbs runs a verb of an installed program, with its settings.
type verbs func(ctx context.Context, args ...string) (string, error)

// inMachine runs a verb in the Debian as root. The earlier version knows no other way.
func (r *run) inMachine(ctx context.Context, args ...string) (string, error) {
	return r.machine.run(ctx, append(append([]string{"atalaya"}, args...), "--env-file", settings)...)
}

// asService runs a verb in the Debian as the service runs.
func (r *run) asService(ctx context.Context, args ...string) (string, error) {
	return r.machine.run(ctx, append([]string{"atalayactl"}, args...)...)
}

// settingsOn returns settings on a database as NAME=value, and remembers the address.
func (r *run) settingsOn(database string) ([]string, error) {
	port, err := program.FreePort()
	if err != nil {
		return nil, err
	}
	metrics, err := program.FreePort()
	if err != nil {
		return nil, err
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	key := hex.EncodeToString(secret)
	r.people = person{address: "http://127.0.0.1:" + port}
	return []string{
		"HOST=127.0.0.1", "PORT=" + port, "PUBLIC_URL=" + r.people.address, "METRICS_ADDR=127.0.0.1:" + metrics,
		"DATABASE_URL=" + r.database.URL(database), "ENCRYPTION_KEY=" + key, "SUPABASE_JWT_SECRET=" + key,
		"JWT_ISSUER=" + r.people.address + "/auth/v1", "PICTURES_DIR=/var/lib/atalaya/pictures", "TRADINGVIEW_URL=" + r.site,
		"RATE_LIMIT_PER_MINUTE=0", "RATE_LIMIT_PER_HOUR=0", "DEFAULT_QUOTA=-1", "PLAN_FREE_QUOTA=-1",
	}, nil
}

// writeSettings writes settings on a database as an operator does: a file that is there already, changed in place.
func (r *run) writeSettings(database string) error {
	lines, err := r.settingsOn(database)
	if err != nil {
		return err
	}
	for i, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		lines[i] = name + "='" + value + "'"
	}
	file, err := os.OpenFile(r.machine.file(settings), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := file.WriteString(strings.Join(lines, "\n") + "\n"); err != nil {
		return err
	}
	return file.Close()
}

// ready waits until the service can do its work.
func (r *run) ready(ctx context.Context) error {
	err := wait.Until(ctx, patience, "the service is ready", func() (bool, error) {
		status, _, err := r.ask(ctx, http.MethodGet, "/readyz", nil)
		return err == nil && status == http.StatusOK, nil
	})
	if err != nil {
		journal, _ := r.machine.run(ctx, "journalctl", "--no-pager", "--lines=30", "--unit=atalaya")
		return fmt.Errorf("%w\n%s", err, journal)
	}
	return nil
}

// signUp makes a user with cookies and a chart.
func (r *run) signUp(ctx context.Context, atalaya verbs) error {
	out, err := atalaya(ctx, "user", "create", "ana@example.com")
	if err != nil {
		return err
	}
	var made struct {
		WebhookURL string `json:"webhook_url"`
	}
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		return fmt.Errorf("user create printed %q: %w", out, err)
	}
	r.people.webhook = made.WebhookURL
	if r.people.token, err = atalaya(ctx, "user", "token", "ana@example.com"); err != nil {
		return err
	}
	session := chartsite.NewSession("ana")
	status, answer, err := r.ask(ctx, http.MethodPut, "/api/config", map[string]any{
		"default_chart_id": "Zk4Tq9Lm", "tv_sessionid_plain": session.ID, "tv_sessionid_sign_plain": session.Sign,
	})
	if err != nil || status != http.StatusOK {
		return errors.Join(fmt.Errorf("store the cookies: %d %s", status, answer), err)
	}
	return nil
}

// capture sends an alert and waits for its picture.
func (r *run) capture(ctx context.Context) error {
	answer, err := r.sendUntilAccepted(ctx, time.Now().UnixNano())
	if err != nil {
		return err
	}
	var receipt struct {
		SignalID string `json:"signal_id"`
	}
	if err := json.Unmarshal(answer, &receipt); err != nil {
		return err
	}
	var signal struct {
		Data struct {
			Status string  `json:"screenshot_status"`
			Error  *string `json:"screenshot_error"`
			URL    string  `json:"screenshot_url"`
		} `json:"data"`
	}
	err = wait.Until(ctx, patience, "the signal has its picture", func() (bool, error) {
		status, answer, err := r.ask(ctx, http.MethodGet, "/api/signals/"+receipt.SignalID, nil)
		if err != nil || status != http.StatusOK {
			return false, nil //nolint:nilerr // a busy service answers next time
		}
		if err := json.Unmarshal(answer, &signal); err != nil {
			return false, err
		}
		if signal.Data.Status == "failed" || signal.Data.Status == "skipped" {
			return false, fmt.Errorf("the capture ended as %s", answer)
		}
		return signal.Data.Status == "completed", nil
	})
	if err != nil {
		return err
	}
	r.people.signal = receipt.SignalID
	path := strings.TrimPrefix(signal.Data.URL, r.people.address)
	if _, err := r.download(ctx, path); err != nil {
		return err
	}
	r.people.picture = cmp.Or(r.people.picture, path)
	return nil
}

// picture returns the first picture that was taken.
func (r *run) picture(ctx context.Context) ([]byte, error) { return r.download(ctx, r.people.picture) }

func (r *run) download(ctx context.Context, path string) ([]byte, error) {
	status, picture, err := r.ask(ctx, http.MethodGet, path, nil)
	if err != nil || status != http.StatusOK || !bytes.HasPrefix(picture, []byte("\x89PNG")) {
		return nil, errors.Join(fmt.Errorf("the picture at %s is answered %d with %d bytes", path, status, len(picture)), err)
	}
	return picture, nil
}

// signals returns how many signals the user has.
func (r *run) signals(ctx context.Context) (int, error) {
	status, answer, err := r.ask(ctx, http.MethodGet, "/api/signals", nil)
	if err != nil || status != http.StatusOK {
		return 0, errors.Join(fmt.Errorf("the list is answered %d", status), err)
	}
	var list struct{ Total int }
	err = json.Unmarshal(answer, &list)
	return list.Total, err
}

// ask makes one request of the installed service as its user. body may be nil.
func (r *run) ask(ctx context.Context, method, path string, body any) (status int, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return web.Send(ctx, method, r.people.address+path, r.people.token, body)
}

// mainPID returns the service's process id inside the machine, "0" if it does not run.
func (r *run) mainPID(ctx context.Context) (string, error) {
	return r.machine.run(ctx, "systemctl", "show", "--property=MainPID", "--value", "atalaya")
}

// patience bounds each wait.
const patience = 2 * time.Minute
