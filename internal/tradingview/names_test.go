package tradingview

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"testing"
)

// names.json and the struct have to hold the same names. One that is missing in either would count as absent from every
// page.
func TestEveryNameHasADefault(t *testing.T) {
	t.Parallel()
	decoder := json.NewDecoder(bytes.NewReader(namesFile))
	decoder.DisallowUnknownFields()
	var names Names
	if err := decoder.Decode(&names); err != nil {
		t.Fatal(err)
	}
	var missing func(path string, v reflect.Value)
	missing = func(path string, v reflect.Value) {
		if v.IsZero() {
			t.Errorf("%s has no default", path)
		}
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				missing(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		}
	}
	missing("Names", reflect.ValueOf(names))
	for _, text := range []string{names.Texts.Refusal, names.Texts.NoSymbol} {
		if _, err := regexp.Compile(text); err != nil {
			t.Error(err)
		}
	}
}
