package alert

import (
	"testing"

	"pgregory.net/rapid"
)

func TestWhateverAPatternMatchesHoldsOneOfItsTexts(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]search{
		"ticker": tickerLabel, "price": priceLabel, "close": closeLabel, "at": atSign, "type": typeLabel, "indicator": indicatorLabel,
		"interval": intervalLabel, "time": timeLabel, "sentence on": sentenceOn, "sentence": sentence, "filled": filled, "translated": translated,
		"order's place": orderPlace, "pair of names": pairOfNames, "address": address, "position zero": newPositionZero, "keycap": keycap, "chart's URL": chartURL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			matching := rapid.StringMatching(s.pattern.String())
			rapid.Check(t, func(t *rapid.T) {
				if text := matching.Draw(t, "text"); s.pattern.MatchString(text) && !s.possible(text) {
					t.Fatalf("%q matches %s and holds none of %q", text, s.pattern, s.needs)
				}
			})
		})
	}
}
