package app_test

import (
	"net/http"
	"strings"
	"testing"

	"atalaya/internal/blob/s3test"
	"atalaya/internal/chartsite"
	"atalaya/internal/doctor"
	"atalaya/internal/test/testkit"
)

// s3Settings returns the settings of a bucket that does not exist yet.
func s3Settings(server *s3test.Server, vars map[string]string) map[string]string {
	options := server.Options()
	all := map[string]string{
		"PICTURES_DIR": "", "S3_BUCKET": options.Bucket, "S3_ENDPOINT": options.Endpoint, "S3_REGION": options.Region,
		"S3_ACCESS_KEY_ID": options.AccessKey, "S3_SECRET_ACCESS_KEY": options.SecretKey,
	}
	for name, value := range vars {
		all[name] = value
	}
	return all
}

func TestPicturesAreStoredInAnS3BucketAndSeenAtSignedAddresses(t *testing.T) {
	t.Parallel()
	pool, server, site := testkit.Database(t), s3test.Start(t), startSite(t)
	cfg := testkit.Settings(t, pool, s3Settings(server, map[string]string{"STORAGE_SIGNED_URLS": "true", "TRADINGVIEW_URL": site}))
	s := run(t, cfg)
	s.signUp(t, pool, chartsite.NewSession("ines"))
	id := s.send(t).SignalID
	address := s.settled(t, id, "completed").URL
	if status, kind := seen(t, address); status != http.StatusOK || kind != "image/png" || !strings.HasPrefix(address, server.URL) {
		t.Errorf("the picture's address %s answers %d with %s", address, status, kind)
	}
	if public, path := stored(t, pool, id); public != "" || path == "" {
		t.Errorf("the row has the address %q and the path %q, want a path alone", public, path)
	}
	if n := server.Count(t.Context(), t, cfg.S3Bucket); n != 1 {
		t.Errorf("the bucket has %d objects, want the picture alone", n)
	}
	expect(t, examine(t.Context(), cfg), doctor.Fine, "pictures", "bucket "+cfg.S3Bucket, "signed")
	s.stop(t)
	for what, text := range map[string]string{"the secret": server.SecretKey, "the access key": server.AccessKey, "a signed address": "X-Amz-Signature"} {
		if strings.Contains(s.log.String(), text) {
			t.Errorf("%s is in the log", what)
		}
	}
	wrong := testkit.Settings(t, pool, s3Settings(server, map[string]string{"S3_SECRET_ACCESS_KEY": "wrong"}))
	expect(t, examine(t.Context(), wrong), doctor.Wrong, "pictures", "S3_SECRET_ACCESS_KEY")
}
