package notify

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"atalaya"
)

func ptr[T any](v T) *T { return &v }

// aSignal returns a signal with all fields and its picture.
func aSignal() *atalaya.Signal {
	return &atalaya.Signal{
		ID: "0193a2c4-6e1c-7f0b-9d7e-2f1f6f0f7a11", IndicatorName: ptr("Scalper"), Ticker: ptr("BINANCE:BTCUSDT"),
		Price: decimal.NewNullDecimal(decimal.RequireFromString("67890.50")), SignalType: ptr("entry"), Direction: ptr("LONG"),
		ScreenshotStatus: atalaya.ScreenshotCompleted, ScreenshotURL: ptr("https://x.example/a.png"),
		Timestamp: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC),
	}
}

func TestASignalsMessageHasTheNodeServicesLinesInTheirOrder(t *testing.T) {
	t.Parallel()
	got := composeSignal("n", aSignal(), Reader{Language: "es", Zone: zone(t, "Europe/Madrid")}, false).Plain()
	want := `🚨 Nueva Señal de Trading
🔧 Scalper

🪙 Ticker: BINANCE:BTCUSDT
💰 Precio: 67890.50
📊 Señal: entry
📈 Dirección: LONG
⏰ 2026-11-28 13:00:00 CET

📸 https://x.example/a.png
Señal #0193a2c4`
	if got != want {
		t.Errorf("the message is\n%s\nwant\n%s", got, want)
	}
}

func TestAMessageSaysInWordsThatItsAlertHasNoTicker(t *testing.T) {
	t.Parallel()
	for language, words := range map[string]string{"en": "no ticker in the alert", "es": "la alerta no trae ticker"} {
		for _, ticker := range []*string{nil, ptr(""), ptr(" \n")} {
			s := aSignal()
			s.Ticker = ticker
			r := Reader{Language: language, Zone: time.UTC}
			if got := composeSignal("n", s, r, false).Plain(); !strings.Contains(got, "\n🪙 "+words+"\n") {
				t.Errorf("%s: the message is %q", language, got)
			}
			digest := composeDigest([]Due{{Signal: s}, {Signal: aSignal()}}, 2, r, false).Plain()
			if !strings.Contains(digest, "LONG · "+words+" · 67890.50") || strings.Count(digest, words) != 1 {
				t.Errorf("%s: the digest is %q", language, digest)
			}
		}
		if got := composeSignal("n", aSignal(), Reader{Language: language}, false).Plain(); strings.Contains(got, words) {
			t.Errorf("%s: a message with a ticker says %q", language, got)
		}
	}
}

func TestALateMessageSaysWhenItsAlertArrived(t *testing.T) {
	t.Parallel()
	s := aSignal()
	s.CreatedAt = s.Timestamp.Add(time.Second)
	for language, words := range map[string]string{"en": "⏳ Delivered late; the alert came: 2026-11-28 13:00:01 CET", "es": "⏳ Entregada con retraso; la alerta llegó: 2026-11-28 13:00:01 CET"} {
		for late, want := range map[time.Duration]bool{0: false, 2 * time.Minute: false, 2*time.Minute + time.Second: true, time.Hour: true} {
			got := composeSignal("n", s, Reader{Language: language, Zone: zone(t, "Europe/Madrid"), Now: s.CreatedAt.Add(late)}, false).Plain()
			if strings.Contains(got, words) != want || strings.Contains(got, "⏳") != want {
				t.Errorf("%s, %s late: %q", language, late, got)
			}
		}
	}
}

func TestLinesWithoutAValueAreLeftOut(t *testing.T) {
	t.Parallel()
	s := &atalaya.Signal{ID: "0193a2c4-6e1c-7f0b-9d7e-2f1f6f0f7a11", ScreenshotStatus: atalaya.ScreenshotSkipped, ScreenshotError: ptr("no_cookies")}
	got := composeSignal("n", s, Reader{Language: "en"}, true).Plain()
	want := `🔁 possible repeat: the first attempt was not answered
🚨 New Trading Signal
🪙 no ticker in the alert
⏰ 0001-01-01 00:00:00 UTC

no picture: no TradingView cookies are stored
Signal #0193a2c4`
	if got != want {
		t.Errorf("the message is\n%s\nwant\n%s", got, want)
	}
}

func TestAMessageSaysWhyItHasNoPicture(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status atalaya.ScreenshotStatus
		code   string
		edits  bool
		want   string
	}{
		{atalaya.ScreenshotPending, "", true, "picture follows"},
		{atalaya.ScreenshotProcessing, "", false, "no picture: it was not ready in time"},
		{atalaya.ScreenshotFailed, "session_expired", true, "no picture: your TradingView session expired"},
		{atalaya.ScreenshotFailed, "some_new_code", true, "no picture: some new code"},
		{atalaya.ScreenshotSkipped, "capture_off", true, ""},
		{atalaya.ScreenshotCompleted, "", true, ""},
	} {
		s := aSignal()
		s.ScreenshotStatus, s.ScreenshotError = c.status, &c.code
		if got := composeSignal("n", s, Reader{Language: "en", Edits: c.edits}, false).Note; got != c.want {
			t.Errorf("%s %s: the note is %q, want %q", c.status, c.code, got, c.want)
		}
	}
}

func TestValuesStayOnOneLineAndKeepItsDirection(t *testing.T) {
	t.Parallel()
	s := aSignal()
	s.IndicatorName = ptr("a\r\nBcc: evil@example.com\x00\u202Eb\u2066 עברית")
	if got, want := composeSignal("n", s, Reader{}, false).Lines[0].Value, "a  Bcc: evil@example.com b עברית"; got != want {
		t.Errorf("the value is %q, want %q", got, want)
	}
}

func TestCutEndsBetweenGraphemesWithinItsUnits(t *testing.T) {
	t.Parallel()
	family := "👨‍👩‍👧‍👦" // one grapheme, 11 units
	if got := Cut(strings.Repeat(family, 3), 23); got != strings.Repeat(family, 2)+"…" {
		t.Errorf("Cut returned %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("a b👍🏽é́🇪🇸👨‍👩‍👧\u200d\n中"))).Draw(t, "text")
		limit := rapid.IntRange(0, 60).Draw(t, "limit")
		got := Cut(text, limit)
		if Units(got) > limit || !utf8.ValidString(got) {
			t.Fatalf("Cut(%q, %d) = %q has %d units", text, limit, got, Units(got))
		}
		kept, was := strings.CutSuffix(got, "…")
		if !was || got == text {
			return
		}
		if !strings.HasPrefix(text, kept) {
			t.Fatalf("Cut(%q, %d) = %q is no prefix", text, limit, got)
		}
		// The rest has to begin with a whole grapheme. Only blanks are dropped before it.
		left := text[len(kept):]
		for left != "" && strings.TrimLeft(left, " \n") != left && !boundary(text, len(text)-len(left)) {
			left = left[1:]
		}
		if !boundary(text, len(text)-len(left)) {
			t.Fatalf("Cut(%q, %d) = %q ends inside a grapheme", text, limit, got)
		}
	})
}

// boundary reports whether a grapheme begins at a byte of text.
func boundary(text string, at int) bool {
	for g, pos := uniseg.NewGraphemes(text), 0; g.Next(); pos += len(g.Str()) {
		if pos == at {
			return true
		}
	}
	return at == len(text)
}

func TestFitKeepsEveryMessageWithinItsLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringOfN(rapid.SampledFrom([]rune("x👍中\u0301 ")), 0, 1200, -1)
		s := aSignal()
		s.IndicatorName, s.Ticker, s.SignalType = ptr(value.Draw(t, "indicator")), ptr(value.Draw(t, "ticker")), ptr(value.Draw(t, "type"))
		limit := rapid.IntRange(1024, 4096).Draw(t, "limit")
		m := composeSignal("n", s, Reader{Language: "es"}, true).Fit(limit)
		if n := Units(m.Plain()); n > limit {
			t.Fatalf("%d units, want at most %d", n, limit)
		}
		if !strings.Contains(m.Plain(), "67890.50") || m.Footer == "" {
			t.Fatalf("the price or the footer is cut:\n%s", m.Plain())
		}
	})
}

func TestADigestListsItsSignals(t *testing.T) {
	t.Parallel()
	rows := []Due{{Signal: aSignal()}, {Signal: &atalaya.Signal{Ticker: ptr("ETH")}}}
	got := composeDigest(rows, 12, Reader{Language: "es"}, false).Plain()
	want := `📬 12 señales
• LONG · BINANCE:BTCUSDT · 67890.50 · 2026-11-28 12:00:00 UTC https://x.example/a.png
• ETH · 0001-01-01 00:00:00 UTC`
	if got != want {
		t.Errorf("the digest is\n%s\nwant\n%s", got, want)
	}
}

func TestEveryNoticeHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "es"} {
		for key, kind := range map[string]string{
			"session:1764331200": "session.expired", "quota:2026-11:90": "quota.threshold", "quota:2026-11:100": "quota.threshold",
			"silence:abc:1": "source.silent", "silence:all:1": "source.silent", "back:abc:1": "source.back",
			"captures:not_painted:1764331200": "captures.failing", "works:not_painted:1764331200": "captures.working",
			"channel:telegram:blocked:1764331200": "channel.broken", "test:1": "test",
		} {
			m := composeNotice(atalaya.Notification{ID: "n", Key: key}, aSignal(), Reader{Language: language})
			if m.Type != kind || m.Title == "" || strings.Contains(m.Plain(), "%!") || strings.Contains(m.Plain(), "%s") {
				t.Errorf("%s in %s: %s\n%s", key, language, m.Type, m.Plain())
			}
		}
	}
	if got := composeNotice(atalaya.Notification{Key: "quota:2026-11:75"}, nil, Reader{}).Title; got != "📊 75 % of this month's signals are used" {
		t.Errorf("the quota's title is %q", got)
	}
}

func TestAQuotaCrossesEachThresholdOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		quota := rapid.Int64Range(1, 5000).Draw(t, "quota")
		told := map[int64]int{}
		var last int64
		for used := int64(0); used < quota+10; {
			added := rapid.Int64Range(1, max(1, quota/3)).Draw(t, "added")
			if crossed := atalaya.QuotaThreshold(quota, used, added); crossed != 0 {
				told[crossed]++
				if crossed <= last {
					t.Fatalf("%d %% after %d %%", crossed, last)
				}
				last = crossed
			}
			used += added
		}
		if told[100] != 1 || told[75] > 1 || told[90] > 1 {
			t.Fatalf("quota %d reported %v", quota, told)
		}
	})
	for _, c := range []struct{ quota, used, added, want int64 }{
		{-1, 0, 10, 0}, {0, 0, 1, 100}, {0, 1, 1, 0}, {100, 74, 1, 75}, {100, 75, 1, 0}, {100, 0, 100, 100}, {3, 2, 1, 100}, {100, 100, 1, 0}, {100, 74, 0, 0},
	} {
		if got := atalaya.QuotaThreshold(c.quota, c.used, c.added); got != c.want {
			t.Errorf("QuotaThreshold(%d, %d, %d) = %d, want %d", c.quota, c.used, c.added, got, c.want)
		}
	}
}
