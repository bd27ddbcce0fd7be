package ingest

import (
	"crypto/sha256"
	"sync"
	"time"

	"atalaya"
)

const (
	// tenantFor is how long a user's row is kept. If the row has changed, the statement that writes an alert
	// notices, which costs that alert another round trip.
	tenantFor = time.Hour
	// maxTenants bounds how many rows are kept, at about 700 bytes each.
	maxTenants = 20_000
	// maxOwnNames is the largest size, in bytes, of a user's own names with which the row is kept.
	maxOwnNames = 1_000
)

// someCookie stands for stored cookies: only whether there are any matters here.
const someCookie atalaya.Sealed = "stored"

// tenantMemory remembers users' rows, by token. They are only a guess: the statement that writes by one compares it with
// the locked row.
type tenantMemory struct {
	now func() time.Time

	mu      sync.Mutex
	byToken map[[sha256.Size]byte]keptTenant
}

type keptTenant struct {
	tenant *atalaya.TenantConfig // shared, and not changed
	until  time.Time
}

func newTenantMemory(now func() time.Time) *tenantMemory {
	return &tenantMemory{now: now, byToken: make(map[[sha256.Size]byte]keptTenant)}
}

// of returns a copy of the row that the user of a token had last, nil if it is not known.
func (m *tenantMemory) of(token atalaya.WebhookToken) *atalaya.TenantConfig {
	key := sha256.Sum256([]byte(token.Reveal()))
	m.mu.Lock()
	kept, ok := m.byToken[key]
	m.mu.Unlock()
	if !ok || !m.now().Before(kept.until) {
		return nil
	}
	t := *kept.tenant
	return &t
}

// remember keeps a row that was just read or written. When full it forgets any eighth of the rows: that costs
// their users a round trip, never an alert.
func (m *tenantMemory) remember(t *atalaya.TenantConfig) {
	if len(t.AlertNames) > maxOwnNames {
		return
	}
	kept := *t
	kept.SilenceRules = nil // nothing is decided by them here, and they may be long
	if t.CookiesConfigured() {
		kept.TVSessionID, kept.TVSessionIDSign = someCookie, someCookie
	}
	key := sha256.Sum256([]byte(t.WebhookToken.Reveal()))
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.byToken) >= maxTenants {
		left := maxTenants / 8
		for k := range m.byToken {
			if left--; left < 0 {
				break
			}
			delete(m.byToken, k)
		}
	}
	m.byToken[key] = keptTenant{&kept, m.now().Add(tenantFor)}
}

// forget drops the row of a token.
func (m *tenantMemory) forget(token atalaya.WebhookToken) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.byToken, sha256.Sum256([]byte(token.Reveal())))
}
