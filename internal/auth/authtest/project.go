// Package authtest is a double of Supabase Auth, for tests, and the suite that the original was tried with
// (v2.196.0). The double is harsher in one thing: a refresh token works once, and a second use ends its session. The
// original takes a token once more until its successor is used, and for some seconds longer. The double knows people,
// sessions and mails, PKCE alone, and neither keys nor rows.
package authtest

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// User is somebody who can sign in.
type User struct {
	ID          string
	Email       string // in lower case
	Password    string // "" for none
	Anonymous   bool
	Unconfirmed bool // has opened no mail yet
	Banned      bool
}

// Options are a project's settings.
type Options struct {
	// Sign signs the claims of an access token with the project's key.
	Sign func(claims map[string]any) (string, error)
	// Issuer is the iss of access tokens.
	Issuer string
	// APIKey is asked for as apikey, as the project's gateway does. "" asks for none.
	APIKey string
	// Providers are the OAuth providers that are switched on. Each signs in the first user at once.
	Providers []string
	// TokenLife is how long an access token lives; 0 for an hour.
	TokenLife time.Duration
	// MailEvery is how soon an address gets the next mail; 0 for a minute.
	MailEvery time.Duration
	// SiteURL is where a sign-in returns to whose own address is not allowed.
	SiteURL string
}

// Project is the double. Its zero value is not usable; New makes one.
type Project struct {
	opt Options

	mu        sync.Mutex
	users     []User
	sessions  map[string]*session // by id
	tokens    map[string]*refresh
	access    map[string]string // session by access token
	redirects []string          // the addresses that a sign-in may return to
	mails     map[string]mail   // the last to an address
	flows     []*flow           // the oldest first
	failWith  int               // a status that a gateway answers everything with; 0 for none
	busy      *refusal          // what refreshes are answered with, nil for none
	hold      chan struct{}     // refreshes wait for it to be closed; nil lets them pass
	waiting   chan struct{}     // gets one for each refresh that waits
	used      int               // refresh tokens that were exchanged
	reused    int               // second uses
	revoked   int               // sessions that were signed out
}

type session struct{ id, user string }

type refresh struct {
	session string
	used    bool
}

// mail is what somebody was sent: a code to type, and a link with a token.
type mail struct {
	code     string
	token    string
	kind     string // magiclink, or signup for somebody new
	redirect string
	sent     time.Time
	used     bool
}

// flow is a sign-in that has left the page and may come back with its code.
type flow struct {
	user      string
	challenge string
	code      string
}

// New makes a project with its people.
func New(o Options, users ...User) *Project {
	o.TokenLife, o.MailEvery = cmp.Or(o.TokenLife, time.Hour), cmp.Or(o.MailEvery, time.Minute)
	return &Project{
		opt: o, users: users, sessions: map[string]*session{}, tokens: map[string]*refresh{}, access: map[string]string{},
		mails: map[string]mail{}, waiting: make(chan struct{}, 100),
	}
}

// Add adds a user.
func (p *Project) Add(user User) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users = append(p.users, user)
}

// Ban bans a user, whose sessions stay.
func (p *Project) Ban(email string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if user := p.byEmail(email); user != nil {
		user.Banned = true
	}
}

// Allow lets a sign-in return to an address. Others return to the site.
func (p *Project) Allow(redirect string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.redirects = append(p.redirects, redirect)
}

// MailEvery sets how soon an address gets the next mail.
func (p *Project) MailEvery(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opt.MailEvery = d
}

// Fail has the gateway answer every request with a status from now on; 0 ends that.
func (p *Project) Fail(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failWith = status
}

// RefuseRefreshes answers refreshes with a status and a code, in Auth's own words, from now on; 0 ends that.
func (p *Project) RefuseRefreshes(status int, code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = nil
	if status != 0 {
		p.busy = &refusal{status, code, "It passes"}
	}
}

// Hold makes refreshes wait until release is called. waiting receives once for each that waits.
func (p *Project) Hold() (waiting <-chan struct{}, release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	hold := make(chan struct{})
	p.hold = hold
	return p.waiting, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.hold = nil
		close(hold)
	}
}

// Refreshes returns how many refresh tokens were exchanged, and how many were used a second time.
func (p *Project) Refreshes() (used, reused int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.used, p.reused
}

// SignedOut returns how many sessions were ended by their owners.
func (p *Project) SignedOut() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.revoked
}

// End ends every session, as an administrator does.
func (p *Project) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.sessions)
}

// LastMail returns the code in the last mail to an address, and the path of its link. Both are "" if there
// was none.
func (p *Project) LastMail(email string) (code, link string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent, ok := p.mails[email]
	if !ok {
		return "", ""
	}
	return sent.code, "/auth/v1/verify?token=" + sent.token + "&type=" + sent.kind + "&redirect_to=" + url.QueryEscape(sent.redirect)
}

// Begin signs a user in, who is added if the project does not know the id, and returns the session's two tokens.
func (p *Project) Begin(user User) (accessToken, refreshToken string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byID(user.ID) == nil {
		p.users = append(p.users, user)
	}
	return p.issue(p.begin(user.ID))
}

func (p *Project) begin(user string) *session {
	s := &session{id: newID(), user: user}
	p.sessions[s.id] = s
	return s
}

// issue makes the next tokens of a session. Two of one second are equal if the signature is.
func (p *Project) issue(s *session) (accessToken, refreshToken string, err error) {
	now, user := time.Now(), p.byID(s.user)
	accessToken, err = p.opt.Sign(map[string]any{
		"iss": p.opt.Issuer, "aud": "authenticated", "role": "authenticated", "sub": user.ID, "email": user.Email, "phone": "",
		"app_metadata": map[string]any{"provider": "email", "providers": []string{"email"}}, "user_metadata": map[string]any{"email_verified": true},
		"aal": "aal1", "amr": []map[string]any{{"method": "password", "timestamp": now.Unix()}},
		"is_anonymous": user.Anonymous, "session_id": s.id, "iat": now.Unix(), "exp": now.Add(p.opt.TokenLife).Unix(),
	})
	refreshToken = strings.ToLower(rand.Text()[:12])
	p.tokens[refreshToken] = &refresh{session: s.id}
	p.access[accessToken] = s.id
	return accessToken, refreshToken, err
}

func (p *Project) byID(id string) *User { return p.find(func(u User) bool { return u.ID == id }) }
func (p *Project) byEmail(email string) *User {
	return p.find(func(u User) bool { return u.Email == email })
}

func (p *Project) find(match func(User) bool) *User {
	if i := slices.IndexFunc(p.users, match); i >= 0 {
		return &p.users[i]
	}
	return nil
}

// returnTo returns the address that a sign-in returns to: the one asked for if it is allowed, else the site.
func (p *Project) returnTo(redirect string) string {
	if slices.Contains(p.redirects, redirect) {
		return redirect
	}
	return cmp.Or(p.opt.SiteURL, "https://site.example.com")
}

// answers reports whether a verifier matches an S256 challenge.
func answers(challenge, verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return challenge != "" && challenge == base64.RawURLEncoding.EncodeToString(sum[:])
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	b[6], b[8] = 0x40|b[6]&0x0f, 0x80|b[8]&0x3f
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newCode returns six digits.
func newCode() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000)) // never fails, as above
	return fmt.Sprintf("%06d", n)
}
