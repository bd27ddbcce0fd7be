package atalaya

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretsPrintAsMasks(t *testing.T) {
	t.Parallel()
	token := WebhookToken(strings.Repeat("ab12", 16))
	session := TVSession{ID: "the-session-id", Sign: "the-signature"}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", token, "session", session)
	for how, text := range map[string]string{
		"%v": fmt.Sprintf("%v %v", token, session), "%s": fmt.Sprintf("%s %s", token, session),
		"%+v": fmt.Sprintf("%+v %+v", token, session), "%#v": fmt.Sprintf("%#v", session),
		"nested": fmt.Sprintf("%+v %+v", Arrival{Token: token}, CaptureRequest{Session: session}),
		"slog":   log.String(),
	} {
		for _, secret := range []string{token.Reveal(), session.ID, session.Sign} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows a secret: %s", how, text)
			}
		}
	}
	if short := WebhookToken("short").String(); strings.Contains(short, "short") {
		t.Errorf("a short token shows as %q", short)
	}
}

func TestTheCodeOfAnErrorIsFoundThroughItsWraps(t *testing.T) {
	t.Parallel()
	inner := Wrap(CodeUnavailable, io.ErrUnexpectedEOF, "Try again.")
	for name, tc := range map[string]struct {
		err  error
		want Code
	}{
		"nil":     {nil, ""},
		"plain":   {io.EOF, CodeInternal},
		"direct":  {Errorf(CodeNotFound, "no signal %d", 1), CodeNotFound},
		"wrapped": {fmt.Errorf("read: %w", inner), CodeUnavailable},
	} {
		if got := CodeOf(tc.err); got != tc.want {
			t.Errorf("%s: code %q, want %q", name, got, tc.want)
		}
	}
	if !errors.Is(inner, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
}

func TestAQuotaTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		total, used, remaining int64
		exceeded               bool
		percentage             string
	}{
		{1000, 0, 1000, false, "0"}, {1000, 999, 1, false, "99.9"}, {1000, 1000, 0, true, "100"},
		{1000, 1500, 0, true, "150"}, {3, 1, 2, false, "33.33"}, {0, 0, 0, true, "100"}, {Unlimited, 7, Unlimited, false, ""},
	} {
		q := Quota{Total: tc.total, Used: tc.used}
		percentage := ""
		if p := q.Percentage(); p != nil {
			percentage = fmt.Sprint(*p)
		}
		if q.Remaining() != tc.remaining || q.Exceeded() != tc.exceeded || percentage != tc.percentage {
			t.Errorf("%d of %d: remaining %d, exceeded %v, %s %%; want %d, %v, %s",
				tc.used, tc.total, q.Remaining(), q.Exceeded(), percentage, tc.remaining, tc.exceeded, tc.percentage)
		}
	}
}

func TestOnlyACanonicalUUIDIsAnID(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11": true, "8A3F0A52-6E1C-4F0B-9D7E-2F1F6F0F7A11": false,
		"8a3f0a526e1c4f0b9d7e2f1f6f0f7a11": false, "": false, "8a3f0a52-6e1c-4f0b-9d7e-2f1f6f0f7a11\n": false,
	} {
		if _, err := ParseUserID(text); (err == nil) != ok {
			t.Errorf("ParseUserID(%q) = %v, want ok %v", text, err, ok)
		}
		if _, err := ParseSignalID(text); (err == nil) != ok {
			t.Errorf("ParseSignalID(%q) = %v, want ok %v", text, err, ok)
		}
	}
}
