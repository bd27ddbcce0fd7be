package operations_test

import (
	"bytes"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/joho/godotenv"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/program"
	"atalaya/internal/test/web"
)

// The backup is taken while the service runs, and restored into an empty cluster.
func TestABackupIsRestoredIntoAnEmptyClusterWithKeysAndPictures(t *testing.T) { //nolint:paralleltest // browsers of other tests would share two cores with it
	w := newWorld(t)
	w.verb(t, w.binary, "migrate")
	port := program.Port(t)
	address := map[string]string{"PORT": port, "PUBLIC_URL": "http://127.0.0.1:" + port}
	service := w.serve(t, w.binary, "web,worker", address)
	ana := w.newUser(t, "ana")
	session := chartsite.NewSession("ana")
	put(t, service.url+"/api/config", ana.token, map[string]any{"default_chart_id": "Zk4Tq9Lm", "tv_sessionid_plain": session.ID, "tv_sessionid_sign_plain": session.Sign, "capture_without_cookies": false})
	for price := range 3 {
		send(t, service.url+ana.hook, alertOf(price+1))
	}
	w.settled(t, 3)
	list := get(t, service.url+"/api/signals", ana.token)
	newest := list["data"].([]any)[0].(map[string]any)
	put(t, service.url+"/api/signals/"+newest["id"].(string), ana.token, map[string]any{"result": "win", "profit_loss": 12.5})
	list, stats := get(t, service.url+"/api/signals", ana.token), get(t, service.url+"/api/stats", ana.token)
	picture := download(t, newest["screenshot_url"].(string))

	backup := filepath.Join(t.TempDir(), "backup")
	w.shell(t, commands(t, "### Back up"), map[string]string{"BACKUP": backup})
	send(t, service.url+ana.hook, alertOf(4)) // comes too late for the backup
	service.stop(t)
	if err := w.database.Stop(); err != nil {
		t.Fatal(err)
	}

	// Nothing of the former machine is left but the backup, and the settings that are no secret.
	database, pool := startDatabase(t)
	w.pool = pool
	delete(w.settings, "ENCRYPTION_KEY")
	w.settings["DATABASE_URL"] = database.URL("postgres")
	w.settings["PICTURES_DIR"] = filepath.Join(t.TempDir(), "restored")
	w.shell(t, commands(t, "### Restore"), map[string]string{"BACKUP": backup})
	keys, err := godotenv.Read(filepath.Join(backup, "keys.env"))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(w.settings, keys)
	service = w.serve(t, w.binary, "web,worker", address)
	if got := get(t, service.url+"/api/signals", ana.token); !reflect.DeepEqual(got["data"], list["data"]) {
		t.Errorf("the signals differ:\n%v\n%v", got["data"], list["data"])
	}
	if got := get(t, service.url+"/api/stats", ana.token); !reflect.DeepEqual(got, stats) {
		t.Errorf("the statistics differ:\n%v\n%v", got, stats)
	}
	if !bytes.Equal(download(t, newest["screenshot_url"].(string)), picture) {
		t.Error("the picture differs")
	}
	// The webhook is the same, and the cookies open: the picture shows the user's own chart.
	signal := send(t, service.url+ana.hook, alertOf(5))
	w.settled(t, 4)
	if n := w.count(t, "select count(*) from public.trading_signals where id = $1 and screenshot_kind = 'user_chart'", signal); n != 1 {
		t.Error("the new picture is not of the user's chart")
	}
	for _, file := range []string{"database.dump", "roles.sql", "keys.env", "pictures.tar"} {
		if info, err := os.Stat(filepath.Join(backup, file)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want it readable by its owner alone", file, info, err)
		}
	}
	service.stop(t)
}

func put(t *testing.T, url, token string, body map[string]any) {
	t.Helper()
	status, answer, err := web.Ask(t.Context(), http.MethodPut, url, token, body)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%s answered %d %v: %v", url, status, answer, err)
	}
}

// send sends an alert, fails unless it is accepted, and returns its signal's id.
func send(t *testing.T, url string, alert map[string]any) string {
	t.Helper()
	status, answer, err := web.Ask(t.Context(), http.MethodPost, url, "", alert)
	signal, _ := answer["signal_id"].(string)
	if err != nil || status != http.StatusOK || signal == "" {
		t.Fatalf("the webhook answered %d %v: %v", status, answer, err)
	}
	return signal
}

func download(t *testing.T, url string) []byte {
	t.Helper()
	data, err := web.Read(t.Context(), url, "")
	if err != nil {
		t.Fatal(err)
	}
	return data
}
