package doctor

import (
	"strings"
	"testing"
)

func TestTheDoctorWantsTLSToARemoteDatabase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url, says string
		severity  Severity
	}{
		{"postgresql://u:p@db.example.com:5432/postgres", "sslmode is not set", Notable},
		{"postgresql://u:p@db.example.com:5432/postgres?sslmode=require", "sslmode is require", Notable},
		{"postgresql://u:p@db.example.com:5432/postgres?sslmode=verify-full", "verify-full", Fine},
		{"postgresql://u:p@localhost/postgres", "this machine", Fine},
		{"postgresql://u:p@[::1]:5432/postgres", "this machine", Fine},
		{"postgresql://u:p@127.0.0.1:5432/postgres", "this machine", Fine},
		{"postgresql://u:p@10.0.0.7:5432/postgres", "sslmode is not set", Notable},
	} {
		if got := examineTLS(c.url); got.Severity != c.severity || !strings.Contains(got.Text, c.says) {
			t.Errorf("%s: severity %d, %q; want %d and %q", c.url, got.Severity, got.Text, c.severity, c.says)
		}
	}
}
