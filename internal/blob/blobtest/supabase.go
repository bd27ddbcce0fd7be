// Package blobtest owns a double of Supabase Storage and the suite that every blob.Store passes. It is for tests
// alone. It knows nothing of who uses a store.
package blobtest

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Supabase is an http.Handler that stands for a project's Storage API and the gateway before it. It has the routes
// that this service uses. It checks keys, names, sizes and types and refuses as the real ones do, and has faults
// on demand. It is safe for concurrent use.
type Supabase struct {
	// The project's keys, made at run time. ServiceKey and AnonKey have the form of the legacy JWTs,
	// SecretKey that of the newer opaque keys.
	ServiceKey, AnonKey, SecretKey string

	// Judge reports whether a caller other than the service may do something with an object, as the policies on
	// storage.objects would. It returns an error if the token does not verify. If Judge is nil, only the service
	// may do anything. It is set before the first request.
	Judge func(token string, action Action, bucket, path string) (bool, error)

	mux *http.ServeMux

	mu       sync.Mutex
	buckets  map[string]*bucket
	signed   map[string]signature // by token
	faults   []Fault
	requests []string
	ahead    time.Duration // of the real time
}

// Bucket is a bucket's settings, in the API's own words.
type Bucket struct {
	ID               string   `json:"id"`
	Name             string   `json:"name"`
	Public           bool     `json:"public"`
	FileSizeLimit    *int64   `json:"file_size_limit"`    // bytes, nil for none
	AllowedMimeTypes []string `json:"allowed_mime_types"` // nil for all
}

// Action is what a policy allows.
type Action string

// The actions.
const (
	ActionSelect Action = "select"
	ActionInsert Action = "insert"
	ActionDelete Action = "delete"
)

// Object is a stored object.
type Object struct {
	Data         []byte
	ContentType  string
	CacheControl string
	StoredAt     time.Time
}

type bucket struct {
	Bucket
	objects map[string]Object
}

type signature struct {
	place   string // bucket/path
	expires time.Time
}

// NewSupabase makes a project without buckets.
func NewSupabase() *Supabase {
	s := &Supabase{
		ServiceKey: "eyJ" + rand.Text() + "." + rand.Text() + "." + rand.Text(),
		AnonKey:    "eyJ" + rand.Text() + "." + rand.Text() + "." + rand.Text(),
		SecretKey:  "sb_secret_" + rand.Text(),
		mux:        http.NewServeMux(),
		buckets:    map[string]*bucket{},
		signed:     map[string]signature{},
	}
	s.mux.HandleFunc("POST /storage/v1/object/{bucket}/{path...}", s.keyed(s.upload))
	s.mux.HandleFunc("DELETE /storage/v1/object/{bucket}", s.keyed(s.remove))
	s.mux.HandleFunc("GET /storage/v1/object/{bucket}/{path...}", s.keyed(s.download))
	s.mux.HandleFunc("GET /storage/v1/object/authenticated/{bucket}/{path...}", s.keyed(s.download))
	s.mux.HandleFunc("POST /storage/v1/object/sign/{bucket}", s.keyed(s.sign))
	s.mux.HandleFunc("GET /storage/v1/object/sign/{bucket}/{path...}", s.openSigned)
	s.mux.HandleFunc("GET /storage/v1/object/public/{bucket}/{path...}", s.openPublic)
	s.mux.HandleFunc("GET /storage/v1/bucket/{bucket}", s.keyed(s.serviceAlone(s.getBucket)))
	s.mux.HandleFunc("POST /storage/v1/object/list/{bucket}", s.keyed(s.list))
	s.mux.HandleFunc("POST /storage/v1/bucket", s.keyed(s.serviceAlone(s.createBucket)))
	s.mux.HandleFunc("PUT /storage/v1/bucket/{bucket}", s.keyed(s.serviceAlone(s.updateBucket)))
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusNotFound, map[string]string{"message": "no Route matched with those values"})
	})
	return s
}

// MakeBucket adds a bucket, or replaces it with an empty one.
func (s *Supabase) MakeBucket(b Bucket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b.Name = b.ID
	s.buckets[b.ID] = &bucket{Bucket: b, objects: map[string]Object{}}
}

// SetBucket changes a bucket's settings and leaves its objects, as its owner can.
func (s *Supabase) SetBucket(b Bucket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets[b.ID].Bucket = b
}

// Bucket returns a bucket's settings, and false if there is no such bucket.
func (s *Supabase) Bucket(id string) (Bucket, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.buckets[id]
	if !ok {
		return Bucket{}, false
	}
	return b.Bucket, true
}

// Object returns a stored object, and false if there is none.
func (s *Supabase) Object(bucketID, path string) (Object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.buckets[bucketID]
	if !ok {
		return Object{}, false
	}
	o, ok := b.objects[path]
	return o, ok
}

// SetObject stores an object in an existing bucket, whatever its limits.
func (s *Supabase) SetObject(bucketID, path string, o Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets[bucketID].objects[path] = o
}

// Requests returns every request so far as "POST /storage/v1/…", without its query.
func (s *Supabase) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Advance moves the project's clock forward. Signed addresses expire by it.
func (s *Supabase) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
}

// ServeHTTP answers as the project would, or as the next fault says.
func (s *Supabase) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	var fault Fault
	if len(s.faults) > 0 {
		fault, s.faults = s.faults[0], s.faults[1:]
	}
	s.mu.Unlock()
	if fault != nil {
		fault(w, r, s.mux)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// objectName matches the names that Storage accepts.
var objectName = regexp.MustCompile(`^[\w/!\-.*'() &$@=;:+,?]+$`)

func (s *Supabase) upload(w http.ResponseWriter, r *http.Request) {
	b, ok := s.buckets[r.PathValue("bucket")]
	path, kind := r.PathValue("path"), r.Header.Get("Content-Type")
	if !ok {
		refuseBucket(w)
		return
	}
	if !s.may(r, ActionInsert, b.ID, path) {
		refuse(w, 403, "AccessDenied", "Unauthorized", "new row violates row-level security policy")
		return
	}
	if !objectName.MatchString(path) {
		refuse(w, 400, "InvalidKey", "InvalidKey", "Invalid key: "+path)
		return
	}
	if b.AllowedMimeTypes != nil && !slices.Contains(b.AllowedMimeTypes, kind) {
		refuse(w, 415, "InvalidMimeType", "invalid_mime_type", "mime type "+kind+" is not supported")
		return
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	_, there := b.objects[path]
	switch {
	case b.FileSizeLimit != nil && int64(len(data)) > *b.FileSizeLimit:
		refuse(w, 413, "EntityTooLarge", "Payload too large", "The object exceeded the maximum allowed size")
		return
	case there && r.Header.Get("X-Upsert") != "true":
		refuse(w, 409, "KeyAlreadyExists", "Duplicate", "The resource already exists")
		return
	}
	cache := r.Header.Get("Cache-Control")
	if cache == "" {
		cache = "no-cache"
	}
	b.objects[path] = Object{Data: data, ContentType: kind, CacheControl: cache, StoredAt: s.now().UTC()}
	writeJSON(w, http.StatusOK, map[string]string{"Key": b.ID + "/" + path, "Id": rand.Text()})
}

func (s *Supabase) remove(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Prefixes []string `json:"prefixes"`
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || len(body.Prefixes) == 0 {
		refuse(w, 400, "InvalidRequest", "InvalidRequest", "body/prefixes must NOT have fewer than 1 items")
		return
	}
	if len(body.Prefixes) > 1000 {
		refuse(w, 400, "InvalidRequest", "InvalidRequest", "Bulk object requests are limited to 1000 objects per request.")
		return
	}
	removed := []map[string]string{}
	b := cmp.Or(s.buckets[r.PathValue("bucket")], &bucket{}) // an absent one has no such objects
	for _, path := range body.Prefixes {
		if _, there := b.objects[path]; there && s.may(r, ActionDelete, b.ID, path) {
			delete(b.objects, path)
			removed = append(removed, map[string]string{"name": path, "bucket_id": b.ID})
		}
	}
	writeJSON(w, http.StatusOK, removed)
}

func (s *Supabase) download(w http.ResponseWriter, r *http.Request) {
	bucketID, path := r.PathValue("bucket"), r.PathValue("path")
	if !s.may(r, ActionSelect, bucketID, path) {
		refuse(w, 404, "NoSuchKey", "not_found", "Object not found")
		return
	}
	s.writeObject(w, bucketID, path)
}

func (s *Supabase) openPublic(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, ok := s.buckets[r.PathValue("bucket")]; !ok || !b.Public {
		refuseBucket(w)
		return
	}
	s.writeObject(w, r.PathValue("bucket"), r.PathValue("path"))
}

// sign answers for each path by itself. A picture that is not there has an error in place of an address.
func (s *Supabase) sign(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ExpiresIn int64    `json:"expiresIn"`
		Paths     []string `json:"paths"`
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.ExpiresIn < 1 || len(body.Paths) == 0 {
		refuse(w, 400, "InvalidRequest", "InvalidRequest", "body/expiresIn must be >= 1")
		return
	}
	if len(body.Paths) > 1000 {
		refuse(w, 400, "InvalidRequest", "InvalidRequest", "body/paths must NOT have more than 1000 items")
		return
	}
	b := cmp.Or(s.buckets[r.PathValue("bucket")], &bucket{}) // as above
	type item struct {
		Error *string `json:"error"`
		Path  string  `json:"path"`
		URL   *string `json:"signedURL"`
	}
	items := []item{}
	for _, path := range body.Paths {
		if _, there := b.objects[path]; !there || !s.may(r, ActionSelect, b.ID, path) {
			absent := "Either the object does not exist or you do not have access to it"
			items = append(items, item{Error: &absent, Path: path})
			continue
		}
		place, token := b.ID+"/"+path, rand.Text()
		s.signed[token] = signature{place: place, expires: s.now().Add(time.Duration(body.ExpiresIn) * time.Second)}
		address := "/object/sign/" + place + "?token=" + token
		items = append(items, item{Path: path, URL: &address})
	}
	writeJSON(w, http.StatusOK, items)
}

func (s *Supabase) openSigned(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sig, ok := s.signed[r.URL.Query().Get("token")]
	switch {
	case !ok || sig.place != r.PathValue("bucket")+"/"+r.PathValue("path"):
		refuse(w, 400, "InvalidJWT", "InvalidJWT", "signature verification failed")
	case s.now().After(sig.expires):
		refuse(w, 400, "InvalidJWT", "InvalidJWT", `"exp" claim timestamp check failed`)
	default:
		s.writeObject(w, r.PathValue("bucket"), r.PathValue("path"))
	}
}

func (s *Supabase) getBucket(w http.ResponseWriter, r *http.Request) {
	b, ok := s.buckets[r.PathValue("bucket")]
	if !ok {
		refuseBucket(w)
		return
	}
	writeJSON(w, http.StatusOK, b.Bucket)
}

func (s *Supabase) createBucket(w http.ResponseWriter, r *http.Request) {
	var b Bucket
	if json.NewDecoder(r.Body).Decode(&b) != nil || b.Name == "" {
		refuse(w, 400, "InvalidRequest", "InvalidRequest", "body must have required property 'name'")
		return
	}
	if b.ID == "" {
		b.ID = b.Name
	}
	if _, there := s.buckets[b.ID]; there {
		refuse(w, 409, "BucketAlreadyExists", "Duplicate", "The resource already exists")
		return
	}
	s.buckets[b.ID] = &bucket{Bucket: b, objects: map[string]Object{}}
	writeJSON(w, http.StatusOK, map[string]string{"name": b.Name})
}

// updateBucket sets what the body names; the rest stays.
func (s *Supabase) updateBucket(w http.ResponseWriter, r *http.Request) {
	b, ok := s.buckets[r.PathValue("bucket")]
	if !ok {
		refuseBucket(w)
		return
	}
	changed := b.Bucket
	if json.NewDecoder(r.Body).Decode(&changed) != nil || changed.ID != b.ID {
		refuse(w, 400, "InvalidRequest", "InvalidRequest", "body must be object")
		return
	}
	b.Bucket = changed
	writeJSON(w, http.StatusOK, map[string]string{"message": "Successfully updated"})
}

func (s *Supabase) now() time.Time { return time.Now().Add(s.ahead) }

func (s *Supabase) writeObject(w http.ResponseWriter, bucketID, path string) {
	b, ok := s.buckets[bucketID]
	if !ok {
		refuseBucket(w)
		return
	}
	o, ok := b.objects[path]
	if !ok {
		refuse(w, 404, "NoSuchKey", "not_found", "Object not found")
		return
	}
	w.Header().Set("Content-Type", o.ContentType)
	w.Header().Set("Cache-Control", o.CacheControl)
	w.Header().Set("Content-Length", strconv.Itoa(len(o.Data)))
	_, _ = w.Write(o.Data) // a client that went away is no trouble of the double's
}

// refuse answers in Storage's form: HTTP 400, except for 429, 500 and 544, with the real status as a string in the
// body. An empty code is left out, as in older releases.
func refuse(w http.ResponseWriter, status int, code, name, message string) {
	body := map[string]string{"statusCode": strconv.Itoa(status), "error": name, "message": message}
	if code != "" {
		body["code"] = code
	}
	shown := http.StatusBadRequest
	if slices.Contains([]int{429, 500, 544}, status) {
		shown = status
	}
	writeJSON(w, shown, body)
}

func refuseBucket(w http.ResponseWriter) {
	refuse(w, 404, "NoSuchBucket", "Bucket not found", "Bucket not found")
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // as above
}
