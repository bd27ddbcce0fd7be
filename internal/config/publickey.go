package config

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// PublicKey returns the project's key that browsers may know: SUPABASE_ANON_KEY, or "" if that is not set or
// is a secret key.
func (c Config) PublicKey() Secret {
	if c.misplacedKey() {
		return ""
	}
	return c.SupabaseAnonKey
}

// misplacedKey reports whether SUPABASE_ANON_KEY is a secret key.
func (c Config) misplacedKey() bool {
	return c.SupabaseAnonKey != "" && (c.SupabaseAnonKey == c.SupabaseServiceRoleKey || isServiceKey(c.SupabaseAnonKey.Reveal()))
}

// isServiceKey reports whether a project's key opens everything: sb_secret_…, or a JWT of the role
// service_role.
func isServiceKey(key string) bool {
	if strings.HasPrefix(key, "sb_secret_") {
		return true
	}
	_, rest, _ := strings.Cut(key, ".")
	payload, _, _ := strings.Cut(rest, ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	var claims struct {
		Role string `json:"role"`
	}
	return err == nil && json.Unmarshal(text, &claims) == nil && claims.Role == "service_role"
}
