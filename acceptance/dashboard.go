package acceptance

import (
	"context"
	"path/filepath"
	"strings"

	"atalaya/internal/test/program"
)

// RunDashboard starts everything on this machine, as `make run` does, and drives the dashboard in a real
// browser, which leaves pictures of it in a folder.
func RunDashboard(ctx context.Context, opt Options, pictures string) (Result, error) {
	pictures, err := filepath.Abs(pictures)
	if err != nil {
		return Result{}, err
	}
	return begin(ctx, opt, func(r *run, ctx context.Context) error { return r.dashboard(ctx, pictures) })
}

func (r *run) dashboard(ctx context.Context, pictures string) error {
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	data := filepath.Join(r.folder, "data")
	at := "http://127.0.0.1:" + port
	if err := r.start(ctx, at+"/readyz", []string{"LOG_LEVEL=warn"}, r.opt.Binary, "dev", "--data", data, "--port", port); err != nil {
		return err
	}
	link, err := r.command(ctx, nil, r.opt.Binary, "user", "login", "demo@localhost", "--env-file", filepath.Join(data, "dev.env"))
	if err != nil {
		return err
	}
	told := struct {
		App      string `json:"app"`
		Link     string `json:"link"`
		Pictures string `json:"pictures"`
	}{at + "/app/", strings.TrimSpace(link), pictures}
	return r.script(ctx, "web/dashboard/drive.mjs", told)
}
