package postgres

import (
	"strconv"
	"testing"
)

func TestTheAnswersUnusedLongestMakeRoom(t *testing.T) {
	t.Parallel()
	a := newAnswers()
	key := func(i int) answerKey {
		return answerKey{user: "user", question: question{"statistics", strconv.Itoa(i), ""}}
	}
	const size = maxAnswers/10 - 2*entrySize // ten of them fit
	for i := range 10 {
		a.keep(answer{key: key(i), version: 1, value: i, size: size})
	}
	if _, ok := a.find(key(0), 1); !ok {
		t.Fatal("an answer is gone before there are too many")
	}
	a.keep(answer{key: key(10), version: 1, value: 10, size: size})
	a.keep(answer{key: key(2), version: 2, value: 2, size: size}) // replaces the older one
	for i := range 11 {
		version := int64(1)
		if i == 2 {
			version = 2
		}
		if value, ok := a.find(key(i), version); ok != (i != 1) || ok && value != i {
			t.Errorf("answer %d: %v, %v", i, value, ok)
		}
	}
	if _, ok := a.find(key(2), 1); ok {
		t.Error("an answer is found for another version")
	}
	if a.size > maxAnswers || len(a.byKey) != a.newest.Len() || a.newest.Len() != 10 {
		t.Errorf("%d answers of size %d", a.newest.Len(), a.size)
	}
}
