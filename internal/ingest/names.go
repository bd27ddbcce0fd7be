package ingest

import (
	"crypto/sha256"
	"sync"

	"atalaya"
	"atalaya/internal/alert"
)

// maxNames bounds how many users' own names are kept in memory.
const maxNames = 1_000

// namesMemory remembers users' own names for the fields of alerts, so that an alert is read by them
// before its user is known. They are only a guess: the user's row, once it is locked, has the last word.
type namesMemory struct {
	mu       sync.Mutex
	byToken  map[[sha256.Size]byte]string // as the settings hold them
	compiler map[string]*alert.Names
}

func newNamesMemory() *namesMemory {
	return &namesMemory{byToken: make(map[[sha256.Size]byte]string), compiler: make(map[string]*alert.Names)}
}

// of returns the names that the user of a token had last, "" if none are known.
func (m *namesMemory) of(token atalaya.WebhookToken) string {
	key := sha256.Sum256([]byte(token.Reveal()))
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.byToken[key]
}

// remember notes the names of a token's user. When full it forgets everything: that costs a second
// reading, never an alert.
func (m *namesMemory) remember(token atalaya.WebhookToken, names string) {
	key := sha256.Sum256([]byte(token.Reveal()))
	m.mu.Lock()
	defer m.mu.Unlock()
	if names == "" {
		delete(m.byToken, key)
		return
	}
	if len(m.byToken) >= maxNames {
		clear(m.byToken)
	}
	m.byToken[key] = names
}

// compiled returns names ready for reading, nil if there are none. Names that cannot be parsed, which the settings refuse,
// count as none.
func (m *namesMemory) compiled(names string) *alert.Names {
	if names = orNone(names); names == "" {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	own, ok := m.compiler[names]
	if !ok {
		if len(m.compiler) >= maxNames {
			clear(m.compiler)
		}
		own, _ = alert.ParseNames([]byte(names))
		m.compiler[names] = own
	}
	return own
}

// orNone returns "" for settings that hold no names.
func orNone(names string) string {
	if names == "{}" || names == "null" {
		return ""
	}
	return names
}

// readForUser reads an arrival again if the names that it was read with are not those of its user.
func (s *Service) readForUser(in *intake, t *atalaya.TenantConfig) {
	names := orNone(string(t.AlertNames))
	if names == in.names || in.unread {
		return
	}
	s.names.remember(in.arrival.Token, names)
	in.names = names
	in.reading = withHints(s.read(in.ctx, in.arrival.Body, names), in.arrival.Hints)
}
