package chartsite

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"
)

// maxDraws bounds the record: 10,000 drawings are some 2 MB, and more than any test takes.
const maxDraws = 10_000

// Draw is one drawing of a chart: what the page was given to draw, for whom, and when. A chart has several
// if it is painted twice, or if something lies over it.
type Draw struct {
	ID       uint32    `json:"id"` // as its ribbon carries it; never 0
	At       time.Time `json:"at"`
	ChartID  string    `json:"chart_id"` // "" for the plain chart of a symbol
	Symbol   string    `json:"symbol"`   // EXCHANGE:SYMBOL, as drawn
	Interval string    `json:"interval"` // TradingView's form, as drawn
	Account  string    `json:"account"`  // see Account; "" without a session
	SignedIn bool      `json:"signed_in"`
	Scenario string    `json:"scenario"`
	Flaw     Flaw      `json:"flaw,omitempty"` // what is wrong with this frame
}

// drawLog is a ring of the last maxDraws drawings. Ids are consecutive, so they index the ring. They start
// at a random number, because pictures outlive the site that drew them, and must not be taken for drawings
// of the next one.
type drawLog struct {
	mu    sync.Mutex
	first uint32 // id of the oldest on record
	ring  []Draw
	next  int // where the next one goes, once the ring is full
}

func newDrawLog() drawLog {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return drawLog{first: binary.BigEndian.Uint32(b[:])>>1 + 1}
}

// add records a drawing under the next id and returns it.
func (l *drawLog) add(d Draw) Draw {
	l.mu.Lock()
	defer l.mu.Unlock()
	d.ID = l.first + uint32(len(l.ring))
	if len(l.ring) < maxDraws {
		l.ring = append(l.ring, d)
		return d
	}
	l.ring[l.next] = d
	l.next = (l.next + 1) % maxDraws
	l.first++
	return d
}

func (l *drawLog) find(id uint32) (Draw, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	age := id - l.first // wraps to a large number if id is older than the oldest
	if int64(age) >= int64(len(l.ring)) {
		return Draw{}, false
	}
	return l.ring[(l.next+int(age))%len(l.ring)], true
}

func (l *drawLog) all() []Draw {
	l.mu.Lock()
	defer l.mu.Unlock()
	draws := make([]Draw, 0, len(l.ring))
	draws = append(draws, l.ring[l.next:]...)
	return append(draws, l.ring[:l.next]...)
}
