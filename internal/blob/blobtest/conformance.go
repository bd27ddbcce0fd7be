package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"atalaya/internal/blob"
)

// Two users, each of whom must never see the other's pictures.
const (
	userA = "8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11"
	userB = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
)

// Conformance tests a store against the contract of blob.Store. open returns a store that no other test uses. It is
// called once for each part, from parallel tests.
func Conformance(t *testing.T, open func(t *testing.T) blob.Store) {
	t.Helper()
	for name, part := range map[string]func(*testing.T, blob.Store){
		"what is put is read back":                      putAndOpen,
		"putting again replaces the picture":            putAgain,
		"an absent picture is not found":                absent,
		"deleting is final and may be repeated":         deleteTwice,
		"many pictures are deleted at once":             deleteMany,
		"users do not share pictures":                   apart,
		"a bad path is rejected by every method":        badPaths,
		"a picture of the wrong size or type is none":   badPictures,
		"a picture of the largest size is stored":       largest,
		"a context that is over stops every method":     contextOver,
		"a reader sees whole pictures while one is put": wholePictures,
		"a listing gives every picture":                 listing,
		"addresses name the picture":                    addresses,
		"any sequence of calls acts like a map":         likeAMap,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			part(t, open(t))
		})
	}
}

// freshPath returns a path of a user that nothing is stored under.
func freshPath(user string) string {
	return user + "/BINANCE-BTCUSDT_20260102T030405Z-" + rand.Text() + ".png"
}

func put(t *testing.T, s blob.Store, path string, data []byte) {
	t.Helper()
	if err := s.Put(t.Context(), path, data, blob.TypePNG); err != nil {
		t.Fatalf("Put: %v", err)
	}
}

// read returns what is stored, or nil.
func read(ctx context.Context, s blob.Store, path string) ([]byte, error) {
	r, err := s.Open(ctx, path)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	return data, errors.Join(err, r.Close())
}

func wantStored(t *testing.T, s blob.Store, path string, want []byte) {
	t.Helper()
	got, err := read(t.Context(), s, path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("stored are %d bytes (%.20q), %v; want %d (%.20q)", len(got), got, err, len(want), want)
	}
}

func putAndOpen(t *testing.T, s blob.Store) {
	path, data := freshPath(userA), []byte("\x89PNG\r\n\x1a\n\x00 any bytes \xff")
	kept := bytes.Clone(data)
	put(t, s, path, data)
	wantStored(t, s, path, kept)
	clear(data)
	wantStored(t, s, path, kept)
}

func putAgain(t *testing.T, s blob.Store) {
	path := freshPath(userA)
	put(t, s, path, []byte("the first and longer picture"))
	put(t, s, path, []byte("the second"))
	wantStored(t, s, path, []byte("the second"))
}

func absent(t *testing.T, s blob.Store) {
	put(t, s, freshPath(userA), []byte("another"))
	for _, path := range []string{freshPath(userA), freshPath(userB)} {
		if _, err := s.Open(t.Context(), path); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("Open: %v, want ErrNotFound", err)
		}
		signed, err := s.SignURLs(t.Context(), []string{path}, time.Minute)
		if err != nil {
			t.Errorf("SignURLs: %v", err)
		}
		leadsNowhere(t, signed[path])
	}
}

// leadsNowhere checks that the address of a picture that is not there is "" or answers 404.
func leadsNowhere(t *testing.T, address string) {
	t.Helper()
	if address == "" {
		return
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusNotFound {
		t.Errorf("the address of a picture that is not there answers %d: %v", answer.StatusCode, err)
	}
}

func deleteTwice(t *testing.T, s blob.Store) {
	path := freshPath(userA)
	put(t, s, path, []byte("picture"))
	for range 2 {
		if err := s.Delete(t.Context(), path); err != nil {
			t.Errorf("Delete: %v", err)
		}
		wantStored(t, s, path, nil)
	}
	put(t, s, path, []byte("again"))
	wantStored(t, s, path, []byte("again"))
}

func deleteMany(t *testing.T, s blob.Store) {
	kept, there, gone := freshPath(userA), freshPath(userA), freshPath(userB)
	put(t, s, kept, []byte("kept"))
	put(t, s, there, []byte("one"))
	put(t, s, gone, []byte("two"))
	paths := []string{there, gone}
	for range 1200 {
		paths = append(paths, freshPath(userB)) // absent, and more than Supabase takes at once
	}
	if err := s.Delete(t.Context(), paths...); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	if err := s.Delete(t.Context()); err != nil {
		t.Errorf("Delete of nothing: %v", err)
	}
	wantStored(t, s, there, nil)
	wantStored(t, s, gone, nil)
	wantStored(t, s, kept, []byte("kept"))
}

func apart(t *testing.T, s blob.Store) {
	name := "/same_name-" + rand.Text() + ".png"
	put(t, s, userA+name, []byte("of A"))
	put(t, s, userB+name, []byte("of B"))
	if err := s.Delete(t.Context(), userA+name); err != nil {
		t.Fatal(err)
	}
	wantStored(t, s, userA+name, nil)
	wantStored(t, s, userB+name, []byte("of B"))
}

func badPaths(t *testing.T, s blob.Store) {
	for _, path := range []string{
		"", "/", "x.png", userA, userA + "/", userA + "/.png", userA + "/x", userA + "/x.jpg", userA + "/x.PNG",
		userA + "/../" + userB + "/x.png", userA + "/..png", userA + "/.hidden.png", "../" + userA + "/x.png",
		"/" + userA + "/x.png", userA + "//x.png", userA + "/a/x.png", userA + `\x.png`, userA + "/a\\x.png",
		userA + "/x.png/", userA + "/x.png\n", userA + "/x\x00.png", userA + "/x y.png", userA + "/x%2e.png",
		userA + "/x?.png", userA + "/x#.png", userA + "/ñ.png", userA + "/BINANCE:BTC.png",
		strings.ToUpper(userA) + "/x.png", userA + "/" + strings.Repeat("x", 201) + ".png",
		".parts/x.png", "trading-screenshots/x.png",
	} {
		if err := s.Put(t.Context(), path, []byte("x"), blob.TypePNG); !errors.Is(err, blob.ErrRejected) {
			t.Errorf("Put %q: %v, want ErrRejected", path, err)
		}
		if _, err := s.Open(t.Context(), path); !errors.Is(err, blob.ErrRejected) {
			t.Errorf("Open %q: %v, want ErrRejected", path, err)
		}
		if err := s.Delete(t.Context(), path); !errors.Is(err, blob.ErrRejected) {
			t.Errorf("Delete %q: %v, want ErrRejected", path, err)
		}
		if _, err := s.SignURLs(t.Context(), []string{path}, time.Minute); !errors.Is(err, blob.ErrRejected) {
			t.Errorf("SignURLs %q: %v, want ErrRejected", path, err)
		}
		if got := s.PublicURL(path); got != "" {
			t.Errorf("PublicURL %q: %q, want none", path, got)
		}
	}
	good := freshPath(userA)
	put(t, s, good, []byte("picture"))
	if err := s.Delete(t.Context(), good, "../x.png"); !errors.Is(err, blob.ErrRejected) {
		t.Errorf("Delete of a good and a bad path: %v, want ErrRejected", err)
	}
	wantStored(t, s, good, []byte("picture"))
}

func badPictures(t *testing.T, s blob.Store) {
	for name, c := range map[string]struct {
		data []byte
		kind string
	}{
		"empty":            {nil, blob.TypePNG},
		"one byte too big": {make([]byte, blob.MaxSize+1), blob.TypePNG},
		"a page":           {[]byte("<html>"), "text/html"},
		"of no type":       {[]byte("x"), ""},
	} {
		path := freshPath(userA)
		if err := s.Put(t.Context(), path, c.data, c.kind); !errors.Is(err, blob.ErrRejected) {
			t.Errorf("%s: %v, want ErrRejected", name, err)
		}
		wantStored(t, s, path, nil)
	}
}

func largest(t *testing.T, s blob.Store) {
	data := bytes.Repeat([]byte("0123456789abcdef"), blob.MaxSize/16)
	path := freshPath(userA)
	put(t, s, path, data)
	wantStored(t, s, path, data)
}

func contextOver(t *testing.T, s blob.Store) {
	path := freshPath(userA)
	put(t, s, path, []byte("picture"))
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, openErr := s.Open(over, path)
	_, signErr := s.SignURLs(over, []string{path}, time.Minute)
	for name, err := range map[string]error{
		"Put":    s.Put(over, path, []byte("other"), blob.TypePNG),
		"Open":   openErr,
		"Delete": s.Delete(over, path),
		"Sign":   signErr,
	} {
		if !errors.Is(err, context.Canceled) || !errors.Is(err, blob.ErrUnavailable) {
			t.Errorf("%s: %v, want context.Canceled and ErrUnavailable", name, err)
		}
	}
	wantStored(t, s, path, []byte("picture"))
}

func wholePictures(t *testing.T, s blob.Store) {
	path := freshPath(userA)
	small, large := bytes.Repeat([]byte("s"), 1<<10), bytes.Repeat([]byte("l"), 256<<10)
	put(t, s, path, small)
	var writers sync.WaitGroup
	for _, data := range [][]byte{small, large} {
		writers.Go(func() {
			for range 10 {
				if err := s.Put(t.Context(), path, data, blob.TypePNG); err != nil {
					t.Errorf("Put: %v", err)
				}
			}
		})
	}
	for range 20 {
		got, err := read(t.Context(), s, path)
		if err != nil || !bytes.Equal(got, small) && !bytes.Equal(got, large) {
			t.Errorf("read %d bytes, %v: neither picture", len(got), err)
		}
	}
	writers.Wait()
}

func addresses(t *testing.T, s blob.Store) {
	path, other, absent := freshPath(userA), freshPath(userB), freshPath(userA)
	put(t, s, path, []byte("picture"))
	put(t, s, other, []byte("picture"))
	public := s.PublicURL(path)
	signed, err := s.SignURLs(t.Context(), []string{path, absent, other}, time.Minute)
	if err != nil {
		t.Fatalf("SignURLs: %v", err)
	}
	if signed[path] == "" || !strings.Contains(signed[other], "/"+other) {
		t.Errorf("signed are %q, want the two that are there", signed)
	}
	leadsNowhere(t, signed[absent])
	for name, address := range map[string]string{"public": public, "signed": signed[path]} {
		if !strings.HasPrefix(address, "http") || !strings.Contains(address, "/"+path) {
			t.Errorf("the %s address is %q", name, address)
		}
	}
}

// listing stores more than one page of a folder, and several folders.
func listing(t *testing.T, s blob.Store) {
	want := map[string]bool{}
	for i := range 130 {
		path := freshPath(userA)
		if i%13 == 0 {
			path = freshPath(userB)
		}
		put(t, s, path, []byte("picture"))
		want[path] = true
	}
	before := time.Now().Add(-time.Hour)
	for object, err := range s.List(t.Context()) {
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		if !want[object.Path] {
			t.Errorf("List gives %q, which was not stored or came twice", object.Path)
		}
		delete(want, object.Path)
		if object.StoredAt.Before(before) || object.StoredAt.After(time.Now().Add(time.Hour)) {
			t.Errorf("%s was stored at %v", object.Path, object.StoredAt)
		}
	}
	if len(want) > 0 {
		t.Errorf("List left out %d pictures", len(want))
	}
	for _, err := range s.List(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		break // is no error
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	var last error
	for _, err := range s.List(over) {
		last = err
	}
	if !errors.Is(last, blob.ErrUnavailable) {
		t.Errorf("List with a context that is over ends with %v, want ErrUnavailable", last)
	}
}

// likeAMap compares random calls with what a map would hold. It looks at one path after each call, which a call may
// have changed or not, and at all of them in the end: most of its time is that of requests.
func likeAMap(t *testing.T, s blob.Store) {
	paths := []string{freshPath(userA), freshPath(userA), freshPath(userB)}
	rapid.Check(t, func(rt *rapid.T) {
		model := map[string][]byte{}
		if err := s.Delete(t.Context(), paths...); err != nil {
			rt.Fatalf("Delete: %v", err)
		}
		path := rapid.SampledFrom(paths)
		look := func(rt *rapid.T, p string) {
			got, err := read(t.Context(), s, p)
			if err != nil || !bytes.Equal(got, model[p]) {
				rt.Fatalf("read %q, %v; the map has %q", got, err, model[p])
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"put": func(rt *rapid.T) {
				p, data := path.Draw(rt, "path"), rapid.SliceOfN(rapid.Byte(), 1, 100).Draw(rt, "data")
				if err := s.Put(t.Context(), p, data, blob.TypePNG); err != nil {
					rt.Fatalf("Put: %v", err)
				}
				model[p] = data
			},
			"delete": func(rt *rapid.T) {
				some := rapid.SliceOfN(path, 0, 3).Draw(rt, "paths")
				if err := s.Delete(t.Context(), some...); err != nil {
					rt.Fatalf("Delete: %v", err)
				}
				maps.DeleteFunc(model, func(p string, _ []byte) bool { return slices.Contains(some, p) })
			},
			"": func(rt *rapid.T) { look(rt, path.Draw(rt, "looked at")) },
		})
		for _, p := range paths {
			look(rt, p)
		}
	})
}
