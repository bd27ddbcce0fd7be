package respond

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"atalaya"
)

// maxAccepted bounds what is read of a header Accept-Language, in bytes.
const maxAccepted = 200

// Speak makes next answer requests in the language of their Accept-Language: Spanish, or English for any other.
// Codes and shapes are the same in both.
func Speak(next http.Handler) http.Handler {
	spoken := language.NewMatcher([]language.Tag{language.English, language.Spanish})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r.Header.Get("Accept-Language")
		if len(asked) > maxAccepted {
			asked = ""
		}
		tags, _, err := language.ParseAcceptLanguage(asked)
		if err != nil { // a header that cannot be read asks for nothing
			tags = nil
		}
		chosen := atalaya.English
		if _, i, _ := spoken.Match(tags...); i == 1 {
			chosen = atalaya.Spanish
		}
		next.ServeHTTP(w, r.WithContext(atalaya.WithLanguage(r.Context(), chosen)))
	})
}

// SetLanguage sets the headers of an answer that holds a text in a language.
func SetLanguage(h http.Header, spoken atalaya.Language) {
	h.Set("Content-Language", string(spoken))
	h.Add("Vary", "Accept-Language")
}

// Say returns one of our messages in a language. A text without a translation is returned unchanged.
func Say(spoken atalaya.Language, message string) string {
	if spoken != atalaya.Spanish {
		return message
	}
	if said, ok := inSpanish(message); ok {
		return said
	}
	return problemsInSpanish(message)
}

// SayMembers returns a copy of a JSON body with its members message and next_step in a language. If the body has
// neither, it is returned unchanged, with false.
func SayMembers(spoken atalaya.Language, body any) (any, bool) {
	v := reflect.ValueOf(body)
	if v.Kind() != reflect.Struct {
		return body, false
	}
	var said reflect.Value
	for _, name := range []string{"Message", "NextStep"} {
		field := v.FieldByName(name)
		if !field.IsValid() || field.Kind() != reflect.String {
			continue
		}
		if !said.IsValid() {
			said = reflect.New(v.Type()).Elem()
			said.Set(v)
		}
		said.FieldByName(name).SetString(Say(spoken, field.String()))
	}
	if !said.IsValid() {
		return body, false
	}
	return said.Interface(), true
}

// problemsInSpanish translates a message of the validation, "member: text; member: text.", part by part. If a part has
// no translation, the whole message is returned unchanged.
func problemsInSpanish(message string) string {
	parts := strings.Split(strings.TrimSuffix(message, "."), "; ")
	for i, part := range parts {
		member, text, found := strings.Cut(part, ": ")
		if !found {
			member, text = "", part
		} else {
			member += ": "
		}
		said, ok := inSpanish(text)
		if !ok {
			return message
		}
		parts[i] = member + said
	}
	return strings.Join(parts, "; ") + "."
}

// phrase is a message with places for values, and its translation.
type phrase struct {
	form *regexp.Regexp
	says string // with %s for each value, in the same order or as %[n]s
}

// phrases returns the messages without values by their text, and those with values.
var phrases = sync.OnceValues(func() (map[string]string, []phrase) {
	plain := map[string]string{}
	var forms []phrase
	for _, pair := range spanish {
		if !verb.MatchString(pair[0]) {
			plain[strings.ReplaceAll(pair[0], "%%", "%")] = strings.ReplaceAll(pair[1], "%%", "%")
			continue
		}
		form := strings.ReplaceAll(verb.ReplaceAllString(regexp.QuoteMeta(pair[0]), `(.+?)`), "%%", "%")
		forms = append(forms, phrase{regexp.MustCompile(`(?s)^` + form + `$`), verb.ReplaceAllString(pair[1], `%${1}s`)})
	}
	return plain, forms
})

// verb is a place for a value in a format of package fmt, after regexp.QuoteMeta too.
var verb = regexp.MustCompile(`%(\[\d\])?(?:\\?\.\d+)?[sdvq]`)

// inSpanish translates one of our messages. Values in it are left unchanged, except for texts of ours.
func inSpanish(message string) (string, bool) {
	plain, forms := phrases()
	if said, ok := plain[message]; ok {
		return said, true
	}
	for _, p := range forms {
		found := p.form.FindStringSubmatch(message)
		if found == nil {
			continue
		}
		values := make([]any, len(found)-1)
		for i, value := range found[1:] {
			if said, ok := plain[value]; ok {
				value = said
			}
			values[i] = value
		}
		return fmt.Sprintf(p.says, values...), true
	}
	return "", false
}
