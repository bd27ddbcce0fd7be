package app

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestTheTableOfBoundsSaysWhatTheCodeBounds(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	settings, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(text), "## What is bounded")
	if !ok {
		t.Fatal("docs/security.md has no table of bounds")
	}
	table, _, _ = strings.Cut(table, "\n## ")
	for _, want := range []string{
		fmt.Sprintf("%d at a time, %d of one sender's network; %d waiting, %d of one", askingAuth.Slots, askingAuth.SlotsOfKey, askingAuth.Waiting, askingAuth.WaitingForKey),
		fmt.Sprintf("%d at a time, in turn between senders", lookingUp.Slots),
		fmt.Sprintf("| a request's header | %d s, %d KiB |", int(headerTimeout.Seconds()), maxHeader>>10),
		fmt.Sprintf("| a request's body | %d s and 1 MiB", int(bodyTimeout.Seconds())),
		fmt.Sprintf("for each %d KiB, %d minutes in all", answerPart>>10, int(answerWithin.Minutes())),
		fmt.Sprintf("| a database session that keeps users locked | %d s;", int(blockerPatience.Seconds())),
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table does not say %q", want)
		}
	}
	for setting, value := range map[string]string{"MAX_CONNECTIONS": "(2048)", "MAX_CONNECTIONS_PER_ADDRESS": "(512)", "MAX_REQUESTS_PER_USER": "(4,", "WRITE_TIMEOUT": "(10 s)"} {
		if !strings.Contains(table, "`"+setting+"`") || !strings.Contains(table, value) {
			t.Errorf("the table does not say %s %s", setting, value)
		}
		if !strings.Contains(string(settings), "`"+setting+"` | `"+strings.NewReplacer("(", "", ")", "", ",", "", " ", "").Replace(value)+"`") {
			t.Errorf("docs/configuration.md has another default of %s than %s", setting, value)
		}
	}
}
