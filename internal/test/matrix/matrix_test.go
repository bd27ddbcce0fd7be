package matrix_test

import (
	"testing"

	"atalaya/internal/test/matrix"
)

// TestCapturesEndAsTheProductPromises takes every third case, because all of them take longer than a package's
// tests may. make test-capture takes all.
func TestCapturesEndAsTheProductPromises(t *testing.T) {
	t.Parallel()
	all := matrix.Cases()
	if len(all) < 130 {
		t.Errorf("there are %d cases", len(all))
	}
	var cases []matrix.Case
	for i := 0; i < len(all); i += 3 {
		cases = append(cases, all[i])
	}
	result, err := matrix.Run(t.Context(), cases, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() {
		t.Errorf("%+v", result)
	}
}
