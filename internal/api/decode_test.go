package api

import (
	"testing"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"pgregory.net/rapid"
)

func TestTwoSpellingsOfOneMemberAreRefusedAndOthersAreUnknown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // "" for a refusal
		`{"result":"win"}`:                            "win",
		`{"result":"win","other":{"a":1,"b":[{}]}}`:   "win",
		`{"result":"win","RESULT":"bogus"}`:           "",
		`{"RESULT":"bogus","result":"win"}`:           "",
		`{"result":"win","result":"loss"}`:            "",
		`{"result":"win","Result":"win"}`:             "",
		`{"reſult":"bogus","result":"win"}`:           "", // U+017F folds to s
		"{\"result\":\"win\",\"re\\u0073ult\":\"x\"}": "",
		`{"result":"win","x":{"a":1,"A":2}}`:          "",
		`{"result":"win","x":[{"a":1},{"A":2}]}`:      "win",
		`{"RESULT":"bogus"}`:                          "unset",
		`{"Result":"bogus","other":1}`:                "unset",
	} {
		var changes SignalChanges
		err := decodeJSON([]byte(text), &changes)
		got := changes.Result.Value
		if !changes.Result.Set {
			got = "unset"
		}
		if want == "" && err == nil || want != "" && (err != nil || got != want) {
			t.Errorf("%s: result %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestNamesThatDifferInCaseFoldAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		other := []rune(name)
		for i, r := range other {
			if rapid.Bool().Draw(t, "fold") {
				other[i] = unicode.SimpleFold(r)
			}
		}
		if folded(name) != folded(string(other)) {
			t.Fatalf("%q and %q differ", name, string(other))
		}
	})
}

func TestAListIsDecodedAndTheLibrarysFormatsStay(t *testing.T) {
	t.Parallel()
	var list []string
	if err := decodeJSON([]byte(`["a","A"]`), &list); err != nil || len(list) != 2 {
		t.Errorf("the list is decoded as %v, %v", list, err)
	}
	var any any
	if err := jsonFormats()["application/json"].Unmarshal([]byte(`{"a":1}`), &any); err != nil {
		t.Error(err)
	}
	if huma.DefaultFormats["application/json"].Unmarshal == nil {
		t.Error("the library's formats were changed")
	}
}
