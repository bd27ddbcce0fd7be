package dashboard

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"atalaya"
)

// Verifier returns whom an access token belongs to. It fails with CodeUnauthorized, with CodeForbidden for an
// anonymous user, and with CodeUnavailable if that cannot be found out now.
type Verifier interface {
	Verify(ctx context.Context, token string) (atalaya.Caller, error)
}

// Pace limits how often users renew sessions: Supabase Auth counts all renewals of this service as one address's.
type Pace interface {
	// MayRefresh reports whether a user may have one more refresh now.
	MayRefresh(ctx context.Context, user atalaya.UserID) bool
}

// SupabaseOptions say which project's users sign in.
type SupabaseOptions struct {
	URL      string // the project's, without a slash at the end
	AnonKey  string // also told to browsers
	Verifier Verifier
	Pace     Pace
	Cookies  Cookies
	Client   *http.Client
	Log      *slog.Logger
}

// Supabase are sessions of a project's users. The page signs in at the project and hands its fresh session
// over; from then on the refresh token is known to the cookie alone, and this service renews the session.
type Supabase struct {
	opt       SupabaseOptions
	origin    string
	project   *project
	refreshes *refreshes
}

// NewSupabase returns the sessions of a project. It makes no request yet.
func NewSupabase(o SupabaseOptions) (*Supabase, error) {
	address, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	return &Supabase{
		opt: o, origin: address.Scheme + "://" + address.Host,
		project: newProject(o.URL+"/auth/v1", o.AnonKey, o.Client, o.Cookies.Now), refreshes: newRefreshes(o.Cookies.Now),
	}, nil
}

func (s *Supabase) facts() facts {
	return facts{Mode: "supabase", SupabaseURL: s.opt.URL, AnonKey: s.opt.AnonKey}
}

func (s *Supabase) connects() string { return s.origin }

// begin accepts a fresh session from the page. It renews the session at once, which detects a token of another user.
// Supabase takes the refresh token that the page has seen once more, until the next renewal uses its successor.
func (s *Supabase) begin(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
	}
	const usage = `Send {"access_token": "…", "refresh_token": "…"} of a fresh Supabase session.`
	if err := decode(w, r, &in, usage); err != nil {
		return err
	}
	if in.RefreshToken == "" || len(in.RefreshToken) > maxRefreshToken {
		return atalaya.Errorf(atalaya.CodeInvalid, usage)
	}
	caller, err := s.opt.Verifier.Verify(r.Context(), in.AccessToken)
	if err != nil {
		return err
	}
	return s.renew(w, r, session{User: caller.UserID, RefreshToken: in.RefreshToken})
}

// maxRefreshToken keeps the sealed cookie below the 4 KiB that browsers store. Supabase's have 12 to some
// 100 characters.
const maxRefreshToken = 2048

// token answers with an access token for the session of the cookie.
func (s *Supabase) token(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.opt.Cookies.read(r)
	if err != nil || kept.RefreshToken == "" { // "" is of the local issuer, before the service had a project
		s.opt.Cookies.forget(w)
		return errSignedOut
	}
	return s.renew(w, r, kept)
}

// renew answers with the session's access token and rotates the cookie. Without a verdict on the session, it leaves
// the cookie unchanged.
func (s *Supabase) renew(w http.ResponseWriter, r *http.Request, kept session) error {
	got, err := s.refresh(r.Context(), kept)
	if err == nil {
		err = s.belongs(r.Context(), got, kept.User)
	}
	switch atalaya.CodeOf(err) {
	case "":
	case atalaya.CodeUnauthorized, atalaya.CodeForbidden:
		s.opt.Cookies.forget(w)
		return err
	default:
		return err
	}
	if err := s.opt.Cookies.write(w, session{User: kept.User, RefreshToken: got.refreshToken}); err != nil {
		return err
	}
	left := got.expires.Sub(s.opt.Cookies.Now())
	return say(w, answer{AccessToken: got.accessToken, ExpiresIn: int(left.Seconds()), Email: got.email})
}

// refresh returns the grant of a session's refresh token, new or remembered.
func (s *Supabase) refresh(ctx context.Context, kept session) (grant, error) {
	return s.refreshes.get(ctx, kept.RefreshToken, func(ctx context.Context, token string) (grant, error) {
		if !s.opt.Pace.MayRefresh(ctx, kept.User) {
			return grant{}, atalaya.Errorf(atalaya.CodeRateLimited, "Your sessions are being renewed too often. Try again in a minute.").Until(s.opt.Cookies.Now().Add(time.Minute))
		}
		return s.project.refresh(ctx, token)
	})
}

// belongs fails unless a grant's access token is valid and the user's.
func (s *Supabase) belongs(ctx context.Context, got grant, user atalaya.UserID) error {
	caller, err := s.opt.Verifier.Verify(ctx, got.accessToken)
	if err != nil {
		return err
	}
	if caller.UserID != user {
		return atalaya.Errorf(atalaya.CodeUnauthorized, "The refresh token is another user's than the access token. Sign in again.")
	}
	return nil
}

// end signs this browser out, here and at Supabase. If Supabase does not answer, the browser is signed out anyway:
// only the cookie held the refresh token.
func (s *Supabase) end(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.opt.Cookies.read(r)
	s.opt.Cookies.forget(w)
	if err == nil && kept.RefreshToken != "" {
		if err := s.revoke(context.WithoutCancel(r.Context()), kept); err != nil {
			s.opt.Log.WarnContext(r.Context(), "a browser was signed out, but Supabase Auth could not be told; its session there ends by the project's own rules", "error", err)
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Supabase) revoke(ctx context.Context, kept session) error {
	got, err := s.refresh(ctx, kept)
	if atalaya.CodeOf(err) == atalaya.CodeUnauthorized {
		return nil // it is over already
	}
	if err != nil {
		return err
	}
	s.refreshes.forget(got)
	return s.project.revoke(ctx, got.accessToken)
}
