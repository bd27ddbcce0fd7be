package authtest

import (
	"crypto/rand"
	"net/http/httptest"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// The original passed the same suite: Supabase Auth v2.196.0, on 2026-11-29.
func TestTheDoubleAnswersAsTheOriginal(t *testing.T) {
	t.Parallel()
	key := []byte(rand.Text() + rand.Text())
	o := Options{
		APIKey: rand.Text(), Providers: []string{"keycloak"}, SiteURL: "https://site.example.com",
		Sign: func(claims map[string]any) (string, error) {
			return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString(key)
		},
	}
	server := httptest.NewUnstartedServer(nil)
	o.Issuer = "http://" + server.Listener.Addr().String() + "/auth/v1"
	project := New(o, User{ID: newID(), Email: "first@example.com"})
	server.Config.Handler = project
	server.Start()
	t.Cleanup(server.Close)
	project.Allow("http://127.0.0.1/app/callback")
	Conformance(t, Subject{
		URL: o.Issuer, APIKey: o.APIKey, Callback: "http://127.0.0.1/app/callback", SiteURL: o.SiteURL, Provider: "keycloak",
		Make: func(_ *testing.T, u User) { u.ID = newID(); project.Add(u) },
		Ban:  func(_ *testing.T, email string) { project.Ban(email) },
		Mail: func(t *testing.T, email string) (code, link string) {
			code, path := project.LastMail(email)
			return code, server.URL + path
		},
	})
}
