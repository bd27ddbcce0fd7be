package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAMisspeltSettingIsNamedWithTheOneThatWasMeant(t *testing.T) {
	t.Parallel()
	got := misspelt(map[string]string{
		"WORKER_CONCURENCY": "4", "DATABASE_URI": "x", "ENCRYPTIONKEY": "x", // misspelt
		"WORKER_CONCURRENCY": "4", "POOL_MAX_SIZE": "1", // settings of ours, and of the Node service
		"PATH": "/bin", "HOME": "/", "HOSTS": "x", "AWS_REGION": "x", "REDIS_TLS": "x", // others'
	})
	want := []string{
		"DATABASE_URI is no setting and has no effect; did you mean DATABASE_URL?",
		"ENCRYPTIONKEY is no setting and has no effect; did you mean ENCRYPTION_KEY?",
		"WORKER_CONCURENCY is no setting and has no effect; did you mean WORKER_CONCURRENCY?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}
