package tradingview

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWhatAPageSaysIsBoundedAndClean(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                       "",
		"BINANCE:BTCUSDT":        "BINANCE:BTCUSDT",
		"a\x00b\xffc":            "abc",
		strings.Repeat("é", 300): strings.Repeat("é", 200),
		strings.Repeat("\x00", 300) + "behind it": "",
	} {
		if got := bounded(given); got != want {
			t.Errorf("%.20q: %.40q, want %.40q", given, got, want)
		}
	}
	endless := strings.Repeat("x\x00", 1<<20)
	seen := Evidence{Dialogs: make([]string, 1000)}
	seen.Dialogs[0] = endless
	seen.API.Statuses = make([]int, 1<<20)
	var fill func(reflect.Value)
	fill = func(v reflect.Value) { // so that a field that is added later is checked too
		for i := range v.NumField() {
			switch f := v.Field(i); f.Kind() {
			case reflect.String:
				f.SetString(endless)
			case reflect.Struct:
				fill(f)
			}
		}
	}
	fill(reflect.ValueOf(&seen).Elem())
	seen.bound()
	stored, err := json.Marshal(seen)
	if err != nil || len(stored) > 8000 || strings.Contains(string(stored), `\u0000`) || !utf8.Valid(stored) {
		t.Errorf("%d bytes of %.300q: %v", len(stored), stored, err)
	}
}
