package atalaya

import "context"

// Language is the language of a text for people.
type Language string

// The languages that the service speaks.
const (
	English Language = "en"
	Spanish Language = "es"
)

type languageKey struct{}

// WithLanguage returns a copy of ctx that holds the language in which its request is answered.
func WithLanguage(ctx context.Context, language Language) context.Context {
	return context.WithValue(ctx, languageKey{}, language)
}

// LanguageOf returns the language that a context's request is answered in, English if none was set.
func LanguageOf(ctx context.Context) Language {
	if language, ok := ctx.Value(languageKey{}).(Language); ok {
		return language
	}
	return English
}
