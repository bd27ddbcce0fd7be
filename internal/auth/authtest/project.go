// Package authtest is a double of Supabase Auth, for tests. It is harsher than the original: a refresh token
// works once, without a time of grace, and a second use ends its session. It knows people, sessions and
// mails, and neither keys nor rows.
package authtest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"
)

// User is somebody who can sign in.
type User struct {
	ID        string
	Email     string
	Password  string // "" for none
	Anonymous bool
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
}

// Project is the double. Its zero value is not usable; New makes one.
type Project struct {
	opt Options

	mu        sync.Mutex
	users     []User
	sessions  map[string]*session // by id
	tokens    map[string]*refresh
	redirects []string          // the addresses that a sign-in may return to
	mails     map[string]mail   // the last to an address
	codes     map[string]flow   // by the code of a callback
	failWith  int               // a status that everything is answered with; 0 for none
	hold      chan struct{}     // refreshes wait for it to be closed; nil lets them pass
	waiting   chan struct{}     // gets one for each refresh that waits
	used      int               // refresh tokens that were exchanged
	reused    int               // second uses
	revoked   map[string]string // user by session that was signed out
}

type session struct {
	id   string
	user User
}

type refresh struct {
	session string
	used    bool
}

// mail is what somebody was sent: a code to type, and a link with a token.
type mail struct {
	code      string
	token     string
	challenge string
	redirect  string
}

// flow is a sign-in on its way back to the page.
type flow struct {
	user      User
	challenge string
}

// New makes a project with its people.
func New(o Options, users ...User) *Project {
	if o.TokenLife == 0 {
		o.TokenLife = time.Hour
	}
	return &Project{
		opt: o, users: users, sessions: map[string]*session{}, tokens: map[string]*refresh{}, mails: map[string]mail{},
		codes: map[string]flow{}, revoked: map[string]string{}, waiting: make(chan struct{}, 100),
	}
}

// Allow lets a sign-in return to an address. Others are answered with an error.
func (p *Project) Allow(redirect string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.redirects = append(p.redirects, redirect)
}

// Fail answers every request with a status from now on; 0 ends that.
func (p *Project) Fail(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failWith = status
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
	return len(p.revoked)
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
	return sent.code, "/auth/v1/verify?type=magiclink&token=" + sent.token + "&email=" + email
}

// Begin signs a user in and returns the session's two tokens.
func (p *Project) Begin(user User) (accessToken, refreshToken string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.begin(user)
}

func (p *Project) begin(user User) (accessToken, refreshToken string, err error) {
	s := &session{id: newID(), user: user}
	p.sessions[s.id] = s
	return p.issue(s)
}

// issue makes the next tokens of a session.
func (p *Project) issue(s *session) (accessToken, refreshToken string, err error) {
	now := time.Now()
	accessToken, err = p.opt.Sign(map[string]any{
		"iss": p.opt.Issuer, "aud": "authenticated", "role": "authenticated", "sub": s.user.ID, "email": s.user.Email,
		"is_anonymous": s.user.Anonymous, "session_id": s.id, "iat": now.Unix(), "exp": now.Add(p.opt.TokenLife).Unix(), "jti": newID(),
	})
	refreshToken = rand.Text()
	p.tokens[refreshToken] = &refresh{session: s.id}
	return accessToken, refreshToken, err
}

// exchange uses a refresh token. code is Auth's error code if the token is refused, "" otherwise.
func (p *Project) exchange(token string) (s *session, code string) {
	known := p.tokens[token]
	if known == nil {
		return nil, "refresh_token_not_found"
	}
	if known.used {
		p.reused++
		delete(p.sessions, known.session)
		return nil, "refresh_token_already_used"
	}
	if s = p.sessions[known.session]; s == nil {
		return nil, "session_not_found"
	}
	known.used = true
	p.used++
	return s, ""
}

func (p *Project) find(match func(User) bool) (User, bool) {
	if i := slices.IndexFunc(p.users, match); i >= 0 {
		return p.users[i], true
	}
	return User{}, false
}

// answers reports whether a verifier matches an S256 challenge.
func answers(challenge, verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return challenge != "" && challenge == base64.RawURLEncoding.EncodeToString(sum[:])
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return fmt.Sprintf("%x-%x-4%x-8%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])[:36]
}

// newCode returns six digits.
func newCode() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000)) // never fails, as above
	return fmt.Sprintf("%06d", n)
}
