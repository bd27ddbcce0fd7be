package postgres

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestTheManualSaysHowManyConnectionsAProcessHolds(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	all := ReadersSize + healthSize
	want := fmt.Sprintf("Each web process holds up to %d connections to the database, each worker up to %d, and a process that is both up to %d. `ADMIN_TOKEN` adds %d to each.",
		all+alertsSize, all+workersSize, all+alertsSize+workersSize, deskSize)
	if !strings.Contains(string(manual), want) {
		t.Errorf("docs/operations.md does not say: %s", want)
	}
}
