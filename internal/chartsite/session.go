package chartsite

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"

	"atalaya"
)

// The names of a session's two cookies.
const (
	cookieSession = "sessionid"
	cookieSign    = "sessionid_sign"
)

// The alphabet of a session id; TradingView's are 32 of these.
const (
	sessionAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	sessionLength   = 32
)

// A session id begins with the mark of its scenario; ordinary ones begin with something else.
const (
	scenarioMark       = 'z'
	scenarioMarkLength = 6
)

// NewSession returns the session of the account that seed names. The same seed gives the same session, on every
// site. A seed "<scenario>-anything", such as "expired-alice", gives a session that has that scenario on every
// chart.
func NewSession(seed string) atalaya.TVSession {
	id := sessionText(seed, sessionLength)
	if id[0] == scenarioMark {
		id = "a" + id[1:]
	}
	if name, _, ok := strings.Cut(seed, "-"); ok && knownScenario(name) {
		mark := scenarioSessionMark(name)
		id = mark + id[len(mark):]
	}
	return atalaya.TVSession{ID: id, Sign: sign(id)}
}

func scenarioSessionMark(scenarioID string) string {
	return string(scenarioMark) + sessionText("scenario "+scenarioID, scenarioMarkLength-1)
}

// sessionText spells a digest of text in the alphabet of session ids, n characters long.
func sessionText(text string, n int) string {
	digest := sha256.Sum256([]byte("atalaya chart site session: " + text))
	b := make([]byte, n)
	for i := range b {
		b[i] = sessionAlphabet[int(digest[i])%len(sessionAlphabet)]
	}
	return string(b)
}

// sign returns the value of the cookie sessionid_sign for a session id. The key is no secret: it stands for
// TradingView's, and lets any process that has this code make a session that the site accepts.
func sign(sessionID string) string {
	key := sha256.Sum256([]byte("atalaya chart site: not a secret"))
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(sessionID))
	return "v3:" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Account returns the name of a session's account in logs and records: 16 hex digits of a hash of the
// session id, or "" for a zero session.
func Account(session atalaya.TVSession) string {
	if session.ID == "" {
		return ""
	}
	digest := sha256.Sum256([]byte("atalaya chart site account: " + session.ID))
	return hex.EncodeToString(digest[:8])
}

// visitor is the sender of a request.
type visitor struct {
	session  atalaya.TVSession
	account  string // "" unless both cookies are good; a dead session still names its account
	signedIn bool
}

// visitor reads the two cookies. Both must be there, and the second must sign the first.
func (s *Site) visitor(r *http.Request) visitor {
	var session atalaya.TVSession
	if c, err := r.Cookie(cookieSession); err == nil {
		session.ID = c.Value
	}
	if c, err := r.Cookie(cookieSign); err == nil {
		session.Sign = c.Value
	}
	if len(session.ID) != sessionLength || !hmac.Equal([]byte(session.Sign), []byte(sign(session.ID))) {
		return visitor{}
	}
	account := Account(session)
	return visitor{session: session, account: account, signedIn: !s.expired.has(account)}
}

// maxAccounts bounds a set of accounts. The oldest is forgotten first.
const maxAccounts = 10_000

// accountSet is a bounded set of accounts.
type accountSet struct {
	mu    sync.Mutex
	set   map[string]bool
	order []string
}

// add adds an account and reports whether it is new to the set. The empty account never is.
func (e *accountSet) add(account string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if account == "" || e.set[account] {
		return false
	}
	if e.set == nil {
		e.set = make(map[string]bool)
	}
	if len(e.order) == maxAccounts {
		delete(e.set, e.order[0])
		e.order = e.order[1:]
	}
	e.set[account] = true
	e.order = append(e.order, account)
	return true
}

func (e *accountSet) has(account string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.set[account]
}

// makeSession answers with the session of a seed, for people who want to store its cookies.
func (s *Site) makeSession(w http.ResponseWriter, r *http.Request) {
	session := NewSession(r.URL.Query().Get("seed"))
	writeJSON(w, map[string]string{
		cookieSession: session.ID, cookieSign: session.Sign, "account": Account(session),
	})
}

// signIn sets the cookies of a seed's session in the browser that asks, for people who look around.
func (s *Site) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	session := NewSession(r.FormValue("seed"))
	for name, value := range map[string]string{cookieSession: session.ID, cookieSign: session.Sign} {
		http.SetCookie(w, &http.Cookie{
			Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *Site) expireAccount(w http.ResponseWriter, r *http.Request) {
	s.expired.add(r.PathValue("account"))
	w.WriteHeader(http.StatusNoContent)
}
