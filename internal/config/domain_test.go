package config_test

import (
	"maps"
	"strings"
	"testing"

	"atalaya/internal/config"
)

func TestADomainGivesThePublicAddressAndThePortsToListenOn(t *testing.T) {
	t.Parallel()
	vars := hosted()
	vars["DOMAIN"], vars["PUBLIC_URL"] = "Signals.Example.com", ""
	cfg := load(t, vars)
	if cfg.PublicURL != "https://signals.example.com" || cfg.ListenAddress() != ":443" || cfg.HTTPPort != 80 {
		t.Errorf("PUBLIC_URL %s, listening on %s and %d", cfg.PublicURL, cfg.ListenAddress(), cfg.HTTPPort)
	}
	vars["PUBLIC_URL"] = "https://cdn.example.com"
	if cfg = load(t, vars); cfg.PublicURL != "https://cdn.example.com" {
		t.Errorf("PUBLIC_URL was replaced by %s", cfg.PublicURL)
	}
}

func TestAWrongDomainIsRefusedWithItsCure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		vars map[string]string
		cure string
	}{
		"a URL":          {map[string]string{"DOMAIN": "https://signals.example.com"}, "the name alone"},
		"an address":     {map[string]string{"DOMAIN": "203.0.113.7"}, "the name alone"},
		"this machine":   {map[string]string{"DOMAIN": "localhost"}, "the name alone"},
		"no port":        {map[string]string{"HTTPS_PORT": "0"}, "HTTPS_PORT is 0"},
		"the same ports": {map[string]string{"HTTPS_PORT": "8080", "HTTP_PORT": "8080"}, "they are two ports"},
		"no directory":   {map[string]string{"ACME_DIRECTORY": "http://ca.internal"}, "https://ca.internal/acme/directory"},
		"no mail":        {map[string]string{"ACME_EMAIL": "ana"}, "you@example.com"},
	} {
		vars := hosted()
		maps.Copy(vars, c.vars)
		if _, err := config.Load(vars); err == nil || !strings.Contains(err.Error(), c.cure) {
			t.Errorf("%s: %v, want %q", name, err, c.cure)
		}
	}
}
