package doctor

import (
	"testing"
	"time"
)

func TestTheDoctorReportsAClockThatIsWrongAndNotASlowAnswer(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, tc := range map[string]struct {
		there, after time.Time
		want         Severity
	}{
		"the same":            {there: now, after: now, want: Fine},
		"a slow answer":       {there: now.Add(20 * time.Second), after: now.Add(30 * time.Second), want: Fine},
		"the database ahead":  {there: now.Add(time.Minute), after: now.Add(time.Second), want: Wrong},
		"the database behind": {there: now.Add(-time.Minute), after: now.Add(time.Second), want: Wrong},
	} {
		if got := judgeClock(now, tc.there, tc.after); got.Severity != tc.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
