package tradingview

import (
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"atalaya"
)

const (
	// recentTime is the window that is compared with the baseline. It is long enough for a small service to
	// take some pictures, and short enough for an operator to hear of a change within the hour.
	recentTime = 30 * time.Minute
	// baselineTime covers every hour of the day, because different users' charts are captured at different
	// hours.
	baselineTime = 24 * time.Hour
	// minRecent is how many recent sightings a decision needs. Fewer may come from a single alert.
	minRecent = 10
	// minBaseline is how many sightings a usual share needs. With fewer, the usual share of odd sightings
	// is taken to be 0.
	minBaseline = 20
	// minAccounts is how many accounts must have odd sightings, if that many were seen at all. One user's
	// chart is no change of the site.
	minAccounts = 3
	// jumpShare is by how much the share of odd sightings must exceed the usual one for a change. A renamed
	// name affects nearly all sightings, an hour of bad network only a few.
	jumpShare = 0.4
	// calmShare is the excess below which a change is over. It is less than half of jumpShare, so that the
	// answer does not flap.
	calmShare = 0.15
	// maxSightings bounds the remembered sightings to about a day of a busy replica.
	maxSightings = 20_000
)

// Watch notices that the site has changed, because over all users fewer pictures than usual are the page's
// own. It only knows the captures of its own process. Safe for concurrent use.
type Watch struct {
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	seen    []observed // oldest first
	changed time.Time  // when the change was noticed; zero if there is none
}

// observed is what Watch keeps of a Sighting.
type observed struct {
	at      time.Time
	account uint64
	odd     bool
	refused string
	missing []string
}

// NewWatch makes a Watch. It logs when the site changes, and what to do about it.
func NewWatch(log *slog.Logger) *Watch { return &Watch{log: log, now: time.Now} }

// Observe records the Sighting of a capture.
func (w *Watch) Observe(s Sighting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	w.seen = append(w.seen, observed{now, s.Account, s.Source != atalaya.SourceClient, s.Refused, s.Missing})
	if len(w.seen) > maxSightings {
		w.seen = slices.Delete(w.seen, 0, len(w.seen)-maxSightings)
	}
	w.judge(now)
}

// Changed reports whether the site has changed and its pages are not yet read as usual again.
func (w *Watch) Changed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.judge(w.now())
	return !w.changed.IsZero()
}

// judge decides whether the site has changed, and logs if the answer is new.
func (w *Watch) judge(now time.Time) {
	old := slices.IndexFunc(w.seen, func(o observed) bool { return now.Sub(o.at) < recentTime+baselineTime })
	if old < 0 {
		old = len(w.seen)
	}
	w.seen = slices.Delete(w.seen, 0, old)

	since := now.Add(-recentTime)
	usualUntil := since
	if was := w.changed; !was.IsZero() && was.Add(-recentTime).Before(usualUntil) {
		usualUntil = was.Add(-recentTime) // the odd sightings since the change must not become usual
	}
	var recent, usual sightings
	latest := observed{}
	for _, o := range w.seen {
		switch {
		case !o.at.Before(since):
			recent.add(o)
			if o.odd {
				latest = o
			}
		case o.at.Before(usualUntil):
			usual.add(o)
		}
	}
	switch is := siteChanged(recent, usual, !w.changed.IsZero()); {
	case is && w.changed.IsZero():
		w.changed = now
		w.log.Warn("TradingView's page seems to have changed: fewer pictures than usual are the page's own. Run `atalaya tradingview check` and mend what it says is missing with TRADINGVIEW_NAMES; docs/tradingview.md says how",
			"recent_captures", recent.count, "recent_odd", recent.odd, "usual_captures", usual.count, "usual_odd", usual.odd,
			"last_refused", latest.refused, "last_missing", latest.missing)
	case !is && !w.changed.IsZero():
		began := w.changed.Add(-recentTime)
		w.seen = slices.DeleteFunc(w.seen, func(o observed) bool { return o.odd && !o.at.Before(began) }) // that was not usual
		w.changed = time.Time{}
		w.log.Info("TradingView's page is read as usual again", "recent_captures", recent.count, "recent_odd", recent.odd)
	}
}

// sightings sums up the sightings of some time. In an odd one, the picture was not the page's own.
type sightings struct {
	count, odd int
	accounts   map[uint64]bool // whether any sighting of the account was odd
}

func (s *sightings) add(o observed) {
	if s.accounts == nil {
		s.accounts = map[uint64]bool{}
	}
	s.count++
	if o.odd {
		s.odd++
	}
	s.accounts[o.account] = s.accounts[o.account] || o.odd
}

func (s *sightings) share() float64 {
	if s.count == 0 {
		return 0
	}
	return float64(s.odd) / float64(s.count)
}

// siteChanged reports whether the site has changed, by comparing recent sightings with usual ones. was is
// the last answer, which stands if there are too few sightings. It depends only on its arguments.
func siteChanged(recent, usual sightings, was bool) bool {
	if recent.count < minRecent {
		return was
	}
	base := 0.0
	if usual.count >= minBaseline {
		base = usual.share()
	}
	more := recent.share() - base
	if was {
		return more > calmShare
	}
	everybody := maps.Clone(recent.accounts)
	maps.Copy(everybody, usual.accounts)
	concerned := 0
	for _, odd := range recent.accounts {
		if odd {
			concerned++
		}
	}
	return more >= jumpShare && concerned >= min(minAccounts, len(everybody))
}
