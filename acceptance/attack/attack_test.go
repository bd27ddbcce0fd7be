package attack

import (
	"os"
	"testing"

	"atalaya/acceptance/built"
)

// The machine runs other tests beside: the times of make attack are multiplied here, and stand in its last
// line. 3 seconds for an alert are what TradingView waits.
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
