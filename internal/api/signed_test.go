package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"atalaya/internal/api"
	"atalaya/internal/blob"
)

// newSignedStack returns a stack whose pictures are served only at signed addresses.
func newSignedStack(t *testing.T) *stack {
	t.Helper()
	dir := t.TempDir()
	disk, err := blob.OpenSignedDisk(dir, publicURL+"/pictures", []byte("a key of this test alone, 32 bytes"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	s := newStack(t, func(o *api.Options) {
		o.Pictures, o.Addresses = diskPictures{disk}, diskAddresses{disk: disk, private: true}
	})
	s.disk = disk
	return s
}

// photographed stores a signal with a picture. url is its address in the row, "" for null.
func (s *stack) photographed(user account, name, url, status string) (id, path string) {
	s.t.Helper()
	id, path = s.signal(user, "BINANCE:BTCUSDT"), string(user.id)+"/"+name
	if err := s.disk.Put(s.t.Context(), path, []byte("\x89PNG\r\n\x1a\n"), blob.TypePNG); err != nil {
		s.t.Fatal(err)
	}
	s.exec(`update public.trading_signals set screenshot_status = $2, screenshot_url = nullif($3, ''), screenshot_path = nullif($4, '')
		where id = $1`, id, status, url, map[bool]string{true: path}[status == "completed"])
	return id, path
}

func TestEveryAnswerCarriesASignedAddressOfWhatIsStored(t *testing.T) {
	t.Parallel()
	s := newSignedStack(t)
	alice := s.user("alice@example.com")
	public := "https://abc.supabase.co/storage/v1/object/public/trading-screenshots/" + string(alice.id)
	fresh, path := s.photographed(alice, "BTCUSDT_new.png", "", "completed")
	s.photographed(alice, "BTCUSDT_old.png", public+"/BTCUSDT_old.png", "completed")
	s.photographed(alice, "BTCUSDT_again.png", public+"/BTCUSDT_again.png", "pending") // shown until the new one is there
	s.photographed(alice, "x.png", "https://elsewhere.example/x.png", "completed")
	s.photographed(alice, "waits.png", "", "pending")

	var addresses []string
	for _, row := range s.call(alice, http.MethodGet, "/api/signals", "").must(t, http.StatusOK).body["data"].([]any) {
		address, _ := row.(map[string]any)["screenshot_url"].(string)
		addresses = append(addresses, address)
	}
	slices.Reverse(addresses) // oldest first
	for i, want := range []string{"BTCUSDT_new.png?", "BTCUSDT_old.png?", "BTCUSDT_again.png?"} {
		target, signed := strings.CutPrefix(addresses[i], publicURL)
		if !signed || !strings.Contains(target, want) {
			t.Errorf("address %d is %q, want a signed one of %s", i, addresses[i], want)
			continue
		}
		a := s.plain(http.MethodGet, target, nil).must(t, http.StatusOK)
		if cache := a.header.Get("Cache-Control"); !strings.HasPrefix(cache, "private, max-age=35") && cache != "private, max-age=3600, immutable" {
			t.Errorf("caches may keep it: %s", cache)
		}
		s.plain(http.MethodGet, target+"x", nil).refused(t, http.StatusForbidden, "forbidden", "")
	}
	if addresses[3] != "https://elsewhere.example/x.png" || addresses[4] != "" {
		t.Errorf("an address of elsewhere became %q, and no picture %q", addresses[3], addresses[4])
	}
	s.plain(http.MethodGet, "/pictures/"+path, nil).refused(t, http.StatusForbidden, "forbidden", "")

	for method, body := range map[string]string{http.MethodGet: "", http.MethodPatch: `{"notes":"x"}`} {
		data := s.call(alice, method, "/api/signals/"+fresh, body).must(t, http.StatusOK).body["data"].(map[string]any)
		if address, _ := data["screenshot_url"].(string); !strings.Contains(address, "signature=") {
			t.Errorf("%s answers with the address %q", method, address)
		}
	}
	s.notLogged("signature=")
}

func TestEventsCarrySignedAddresses(t *testing.T) {
	t.Parallel()
	s := newSignedStack(t)
	alice := s.user("alice@example.com")
	id, _ := s.photographed(alice, "BTCUSDT_new.png", "", "completed")
	stream := s.stream(s.serve(), alice.token, "")
	s.call(alice, http.MethodPatch, "/api/signals/"+id, `{"result":"win"}`).must(t, http.StatusOK)
	var told struct {
		URL string `json:"screenshot_url"`
	}
	if err := json.Unmarshal([]byte(stream.next("signal.updated").data), &told); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told.URL, "BTCUSDT_new.png?expires=") {
		t.Errorf("the event has the address %q", told.URL)
	}
}
