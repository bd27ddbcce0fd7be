package ingest

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"atalaya"
)

func TestTroubleIsReportedUntilThatSucceedsOrIsUseless(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told [][]atalaya.WebhookToken
		var down atomic.Bool
		down.Store(true)
		tr := newTrouble(func(_ context.Context, tokens []atalaya.WebhookToken) error {
			if down.Load() {
				return errors.New("no database")
			}
			told = append(told, slices.Sorted(slices.Values(tokens)))
			return nil
		}, time.Now)
		tr.start()
		tr.remember("old")
		synctest.Wait()
		<-time.After(25 * time.Second) // by the bubble's clock
		tr.remember("one")
		tr.remember("two")
		synctest.Wait()
		<-time.After(6 * time.Second)
		down.Store(false)
		<-time.After(2 * time.Second)
		synctest.Wait()
		tr.stop()
		if len(told) != 1 || !slices.Equal(told[0], []atalaya.WebhookToken{"one", "two"}) {
			t.Errorf("reported %v, want the two that may be sent again", told)
		}
		if tr.holds("old") || !tr.holds("one") {
			t.Error("a token is held for as long as its alert may be sent again")
		}
	})
}
