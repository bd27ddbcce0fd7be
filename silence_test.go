package atalaya_test

import (
	"strings"
	"testing"

	"atalaya"
)

func TestASilenceRuleSaysWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rules []atalaya.SilenceRule
		says  string // "" for nothing
	}{
		"none":            {nil, ""},
		"the least":       {[]atalaya.SilenceRule{{EveryHours: 1}}, ""},
		"the most":        {[]atalaya.SilenceRule{{EveryHours: 168, Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}}}, ""},
		"no hours":        {[]atalaya.SilenceRule{{EveryHours: 1}, {Ticker: "X"}}, "silence_rules[1]: every_hours"},
		"too many hours":  {[]atalaya.SilenceRule{{EveryHours: 169}}, "between 1 and 168"},
		"unknown day":     {[]atalaya.SilenceRule{{EveryHours: 1, Days: []string{"lun"}}}, `not "lun"`},
		"a long name":     {[]atalaya.SilenceRule{{EveryHours: 1, Ticker: strings.Repeat("é", 201)}}, "ticker"},
		"a name with NUL": {[]atalaya.SilenceRule{{EveryHours: 1, IndicatorName: "a\x00"}}, "indicator_name"},
		"too many rules":  {make([]atalaya.SilenceRule, atalaya.MaxSilenceRules+1), "at most 20"},
	} {
		err := atalaya.CheckSilenceRules(c.rules)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.says != "" && (atalaya.CodeOf(err) != atalaya.CodeInvalid || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestASilenceRuleCoversWhatItNames(t *testing.T) {
	t.Parallel()
	source := atalaya.SourceHistory{Indicator: "Scalper", Ticker: "BINANCE:BTCUSDT", Interval: "60"}
	for rule, want := range map[*atalaya.SilenceRule]bool{
		{}:                  true,
		{Ticker: "btcusdt"}: true,
		{Ticker: "BINANCE:BTCUSDT", Interval: "60", IndicatorName: "scalper"}: true,
		{Ticker: "KRAKEN:BTCUSDT"}:                  false,
		{Ticker: "BTC"}:                             false,
		{Ticker: "BTCUSDT", Interval: "15"}:         false,
		{IndicatorName: "Other", Ticker: "BTCUSDT"}: false,
	} {
		if got := rule.Covers(source); got != want {
			t.Errorf("%+v covers %+v: %v, want %v", *rule, source, got, want)
		}
	}
	if (atalaya.SilenceRule{Ticker: "X"}).Covers(atalaya.SourceHistory{}) {
		t.Error("a ticker covers a source without one")
	}
}
