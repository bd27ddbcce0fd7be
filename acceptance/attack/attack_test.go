package attack

import (
	"os"
	"testing"

	"atalaya/acceptance/built"
)

// The machine runs other tests at the same time, so the times of make attack are multiplied here.
func TestEveryAttackHolds(t *testing.T) {
	t.Parallel()
	result, err := Run(t.Context(), Options{Binary: built.Program(t), Progress: os.Stderr, Slack: 5})
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() {
		t.Errorf("result %+v", result)
	}
}
