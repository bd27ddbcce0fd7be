package matrix_test

import (
	"testing"

	"atalaya/internal/test/matrix"
)

func TestEveryCaptureEndsAsTheProductPromises(t *testing.T) {
	t.Parallel()
	cases := matrix.Cases()
	result, err := matrix.Run(t.Context(), cases, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if !result.OK() || len(cases) < 130 {
		t.Errorf("%+v", result)
	}
}
