package e2e

import (
	"context"
	"crypto/rand"
	"path/filepath"

	"github.com/joho/godotenv"

	"atalaya/internal/pgrun"
	"atalaya/internal/test/bouncer"
)

// startPooled runs a database with a pooler in front, and makes the settings with which the program serves through
// the pooler, as an operator would. The migrations use the pooler too.
func (r *run) startPooled(ctx context.Context, folder string) error {
	r.say("starting PostgreSQL behind PgBouncer in mode %s", r.opt.Pooler)
	database, err := pgrun.Start(ctx, pgrun.Options{DataDir: filepath.Join(folder, "postgres"), Programs: r.opt.Postgres})
	if err != nil {
		return err
	}
	r.stops = append(r.stops, func() { _ = database.Stop() })
	pooler, err := bouncer.Start(ctx, r.opt.Pooler, database.URL("postgres"))
	if err != nil {
		return err
	}
	r.stops = append(r.stops, pooler.Stop)
	key, err := r.service.verbAlone(ctx, "keys", "new")
	if err != nil {
		return err
	}
	r.service.pooled, r.service.direct = true, database.URL("postgres")
	address := r.service.url("")
	settings := map[string]string{
		"HOST": "127.0.0.1", "PORT": r.service.port, "PUBLIC_URL": address, "JWT_ISSUER": address + "/auth/v1",
		"DATABASE_URL": pooler.URL(), "TRADINGVIEW_URL": r.site.url(""), "PICTURES_DIR": filepath.Join(r.service.data, "pictures"),
		"ALLOWED_ORIGINS": "*", "METRICS_ADDR": "off", "ENCRYPTION_KEY": key, "SUPABASE_JWT_SECRET": rand.Text() + rand.Text(),
	}
	if err := godotenv.Write(settings, filepath.Join(r.service.data, "dev.env")); err != nil {
		return err
	}
	_, err = r.service.verb(ctx, "migrate")
	return err
}
