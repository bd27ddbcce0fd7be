package atalaya_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"atalaya"
)

func TestAWebhookTokenIsMaskedHoweverItIsPrinted(t *testing.T) {
	t.Parallel()
	const token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	var out bytes.Buffer
	for _, value := range []any{atalaya.WebhookToken(token), atalaya.TenantConfig{WebhookToken: token}, atalaya.Arrival{Token: token}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("arrived", "value", value)
	}
	if printed := out.String(); strings.Contains(printed, token[:16]) || strings.Contains(printed, fmt.Sprintf("%x", token[:16])) {
		t.Errorf("the token is printed:\n%s", printed)
	}
}

// A column for a sealed secret may hold plain text, which a front end has written.
func TestAStoredSecretIsMaskedHoweverItIsPrinted(t *testing.T) {
	t.Parallel()
	const secret = "123456:hunter2"
	secrets := atalaya.SealedSecrets{SessionID: secret, BotToken: secret}
	var out bytes.Buffer
	for _, value := range []any{atalaya.Sealed(secret), secrets, &secrets, atalaya.CaptureTask{SealedSessionID: secret}, atalaya.TenantConfig{TVSessionID: secret}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("stored", "value", value)
	}
	if printed := out.String(); strings.Contains(printed, "hunter2") || strings.Contains(printed, fmt.Sprintf("%x", secret)) {
		t.Errorf("the secret is printed:\n%s", printed)
	}
	if got := fmt.Sprintf("%v|%v", atalaya.Sealed(secret), atalaya.Sealed("")); got != "******|" {
		t.Errorf("a secret and an empty one print as %s, want ******|", got)
	}
	if atalaya.Sealed(secret).Reveal() != secret {
		t.Error("Reveal does not return the secret")
	}
}
