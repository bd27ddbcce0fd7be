package acceptance

import (
	"context"
	"net"
	"os"
	"path/filepath"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/program"
)

// RunExample builds the example site, runs it in a whole project with the demo chart site, and drives it in a real
// browser. The browser writes pictures to the folder pictures.
func RunExample(ctx context.Context, opt Options, pictures string) (Result, error) {
	pictures, err := filepath.Abs(pictures)
	if err != nil {
		return Result{}, err
	}
	return begin(ctx, opt, func(r *run, ctx context.Context) error { return r.example(ctx, pictures) })
}

// visit is the input of the driver.
type visit struct {
	story
	Site     string `json:"site"`
	Pictures string `json:"pictures"` // the folder for what the browser shows
	Session  struct {
		ID   string `json:"sessionid"`
		Sign string `json:"sessionid_sign"`
	} `json:"session"` // of the chart site
}

func (r *run) example(ctx context.Context, pictures string) error {
	if err := r.startPostgres(ctx); err != nil {
		return err
	}
	database, g, told, err := r.wholeProject(ctx)
	if err != nil {
		return err
	}
	charts, err := freeAddress()
	if err != nil {
		return err
	}
	if err := r.start(ctx, "http://"+charts+"/", nil, r.opt.Binary, "chartsite", "--listen", charts); err != nil {
		return err
	}
	site, err := freeAddress()
	if err != nil {
		return err
	}
	told.API, err = r.startAtalaya(ctx, database, g, "web,worker", "TRADINGVIEW_URL=http://"+charts, "ALLOWED_ORIGINS=http://"+site)
	if err != nil {
		return err
	}
	v := visit{story: told, Site: "http://" + site, Pictures: pictures}
	session := chartsite.NewSession("example")
	v.Session.ID, v.Session.Sign = session.ID, session.Sign
	if err := r.startSite(ctx, site, told); err != nil {
		return err
	}
	return r.script(ctx, "examples/nextjs/drive.mjs", v)
}

// startSite builds the site for this project and serves it.
func (r *run) startSite(ctx context.Context, address string, told story) error {
	folder := filepath.Join(r.opt.Root, "examples/nextjs")
	next := filepath.Join(folder, "node_modules/next/dist/bin/next")
	env := []string{
		"NEXT_PUBLIC_SUPABASE_URL=" + told.URL, "NEXT_PUBLIC_SUPABASE_ANON_KEY=" + told.AnonKey, "NEXT_PUBLIC_ATALAYA_URL=" + told.API,
		"NEXT_TELEMETRY_DISABLED=1", "NODE_ENV=production",
		"PATH=" + filepath.Dir(r.node()) + string(os.PathListSeparator) + os.Getenv("PATH"),
	}
	r.say("build the example site")
	_, err := r.command(ctx, env, r.node(), next, "build", folder)
	r.check("site: builds", err)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	return r.start(ctx, "http://"+address+"/", env, r.node(), next, "start", folder, "--hostname", host, "--port", port)
}

// freeAddress returns a local address that was free a moment ago.
func freeAddress() (string, error) {
	port, err := program.FreePort()
	return net.JoinHostPort("127.0.0.1", port), err
}
