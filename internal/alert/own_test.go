package alert

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

func ownNames(t *testing.T, settings string) *Names {
	t.Helper()
	names, err := ParseNames([]byte(settings))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAUsersOwnNamesWinOverTheTables(t *testing.T) {
	t.Parallel()
	names := ownNames(t, `{"ticker":["s"],"price":["fp","px.last","a.b.c"],"direction":["cmd"],"signal_type":["señal larga"],"interval":["marco"]}`)
	for body, want := range map[string]want{
		`{"s":"KO","ticker":"PEP"}`:                               {"ticker": "KO"},
		`{"s":"two words","ticker":"PEP"}`:                        {"ticker": "PEP"},
		`{"fp":"x","px":{"last":"61,5","x":1},"price":2}`:         {"price": "61.5"},
		`{"px.last":3,"price":2}`:                                 {"price": "3"},
		`{"a":{"b":{"c":4}}}`:                                     {"price": "4"},
		`{"data":{"px":{"last":5}}}`:                              {"price": "5"},
		`{"px":{"first":1}}`:                                      {"price": null},
		`{"cmd":"sell","side":"buy"}`:                             {"direction": "SHORT"},
		`{"cmd":"down"}`:                                          {"direction": "SHORT"},
		`{"cmd":"long","action":"sell","market_position":"flat"}`: {"direction": "LONG"},
		`{"Senal-Larga":"x","signal_type":"y"}`:                   {"signal_type": "x"},
		"s: KO\nfp: 5":                                            {"ticker": "KO", "price": "5", "parse_status": "pairs"},
		"s=KO&foo=1":                                              {"ticker": "KO", "parse_status": "pairs"},
		"s,fp\nKO,5":                                              {"ticker": "KO", "price": "5"},
		`{s: KO,}`:                                                {"ticker": "KO", "parse_status": "repaired"},
		`Ojo {"s":"KO"}`:                                          {"ticker": "KO", "parse_status": "repaired"},
		"marco:4h\nfoo: 1":                                        {"interval": "240"},
	} {
		got := readingMap(t, names.Read([]byte(body)))
		for field, value := range want {
			expected := &value
			if value == null {
				expected = nil
			}
			if !sameField(t, field, got[field], expected) {
				t.Errorf("%s: %s = %s, want %s", body, field, show(got[field]), value)
			}
		}
	}
	var none *Names
	if diff := cmp.Diff(Read([]byte(`{"s":"KO"}`)), none.Read([]byte(`{"s":"KO"}`))); diff != "" {
		t.Error(diff)
	}
}

func TestNamesThatCannotBeReadAreRefusedWithTheCure(t *testing.T) {
	t.Parallel()
	for settings, hint := range map[string]string{
		`[]`: "object", `{"ticker":"s"}`: "object", `{"ticker":[1]}`: "object", `x`: "object", `{"volume":["v"]}`: `"volume"`,
		`{"ticker":["1","2","3","4","5","6","7","8","9","10","11"]}`: "at most 10", `{"ticker":[" _-."]}`: "empty", `{"ticker":["a\u0000"]}`: "empty",
		`{"ticker":["` + strings.Repeat("ñ", 61) + `"]}`: "61 characters",
	} {
		if _, err := ParseNames([]byte(settings)); atalaya.CodeOf(err) != atalaya.CodeInvalid || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v, want %q", settings, err, hint)
		}
	}
	for _, settings := range []string{"", "{}", "null", " ", `{"ticker":[]}`, `{"ticker":["` + strings.Repeat("ñ", 60) + `"]}`} {
		if _, err := ParseNames([]byte(settings)); err != nil {
			t.Errorf("%s: %v", settings, err)
		}
	}
}

func TestAReadingNamesWhatMatchedEachField(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]map[string]Match{
		`{"Symbol":"NYSE:KO","fiyat":"61,5","message":"TF: 15"}`: {
			"ticker": {"name", "Symbol"}, "exchange": {"name", "Symbol"}, "price": {"name", "fiyat"}, "interval": {"label", "TF"},
		},
		"compra ya NYSE:KO @ 61.5":                                   {"ticker": {"form", ""}, "exchange": {"form", ""}, "price": {"label", "@"}, "direction": {"words", ""}},
		"S: order sell @ 1 filled on KO. New strategy position is 0": {"ticker": {"sentence", ""}, "direction": {"sentence", ""}, "indicator_name": {"sentence", ""}},
		"60123456789,buy,EURUSD":                                     {"ticker": {"command", ""}, "direction": {"command", ""}, "signal_type": {"command", ""}},
		"":                                                           {},
	} {
		_, got := (*Names)(nil).Explain([]byte(body))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q:\n%s", body, diff)
		}
	}
}
