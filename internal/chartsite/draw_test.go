package chartsite

import (
	"sync"
	"testing"
)

func TestTheRecordKeepsTheLastDrawingsAndFindsThemByID(t *testing.T) {
	t.Parallel()
	log := newDrawLog()
	var ids []uint32
	for range maxDraws + 500 {
		ids = append(ids, log.add(Draw{Scenario: goodScenario}).ID)
	}
	for i, id := range ids {
		draw, ok := log.find(id)
		if ok != (i >= 500) || ok && draw.ID != id {
			t.Fatalf("drawing %d of %d: found %v, as %d", i, len(ids), ok, draw.ID)
		}
	}
	if _, ok := log.find(ids[len(ids)-1] + 1); ok {
		t.Error("a drawing is found that was never made")
	}
	all := log.all()
	if len(all) != maxDraws || all[0].ID != ids[500] || all[maxDraws-1].ID != ids[len(ids)-1] {
		t.Errorf("the list has %d drawings, from %d to %d", len(all), all[0].ID, all[len(all)-1].ID)
	}
}

func TestDrawingsMadeAtOnceHaveDifferentIDs(t *testing.T) {
	t.Parallel()
	log := newDrawLog()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				log.add(Draw{})
			}
		})
	}
	wg.Wait()
	seen := make(map[uint32]bool)
	for _, d := range log.all() {
		seen[d.ID] = true
	}
	if len(seen) != 800 {
		t.Errorf("800 drawings have %d ids", len(seen))
	}
}

func TestTheListOfEndedSessionsIsBounded(t *testing.T) {
	t.Parallel()
	var ended accountSet
	for i := range maxAccounts + 10 {
		ended.add(Account(NewSession(string(rune('0'+i%10)) + string(rune(i)))))
	}
	if len(ended.set) > maxAccounts || len(ended.order) != len(ended.set) {
		t.Errorf("%d accounts in the set, %d in order", len(ended.set), len(ended.order))
	}
}
