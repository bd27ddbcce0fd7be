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
	"strings"
	"time"
)

//go:embed assets
var embedded embed.FS

// Inbox is a page that shows a box as a phone would, beside the doubles that fill it: what `atalaya dev`
// serves. ntfy has the root, as its clients expect; the others have a path each. Texts are shown literally:
// nothing of an alert is markup here.
type Inbox struct {
	Telegram *Telegram // at /telegram
	Discord  *Discord  // at /discord
	Slack    *Slack    // at /slack
	Hook     *Hook     // at /hook
	Ntfy     *Ntfy

	box   *Box
	pages *template.Template
	mux   *http.ServeMux
}

// maxShown bounds the page.
const maxShown = 50

// inboxPolicy lets the page load its own files and nothing else.
const inboxPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// NewInbox makes the page of a box with the doubles that fill it. base is the address that it is served at.
func NewInbox(box *Box, base string) *Inbox {
	i := &Inbox{
		Telegram: NewTelegram(box), Discord: NewDiscord(box), Slack: NewSlack(box, base+"/slack"), Hook: NewHook(box), Ntfy: NewNtfy(box), box: box,
		pages: template.Must(template.ParseFS(embedded, "assets/*.html")), mux: http.NewServeMux(),
	}
	files, _ := fs.Sub(embedded, "assets") // the folder is embedded above
	i.mux.HandleFunc("GET /inbox", i.page)
	i.mux.HandleFunc("GET /inbox/state", i.state)
	i.mux.HandleFunc("GET /inbox/picture/{number}", i.picture)
	i.mux.Handle("GET /inbox/files/", http.StripPrefix("/inbox/files/", http.FileServerFS(files)))
	for path, double := range map[string]http.Handler{"/telegram": i.Telegram, "/discord": i.Discord, "/slack": i.Slack, "/hook": i.Hook} {
		i.mux.Handle(path+"/", http.StripPrefix(path, double))
	}
	i.mux.Handle("/", i.Ntfy)
	return i
}

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
	Name string
	When string
	Day  string
}

// tab is a link to the messages of one service.
type tab struct {
	Name, Query string
	Current     bool
}

// page shows the newest messages, with ?service= those of one service, with ?bare nothing around them.
func (i *Inbox) page(w http.ResponseWriter, r *http.Request) {
	only := r.URL.Query().Get("service")
	tabs := []tab{{Name: "All", Current: only == ""}}
	for _, service := range []string{"telegram", "discord", "slack", "email", "ntfy", "webhook"} {
		tabs = append(tabs, tab{Name: serviceName(service), Query: "?service=" + service, Current: only == service})
	}
	messages := slices.DeleteFunc(i.box.Messages(), func(m Message) bool { return only != "" && m.Service != only })
	slices.Reverse(messages)
	var list []shown
	for _, m := range messages[:min(len(messages), maxShown)] {
		list = append(list, shown{Message: m, Name: serviceName(m.Service), Has: m.Picture != nil, When: m.At.Format("15:04"), Day: m.At.Format(time.DateOnly)})
	}
	var body bytes.Buffer
	if err := i.pages.ExecuteTemplate(&body, "inbox.html", map[string]any{"Tabs": tabs, "Messages": list, "Bare": r.URL.Query().Has("bare"), "State": i.stateText()}); err != nil {
		http.Error(w, "the page is broken", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = body.WriteTo(w)
}

// serviceName returns a service's name as people write it.
func serviceName(service string) string {
	switch service {
	case "ntfy":
		return service
	case "email":
		return "Mail"
	}
	return strings.ToUpper(service[:1]) + service[1:]
}

// stateText returns a text that changes whenever the page does.
func (i *Inbox) stateText() string {
	last, edits := int64(0), 0
	for _, m := range i.box.Messages() {
		last = max(last, m.Seq)
		edits += m.Edits
	}
	return strconv.FormatInt(last, 10) + "." + strconv.Itoa(edits)
}

// state answers stateText, from which the page's script sees whether to reload.
func (i *Inbox) state(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]string{"state": i.stateText()})
}

func (i *Inbox) picture(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.ParseInt(r.PathValue("number"), 10, 64) // no message has the number 0
	for _, m := range i.box.Messages() {
		if m.Seq == number && m.Picture != nil {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(m.Picture)
			return
		}
	}
	http.NotFound(w, r)
}
