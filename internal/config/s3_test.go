package config_test

import (
	"maps"
	"strings"
	"testing"

	"atalaya/internal/config"
)

func TestAnS3BucketNeedsItsKeysAndNoOtherPlace(t *testing.T) {
	t.Parallel()
	with := func(vars map[string]string) map[string]string {
		all := hosted()
		delete(all, "SUPABASE_SERVICE_ROLE_KEY") // the project's storage is not needed
		all["S3_BUCKET"], all["S3_ACCESS_KEY_ID"], all["S3_SECRET_ACCESS_KEY"] = "pictures", "AKIA", "hunter2"
		maps.Copy(all, vars)
		return all
	}
	cfg := load(t, with(nil))
	if cfg.SupabaseStorage() || cfg.S3Endpoint != "https://s3.amazonaws.com" || cfg.S3Region != "us-east-1" {
		t.Errorf("%q in %q, Supabase Storage %t", cfg.S3Endpoint, cfg.S3Region, cfg.SupabaseStorage())
	}
	for name, c := range map[string]struct {
		vars          map[string]string
		setting, cure string
	}{
		"no access key":         {map[string]string{"S3_ACCESS_KEY_ID": ""}, "S3_ACCESS_KEY_ID", "required"},
		"no secret":             {map[string]string{"S3_SECRET_ACCESS_KEY": ""}, "S3_SECRET_ACCESS_KEY", "required"},
		"a folder too":          {map[string]string{"PICTURES_DIR": "/pictures"}, "S3_BUCKET", "PICTURES_DIR"},
		"an endpoint of no URL": {map[string]string{"S3_ENDPOINT": "s3.example.com"}, "S3_ENDPOINT", "https://"},
		"a CDN with signatures": {map[string]string{"S3_PUBLIC_URL": "https://cdn.example.com", "STORAGE_SIGNED_URLS": "true"}, "S3_PUBLIC_URL", "STORAGE_SIGNED_URLS"},
	} {
		_, err := config.Load(with(c.vars))
		if err == nil || !strings.Contains(lineOf(err.Error(), c.setting), c.cure) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %s with its cure", name, err, c.setting)
		}
	}
}
