package double

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"time"
)

//go:embed assets
var embedded embed.FS

// Inbox is a page that shows a box as a phone would, beside the double of ntfy: what `atalaya dev`
// serves. Texts are shown literally: nothing of an alert is markup here.
type Inbox struct {
	ntfy  *Ntfy
	pages *template.Template
	mux   *http.ServeMux
}

// maxShown bounds the page.
const maxShown = 50

// inboxPolicy lets the page load its own files and nothing else.
const inboxPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// NewInbox makes the page of a box with a double of ntfy that fills it.
func NewInbox(box *Box) *Inbox {
	i := &Inbox{ntfy: NewNtfy(box), pages: template.Must(template.ParseFS(embedded, "assets/*.html")), mux: http.NewServeMux()}
	files, _ := fs.Sub(embedded, "assets") // the folder is embedded above
	i.mux.HandleFunc("GET /inbox", i.page)
	i.mux.HandleFunc("GET /inbox/state", i.state)
	i.mux.HandleFunc("GET /inbox/picture/{id}", i.picture)
	i.mux.Handle("GET /inbox/files/", http.StripPrefix("/inbox/files/", http.FileServerFS(files)))
	i.mux.Handle("/", i.ntfy)
	return i
}

// Ntfy returns the double that fills the box.
func (i *Inbox) Ntfy() *Ntfy { return i.ntfy }

// ServeHTTP implements http.Handler.
func (i *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", inboxPolicy)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	i.mux.ServeHTTP(w, r)
}

// shown is a message as the page shows it.
type shown struct {
	Message
	Has  bool // a picture
	When string
	Day  string
}

func (i *Inbox) page(w http.ResponseWriter, _ *http.Request) {
	messages := i.ntfy.Box.Messages()
	slices.Reverse(messages)
	var list []shown
	for _, m := range messages[:min(len(messages), maxShown)] {
		list = append(list, shown{Message: m, Has: m.Picture != nil, When: m.At.Format("15:04"), Day: m.At.Format(time.DateOnly)})
	}
	var body bytes.Buffer
	if err := i.pages.ExecuteTemplate(&body, "inbox.html", map[string]any{"Messages": list, "State": i.stateText()}); err != nil {
		http.Error(w, "the page is broken", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = body.WriteTo(w)
}

// stateText changes whenever the page does.
func (i *Inbox) stateText() string {
	messages, edits := i.ntfy.Box.Messages(), 0
	for _, m := range messages {
		edits += m.Edits
	}
	return strconv.Itoa(len(messages)) + "." + strconv.Itoa(edits)
}

// state tells the page's script whether to load anew.
func (i *Inbox) state(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]string{"state": i.stateText()})
}

func (i *Inbox) picture(w http.ResponseWriter, r *http.Request) {
	for _, m := range i.ntfy.Box.Messages() {
		if m.ID == r.PathValue("id") && m.Picture != nil {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(m.Picture)
			return
		}
	}
	http.NotFound(w, r)
}
