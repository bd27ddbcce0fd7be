package config

import "log/slog"

// Secret is a setting that prints as a mask.
type Secret string

const mask = "******"

// Reveal returns the value.
func (s Secret) Reveal() string { return string(s) }

// String masks the value; "" stays "".
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString masks the value in %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue masks the value in logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText masks the value in JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
