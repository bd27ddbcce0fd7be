package testkit

import (
	"maps"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"atalaya/internal/config"
	"atalaya/internal/secret"
	"atalaya/internal/test/program"
)

// FreePort returns a TCP port of 127.0.0.1 that was free a moment ago.
func FreePort(t testing.TB) string {
	t.Helper()
	return program.Port(t)
}

// Settings returns the settings of a service on the pool's database, with a free port, a folder of
// pictures and the local issuer; vars win over them.
func Settings(t testing.TB, pool *pgxpool.Pool, vars map[string]string) config.Config {
	t.Helper()
	key, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	jwt, err := secret.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	port := FreePort(t)
	address := "http://127.0.0.1:" + port
	all := map[string]string{
		"HOST": "127.0.0.1", "PORT": port, "PUBLIC_URL": address, "METRICS_ADDR": "off", "DATABASE_URL": pool.Config().ConnString(),
		"JWT_ISSUER": address + "/auth/v1", "SUPABASE_JWT_SECRET": jwt, "ENCRYPTION_KEY": key, "PICTURES_DIR": t.TempDir(),
	}
	maps.Copy(all, vars)
	cfg, err := config.Load(all)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}
