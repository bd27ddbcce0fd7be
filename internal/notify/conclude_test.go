package notify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"atalaya"
)

func half() float64 { return 0.5 } // in the middle: no jitter

var calm = limits{repeatAfter: 30 * time.Second, random: half}

// due returns a row in a state, of a signal whose capture has a status.
func due(state atalaya.NotificationState, status atalaya.ScreenshotStatus) Due {
	s := aSignal()
	s.ScreenshotStatus = status
	return Due{Notification: atalaya.Notification{ID: "n1", Event: atalaya.NotifySignal, State: state, Attempts: 1, Picture: atalaya.PictureNone}, Signal: s}
}

func TestTheResultOfARequestDecidesTheNextState(t *testing.T) {
	t.Parallel()
	people := Traits{Edits: true, Digests: true}
	hooks := Traits{Idempotent: true, Backoff: WebhookBackoff(), Breaks: true}
	last := int32(len(WebhookBackoff()) + 1)
	for name, c := range map[string]struct {
		traits   Traits
		status   atalaya.ScreenshotStatus
		attempts int32
		unknown  int32
		result   Result
		row      RowEnding
		channel  ChannelEnding
	}{
		"accepted with its picture": {people, atalaya.ScreenshotCompleted, 1, 0, Result{Verdict: Sent, ExternalID: "7", Attached: true, Pause: time.Second},
			RowEnding{State: atalaya.NotificationSent, ExternalID: "7", Picture: atalaya.PictureAttached}, ChannelEnding{Status: atalaya.ChannelOK, Pause: time.Second}},
		"accepted before its picture": {people, atalaya.ScreenshotProcessing, 1, 0, Result{Verdict: Sent, ExternalID: "7"},
			RowEnding{State: atalaya.NotificationSent, ExternalID: "7", Picture: atalaya.PictureOwed}, ChannelEnding{Status: atalaya.ChannelOK}},
		"accepted before its picture, where nothing can be edited": {hooks, atalaya.ScreenshotProcessing, 1, 0, Result{Verdict: Sent},
			RowEnding{State: atalaya.NotificationSent, Picture: atalaya.PictureImpossible}, ChannelEnding{Status: atalaya.ChannelOK}},
		"accepted after its capture failed": {people, atalaya.ScreenshotFailed, 1, 0, Result{Verdict: Sent, ExternalID: "7"},
			RowEnding{State: atalaya.NotificationSent, ExternalID: "7", Picture: atalaya.PictureImpossible}, ChannelEnding{Status: atalaya.ChannelOK}},
		"not sent": {people, atalaya.ScreenshotCompleted, 3, 0, Result{Verdict: Retry, Code: "unreachable"},
			RowEnding{State: atalaya.NotificationReady, Picture: atalaya.PictureNone, Code: "unreachable"}, ChannelEnding{Code: "unreachable", Pause: 30 * time.Second}},
		"told to wait": {people, atalaya.ScreenshotCompleted, 1, 0, Result{Verdict: Limited, Code: "rate_limited", After: 40 * time.Second, Wide: true},
			RowEnding{State: atalaya.NotificationReady, Picture: atalaya.PictureNone, Code: "rate_limited"}, ChannelEnding{Code: "rate_limited", Pause: 40 * time.Second, Wide: true}},
		"told to wait with its picture uploaded": {people, atalaya.ScreenshotCompleted, 1, 0, Result{Verdict: Limited, Code: "rate_limited", After: time.Second, ExternalID: "upload:F1"},
			RowEnding{State: atalaya.NotificationReady, ExternalID: "upload:F1", Picture: atalaya.PictureNone, Code: "rate_limited"}, ChannelEnding{Code: "rate_limited", Pause: time.Second}},
		"told to wait for hours": {people, atalaya.ScreenshotCompleted, 1, 0, Result{Verdict: Limited, Code: "rate_limited", After: 10072 * time.Second},
			RowEnding{State: atalaya.NotificationReady, Picture: atalaya.PictureNone, Code: "rate_limited"}, ChannelEnding{Code: "rate_limited", Pause: 10072 * time.Second, Tell: true}},
		"no answer": {people, atalaya.ScreenshotCompleted, 1, 0, Result{Verdict: Unknown, Code: "no_answer"},
			RowEnding{State: atalaya.NotificationReady, Unknown: 1, Picture: atalaya.PictureNone, Code: "no_answer"}, ChannelEnding{Code: "no_answer", Pause: 30 * time.Second}},
		"no answer to the repeat either": {people, atalaya.ScreenshotCompleted, 2, 1, Result{Verdict: Unknown, Code: "no_answer"},
			RowEnding{State: atalaya.NotificationFailed, Unknown: 2, Picture: atalaya.PictureNone, Code: "unknown"}, ChannelEnding{Code: "no_answer"}},
		"no answer where a repeat is the same message": {hooks, atalaya.ScreenshotCompleted, 2, 5, Result{Verdict: Unknown, Code: "no_answer"},
			RowEnding{State: atalaya.NotificationReady, Unknown: 6, Picture: atalaya.PictureNone, Code: "no_answer"}, ChannelEnding{Code: "no_answer", Pause: 5 * time.Minute}},
		"the end of the webhook's table": {hooks, atalaya.ScreenshotCompleted, last, 0, Result{Verdict: Retry, Code: "http_500"},
			RowEnding{State: atalaya.NotificationFailed, Picture: atalaya.PictureNone, Code: "http_500"}, ChannelEnding{Status: atalaya.ChannelBroken, Code: "http_500", Tell: true}},
		"a message that is refused": {people, atalaya.ScreenshotCompleted, 1, 0, Result{Verdict: Refused, Code: "bad_request"},
			RowEnding{State: atalaya.NotificationFailed, Picture: atalaya.PictureNone, Code: "bad_request"}, ChannelEnding{Code: "bad_request", Refusals: 1}},
		"a channel that is gone": {people, atalaya.ScreenshotCompleted, 1, 0, Result{Verdict: Broken, Code: "blocked"},
			RowEnding{State: atalaya.NotificationFailed, Picture: atalaya.PictureNone, Code: "blocked"}, ChannelEnding{Status: atalaya.ChannelBroken, Code: "blocked", Tell: true}},
	} {
		row := due(atalaya.NotificationSending, c.status)
		row.Attempts, row.Unknown = c.attempts, c.unknown
		c.row.ID = row.ID
		want := Ending{Rows: []RowEnding{c.row}, Channel: c.channel}
		if diff := cmp.Diff(want, conclude([]Due{row}, c.result, c.traits, calm)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestADigestWaitsForNoPictures(t *testing.T) {
	t.Parallel()
	rows := []Due{due(atalaya.NotificationSending, atalaya.ScreenshotProcessing), due(atalaya.NotificationSending, atalaya.ScreenshotFailed)}
	ended := conclude(rows, Result{Verdict: Sent, ExternalID: "7"}, Traits{Edits: true, Digests: true}, calm).Rows
	if len(ended) != len(rows) {
		t.Errorf("%d of %d rows of the digest have ended", len(ended), len(rows))
	}
	for _, row := range ended {
		if row.State != atalaya.NotificationSent || row.Picture != atalaya.PictureNone {
			t.Errorf("a row of a digest is %s, its picture %s", row.State, row.Picture)
		}
	}
}

func TestAnAddressThatRefusesThreeInARowIsBroken(t *testing.T) {
	t.Parallel()
	mail, row, refused := Traits{BreakAfter: 3}, due(atalaya.NotificationSending, atalaya.ScreenshotCompleted), Result{Verdict: Refused, Code: "smtp_550"}
	for refusals, want := range []atalaya.ChannelStatus{"", "", atalaya.ChannelBroken} {
		l := calm
		l.refusals = int32(refusals)
		got := conclude([]Due{row}, refused, mail, l).Channel
		if got.Status != want || got.Refusals != int32(refusals)+1 || got.Tell != (want == atalaya.ChannelBroken) {
			t.Errorf("after %d refusals: %+v", refusals, got)
		}
	}
	l := calm
	l.refusals = 2
	if got := conclude([]Due{row}, Result{Verdict: Sent}, mail, l).Channel; got.Refusals != 0 {
		t.Errorf("an accepted message leaves %d refusals", got.Refusals)
	}
}

func TestAnEditIsRepeatedUntilItSucceedsOrCannot(t *testing.T) {
	t.Parallel()
	people := Traits{Edits: true}
	row := due(atalaya.NotificationSent, atalaya.ScreenshotCompleted)
	row.Picture, row.ExternalID = atalaya.PictureOwed, "7"
	for name, c := range map[string]struct {
		result   Result
		attempts int32
		picture  atalaya.PictureState
		delay    time.Duration
	}{
		"done":               {Result{Verdict: Sent, Attached: true}, 1, atalaya.PictureAttached, 0},
		"only the reason":    {Result{Verdict: Sent}, 1, atalaya.PictureImpossible, 0},
		"no answer":          {Result{Verdict: Unknown}, 2, atalaya.PictureOwed, 10 * time.Second},
		"not sent":           {Result{Verdict: Retry}, 1, atalaya.PictureOwed, 2 * time.Second},
		"never any answer":   {Result{Verdict: Unknown}, 7, atalaya.PictureImpossible, 0},
		"told to wait":       {Result{Verdict: Limited, After: time.Minute}, 1, atalaya.PictureOwed, 0},
		"message is deleted": {Result{Verdict: Refused, Code: "message_gone"}, 1, atalaya.PictureImpossible, 0},
	} {
		row.Attempts = c.attempts
		got := concludeEdit(row, c.result, people, calm).Rows[0]
		if got.State != atalaya.NotificationSent || got.Picture != c.picture || got.Delay != c.delay || got.ExternalID != "7" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAnEditThatIsRefusedForGoodBreaksTheChannelAndIsReported(t *testing.T) {
	t.Parallel()
	row := due(atalaya.NotificationSent, atalaya.ScreenshotCompleted)
	row.Picture, row.ExternalID = atalaya.PictureOwed, "7"
	broken := concludeEdit(row, Result{Verdict: Broken, Code: "kicked"}, Traits{Edits: true}, calm)
	want := ChannelEnding{Status: atalaya.ChannelBroken, Code: "kicked", Tell: true}
	if diff := cmp.Diff(want, broken.Channel); diff != "" || broken.Rows[0].Picture != atalaya.PictureImpossible || broken.Rows[0].Code != "kicked" {
		t.Errorf("the channel: %s; the row %+v", diff, broken.Rows[0])
	}
	limited := concludeEdit(row, Result{Verdict: Limited, Code: "rate_limited", After: time.Minute, Wide: true}, Traits{Edits: true}, calm)
	want = ChannelEnding{Code: "rate_limited", Pause: time.Minute, Wide: true}
	if diff := cmp.Diff(want, limited.Channel); diff != "" || limited.Rows[0].Picture != atalaya.PictureOwed {
		t.Errorf("the channel: %s; the row %+v", diff, limited.Rows[0])
	}
	moved := concludeEdit(row, Result{Verdict: Sent, Attached: true, ExternalID: "8"}, Traits{Edits: true}, calm)
	if moved.Rows[0].ExternalID != "8" {
		t.Errorf("a message that got another id keeps %s", moved.Rows[0].ExternalID)
	}
}

func TestBackoffFollowsItsTableAndSpreads(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[int32]time.Duration{0: 2 * time.Second, 1: 2 * time.Second, 2: 10 * time.Second, 4: 2 * time.Minute, 6: 30 * time.Minute, 60: 30 * time.Minute} {
		if got, ok := backoff(Traits{}, attempts, half); got != want || !ok {
			t.Errorf("after %d attempts %s, want %s", attempts, got, want)
		}
	}
	low, _ := backoff(Traits{}, 2, func() float64 { return 0 })
	high, _ := backoff(Traits{}, 2, func() float64 { return 1 })
	if low != 8*time.Second || high != 12*time.Second {
		t.Errorf("the backoff spreads from %s to %s, want 20 %% to each side of 10 s", low, high)
	}
	if _, ok := backoff(Traits{Backoff: WebhookBackoff()}, 10, half); ok {
		t.Error("webhooks never give up")
	}
}

func TestPlanChoosesTheNextActionOfAChannel(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	rows := func(n int, age time.Duration) []Due {
		list := make([]Due, n)
		for i := range list {
			list[i] = due(atalaya.NotificationReady, atalaya.ScreenshotCompleted)
			list[i].CreatedAt = now.Add(-age)
		}
		return list
	}
	people, hooks, mail := Traits{Edits: true, Digests: true}, Traits{Idempotent: true, Backoff: WebhookBackoff()}, Traits{Idempotent: true, Digests: true, Every: 5 * time.Minute}
	trouble := Due{Notification: atalaya.Notification{Event: atalaya.NotifyTrouble, State: atalaya.NotificationReady, CreatedAt: now}}
	owed := rows(1, time.Minute)[0]
	owed.State, owed.Picture, owed.ExternalID = atalaya.NotificationSent, atalaya.PictureOwed, "7"
	repeated := rows(20, time.Second)
	repeated[0].Unknown = 1
	for name, c := range map[string]struct {
		traits Traits
		rows   []Due
		action action
		n      int
	}{
		"nothing":                             {people, nil, doNothing, 0},
		"one":                                 {people, rows(1, time.Second), doSend, 1},
		"ten":                                 {people, rows(10, time.Second), doSend, 1},
		"eleven":                              {people, rows(11, time.Second), doDigest, 11},
		"many":                                {people, rows(50, time.Second), doDigest, 20},
		"two that waited long":                {people, rows(2, 3*time.Minute), doDigest, 2},
		"one that waited long":                {people, rows(1, 3*time.Minute), doSend, 1},
		"many for a program":                  {hooks, rows(50, time.Second), doSend, 1},
		"two by mail":                         {mail, rows(2, time.Second), doDigest, 2},
		"too late":                            {people, rows(30, 2*time.Hour), doLate, 20},
		"too late for a program, which waits": {hooks, rows(30, 2*time.Hour), doSend, 1},
		"a trouble before signals":            {people, append([]Due{trouble}, rows(20, time.Second)...), doSend, 1},
		"a trouble after signals":             {people, append(rows(12, time.Second), trouble), doDigest, 12},
		"a possible repeat is sent alone":     {people, repeated, doSend, 1},
		"an edit after all messages":          {people, append(rows(1, time.Second), owed), doSend, 1},
		"an edit":                             {people, []Due{owed}, doEdit, 1},
	} {
		got := plan(DueList{Rows: c.rows, Total: len(c.rows), Now: now}, c.traits, time.Hour, 30*time.Second)
		if got.action != c.action || len(got.rows) != c.n {
			t.Errorf("%s: action %d of %d rows, want %d of %d", name, got.action, len(got.rows), c.action, c.n)
		}
	}
}

func TestRowsThatAWorkerLeftUnsettledComeFirst(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	left := due(atalaya.NotificationSending, atalaya.ScreenshotCompleted)
	left.CreatedAt, left.StartedAt = now, ptr(now.Add(-10*time.Second))
	got := plan(DueList{Rows: []Due{left}, Now: now}, Traits{}, time.Hour, 30*time.Second)
	if got.action != doSettle || got.rest != 20*time.Second || got.endings[0].State != atalaya.NotificationReady || got.endings[0].Unknown != 1 {
		t.Errorf("a first unknown outcome: %+v", got)
	}
	left.Unknown = 1
	if got := plan(DueList{Rows: []Due{left}, Now: now}, Traits{}, time.Hour, 30*time.Second); got.endings[0].State != atalaya.NotificationFailed || got.endings[0].Code != "unknown" {
		t.Errorf("a second unknown outcome: %+v", got)
	}
	if got := plan(DueList{Rows: []Due{left}, Now: now}, Traits{Idempotent: true}, time.Hour, 30*time.Second); got.endings[0].State != atalaya.NotificationReady || got.rest != 0 {
		t.Errorf("at a channel that drops repeats: %+v", got)
	}
	gone := due(atalaya.NotificationReady, atalaya.ScreenshotCompleted)
	gone.Signal, gone.CreatedAt = nil, now
	if got := plan(DueList{Rows: []Due{gone}, Now: now}, Traits{}, time.Hour, time.Second); got.action != doSettle || got.endings[0].State != atalaya.NotificationCancelled {
		t.Errorf("a deleted signal: %+v", got)
	}
	old := due(atalaya.NotificationReady, atalaya.ScreenshotCompleted)
	old.CreatedAt = now.Add(-25 * time.Hour)
	if got := plan(DueList{Rows: []Due{old}, Now: now}, Traits{}, time.Hour, time.Second); got.endings[0].State != atalaya.NotificationExpired {
		t.Errorf("a day later: %+v", got)
	}
}
