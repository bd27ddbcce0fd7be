package acceptance

import (
	"context"
	"path/filepath"

	"atalaya/internal/test/program"
)

// demonstration starts everything in a new folder, as the first `make run` does, and looks at the demo data
// in a real browser.
func (r *run) demonstration(ctx context.Context, pictures string) error {
	port, err := program.FreePort()
	if err != nil {
		return err
	}
	data, at := filepath.Join(r.folder, "new"), "http://127.0.0.1:"+port
	if err := r.start(ctx, at+"/readyz", []string{"LOG_LEVEL=warn"}, r.opt.Binary, "dev", "--data", data, "--port", port); err != nil {
		return err
	}
	told := struct {
		Link     string `json:"link"`
		Pictures string `json:"pictures"`
	}{Pictures: pictures}
	if told.Link, err = r.loginLink(ctx, filepath.Join(data, "dev.env"), "demo@localhost"); err != nil {
		return err
	}
	return r.script(ctx, "web/dashboard/driveDemo.mjs", told)
}
