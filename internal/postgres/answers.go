package postgres

import (
	"container/list"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"atalaya"
	"atalaya/internal/postgres/rows"
)

// answers keeps what was computed over a user's signals, or over those of a stretch of time, while they do not change.
// Every change of a signal raises the version of its months in the same transaction, whoever makes it. So an answer is
// right as long as the version that it was computed at is the newest.
type answers struct {
	mu     sync.Mutex
	size   int        // bytes
	newest *list.List // of *answer, the last used first
	byKey  map[answerKey]*list.Element
}

// maxAnswers bounds the estimated bytes of all kept answers.
const maxAnswers = 48 << 20

// entrySize is the size of an answer in bytes, without its value and the text of its filter.
const entrySize = 400

type answerKey struct {
	user atalaya.UserID
	question
	of span // zero for an answer over all time
}

// question names what was computed: the statement, its filter with all values, the grouping.
type question struct{ statement, filter, groupBy string }

type answer struct {
	key     answerKey
	version int64
	value   any
	size    int // bytes; of the value alone until it is kept
}

func newAnswers() *answers {
	return &answers{newest: list.New(), byKey: map[answerKey]*list.Element{}}
}

// find returns the value that was kept for a version. ok is false if there is none.
func (a *answers) find(key answerKey, version int64) (value any, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.byKey[key]
	if !ok || e.Value.(*answer).version != version {
		return nil, false
	}
	a.newest.MoveToFront(e)
	return e.Value.(*answer).value, true
}

// keep stores an answer. If there is no room, it drops the least recently used ones.
func (a *answers) keep(kept answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e, ok := a.byKey[kept.key]; ok {
		a.drop(e)
	}
	kept.size += entrySize + len(kept.key.filter)
	a.byKey[kept.key] = a.newest.PushFront(&kept)
	a.size += kept.size
	for a.size > maxAnswers {
		a.drop(a.newest.Back())
	}
}

func (a *answers) drop(e *list.Element) {
	gone := a.newest.Remove(e).(*answer)
	delete(a.byKey, gone.key)
	a.size -= gone.size
}

// kept returns the answer to a question about the caller's signals. It is computed again only if the signals have
// changed. Callers share the value and must not change it.
func kept[T any](ctx context.Context, s *Store, caller atalaya.Caller, q question, compute func(a *analysis) (value T, size int, err error)) (value T, err error) {
	key := answerKey{user: caller.UserID, question: q}
	version, err := rows.New(s.pool).SignalsVersion(ctx, string(caller.UserID))
	if err != nil {
		return value, failed("read the version of the signals", err)
	}
	if found, ok := s.answers.find(key, version); ok {
		return found.(T), nil
	}
	err = s.asAnalyst(ctx, "compute "+q.statement, caller, func(a *analysis) error {
		var size int
		value, size, err = compute(a)
		if version := a.version(); err == nil && version > 0 {
			s.answers.keep(answer{key: key, version: version, value: value, size: size})
		}
		return err
	})
	return value, err
}

// text returns a condition with all its values, so that equal texts mean equal filters.
func (w *where) text() string {
	var text strings.Builder
	text.WriteString(w.sql())
	for _, name := range slices.Sorted(maps.Keys(w.args)) {
		fmt.Fprintf(&text, "\n%s=%#v", name, w.args[name])
	}
	return text.String()
}
