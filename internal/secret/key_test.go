package secret_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"atalaya/internal/secret"
)

func TestAMalformedKeyIsRefusedWithTheCure(t *testing.T) {
	t.Parallel()
	_, good := newKey(t)
	for name, text := range map[string]string{
		"empty":       "",
		"blank":       " \n",
		"short":       good[:63],
		"long":        good + "0",
		"not hex":     good[:60] + "wxyz",
		"placeholder": "your_64_character_hex_key_here",
	} {
		_, err := secret.ParseKey(text)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if !strings.Contains(err.Error(), "atalaya keys new") {
			t.Errorf("%s: the error does not say the cure: %v", name, err)
		}
		if strings.Contains(err.Error(), good[:16]) || strings.Contains(err.Error(), "wxyz") {
			t.Errorf("%s: the error holds the key: %v", name, err)
		}
	}
}

func TestAKeyReadsInEitherCaseAndWithBlanksAround(t *testing.T) {
	t.Parallel()
	key, text := newKey(t)
	other, err := secret.ParseKey("\t" + strings.ToUpper(text) + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if key.ID() != other.ID() {
		t.Errorf("two ids for one key: %s and %s", key.ID(), other.ID())
	}
}

func TestNewKeysAreSixtyFourHexCharactersAndDiffer(t *testing.T) {
	t.Parallel()
	_, one := newKey(t)
	_, two := newKey(t)
	if len(one) != 64 || strings.ToLower(one) != one || one == two {
		t.Error("a new key is not 64 lower-case characters of its own")
	}
}

func TestAKeyIsMaskedHoweverItIsPrinted(t *testing.T) {
	t.Parallel()
	key, text := newKey(t)
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	type holder struct {
		Key    secret.Key
		hidden secret.Key
	}
	values := []any{key, &key, []secret.Key{key}, map[string]secret.Key{"key": key},
		holder{key, key}, &holder{key, key}, secret.NewKeyring(key, key)}

	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	plain := slog.New(slog.NewTextHandler(&out, nil))
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%o", "%c", "%U"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("key", "value", v)
		plain.Info("key", "value", v)
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Fatal(err)
		}
	}

	printed := out.String()
	for name, leak := range map[string]string{
		"as hex":       text,
		"in upper hex": strings.ToUpper(text),
		"as bytes":     string(raw),
		"as numbers":   strings.Trim(fmt.Sprint(raw), "[]"),
		"in Go syntax": strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", raw), "[]byte{"), "}"),
	} {
		if strings.Contains(strings.ToLower(printed), strings.ToLower(leak)) {
			t.Errorf("the key is printed %s", name)
		}
	}
	if fmt.Sprintf("%v %#v", key, key) != "****** ******" {
		t.Errorf("printed as %v and %#v", key, key)
	}
}
