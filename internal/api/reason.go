package api

import (
	"encoding/json"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"atalaya"
)

// reason is why a signal has no screenshot. "" means no reason and is written as null.
type reason string

// reasonOf returns a row's reason, ForeignReason for the Node service's own words.
func reasonOf(stored *string) reason {
	switch {
	case stored == nil:
		return ""
	case slices.Contains(atalaya.Reasons(), *stored):
		return reason(*stored)
	}
	return atalaya.ForeignReason
}

// cureOf returns what helps against a signal's screenshot_error, nil if there is no error or no known cure.
func cureOf(s atalaya.Signal, language atalaya.Language) *string {
	if s.ScreenshotError == nil {
		return nil
	}
	return textOrNull(atalaya.Cure(s.ScreenshotStatus, *s.ScreenshotError, language))
}

// MarshalJSON implements json.Marshaler.
func (r reason) MarshalJSON() ([]byte, error) { return json.Marshal(textOrNull(string(r))) }

// Schema implements huma.SchemaProvider.
func (reason) Schema(huma.Registry) *huma.Schema {
	var codes []any
	for _, code := range atalaya.Reasons() {
		codes = append(codes, code)
	}
	return &huma.Schema{
		Type: huma.TypeString, Nullable: true, Enum: append(codes, atalaya.ForeignReason, nil),
		Description: "Why there is no screenshot, as a stable code; other: the words of the Node service, in a row that it wrote.",
	}
}
