package command

import (
	"bytes"
	"errors"
	"testing"
)

func TestOnlyAGoodResultWithoutAnErrorIsGood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		result Checks
		err    error
		good   bool
		out    string
		says   string
	}{
		"all passed":            {Checks{2, 2}, nil, true, `{"checks":2,"passed":2}` + "\n", ""},
		"one failed":            {Checks{2, 1}, nil, false, `{"checks":2,"passed":1}` + "\n", ""},
		"nothing was looked at": {Checks{}, nil, false, `{"checks":0,"passed":0}` + "\n", ""},
		"it broke off":          {Checks{2, 2}, errors.New("no browser"), false, `{"checks":2,"passed":2}` + "\n", "tried: no browser\n"},
	} {
		var out, problems bytes.Buffer
		if good := report(&out, &problems, "tried", c.result, c.err); good != c.good || out.String() != c.out || problems.String() != c.says {
			t.Errorf("%s: good %v, printed %q and %q", name, good, out.String(), problems.String())
		}
	}
}
