package notify

import (
	"os"
	"testing"

	"atalaya/acceptance/built"
)

// The run of make test-notify, smaller.
func TestNothingIsLostDoubledOrCalledThatMayNotBe(t *testing.T) { //nolint:paralleltest // it does not share the machine with another run
	opt := Options{Binary: built.Racing(t), Progress: os.Stderr, Kills: 6, Users: 2, Signals: 30, Captures: 2}
	result, err := Run(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() || result.Kills != opt.Kills || result.Channels != opt.Kills+5*opt.Users+1 || result.Sent != opt.Kills+5*opt.Users*opt.Signals+100 ||
		result.Hostile != 7*len(hostileTexts()) || result.Pictures != 2*opt.Captures {
		t.Errorf("result %+v", result)
	}
}
