package alert

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTickersAreReadInTheirForms(t *testing.T) {
	t.Parallel()
	for text, full := range map[string]string{
		"btcusdt": "BTCUSDT", " binance:ethusdt.p ": "BINANCE:ETHUSDT.P", "ES1!": "ES1!", "BRK.B": "BRK.B", "BTC/USD": "BTC/USD", "$SPX": "$SPX", "M&M": "M&M",
		"COINBASE:BTC/USD": "COINBASE:BTC/USD", "CME_DL:ES1!": "CME:ES1!", "CME_MINI_DLY:NQ1!": "CME_MINI:NQ1!", "BTC-PERP": "BTC-PERP", "A^B": "A^B",
		// spreads
		"NYSE:KO/NASDAQ:PEP": "NYSE:KO/NASDAQ:PEP", "NYSE:KO - 2 * NASDAQ:PEP": "NYSE:KO - 2 * NASDAQ:PEP", "1/NYSE:KO": "1/NYSE:KO", "NYSE:KO+NYSE:PEP": "NYSE:KO+NYSE:PEP",
		// not usable
		"BTC:USDT:USDT": "", "A B": "", "NYSE: KO": "", "BTC / USD": "", "BTCUSDT - 15": "", "NYSE:KO / NASDAQ:PEP X": "", "": "", ":": "", "NYSE:": "", ":KO": "",
		"€URO": "", "BTC,USD": "", "{{ticker}}": "", "#BTC": "", "-": "", "...": "", "NYSE:KO/": "NYSE:KO/",
		strings.Repeat("A", 64): strings.Repeat("A", 64), strings.Repeat("A", 65): "",
	} {
		parsed, ok := parseTicker(text)
		f := fields{ticker: parsed}
		got, exchange, symbol := f.settle()
		if !ok {
			got = ""
		}
		if got != full {
			t.Errorf("%q: %q, want %q", text, got, full)
		}
		if ok && exchange == "" && symbol != got {
			t.Errorf("%q: symbol %q without an exchange", text, symbol)
		}
	}
	readExamples(t, map[string]example{
		"an exchange goes before":     {`{"ticker":"KO","exchange":"nyse_dly"}`, want{"ticker": "NYSE:KO", "exchange": "NYSE", "symbol": "KO"}},
		"a colon wins":                {`{"ticker":"XETR:KO","exchange":"NYSE"}`, want{"ticker": "XETR:KO", "exchange": "XETR", "symbol": "KO"}},
		"a spread has no exchange":    {`{"ticker":"NYSE:KO/NYSE:PEP","exchange":"NYSE"}`, want{"ticker": "NYSE:KO/NYSE:PEP", "exchange": null, "symbol": "NYSE:KO/NYSE:PEP"}},
		"an exchange of 33 letters":   {`{"ticker":"KO","exchange":"` + strings.Repeat("X", 33) + `"}`, want{"ticker": "KO", "exchange": null}},
		"only one delay is dropped":   {`{"ticker":"KO","exchange":"A_DL_DLY"}`, want{"exchange": "A_DL"}},
		"a delay within is a name":    {`{"ticker":"KO","exchange":"A_DLX"}`, want{"exchange": "A_DLX"}},
		"a number is a ticker too":    {`{"ticker":700,"exchange":"HKEX"}`, want{"ticker": "HKEX:700"}},
		"Markdown around is dropped":  {"Ticker: **NYSE:KO**\nPrice: `61`", want{"ticker": "NYSE:KO", "price": "61"}},
		"a delayed one in a sentence": {"OANDA_DL:EURUSD sube", want{"ticker": "OANDA:EURUSD"}},
	})
}

func TestNumbersAreReadInTheirNotations(t *testing.T) {
	t.Parallel()
	for text, number := range map[string]string{
		"0": "0", "42": "42", "42.50": "42.50", "-37.63": "-37.63", "+1": "1", "−5": "-5", ".5": "0.5", "42.": "42", "007": "7",
		// separators
		"1,234.5": "1234.5", "1.234,5": "1234.5", "1,234,567.89": "1234567.89", "1.234.567,89": "1234567.89", "1,234,567": "1234567", "1.234.567": "1234567",
		"1,234": "1234", "12,345": "12345", "123,456": "123456", "1234,567": "1234.567", "0,523": "0.523", "00,523": "523", "1,5": "1.5", "1,2345": "1.2345", "1.234": "1.234", "0.523": "0.523",
		"-1,234": "-1234", "1,2,3.4": "123.4", "1.2,3.4": "", "1,234.567,8": "",
		// currency
		"$42,000.50": "42000.50", "42 USD": "42", "USD 42": "42", "€1.234,5": "1234.5", "1,5 €": "1.5", "42USDT": "42", "US$ 42": "42", "-$5": "-5", "$-5": "-5", "(42)": "42", "[$42]": "42", "42 XYZ": "", "\u00a042\u00a0€": "42",
		// exponents
		"1e3": "1000", "1.5E-8": "0.000000015", "1e64": "1" + strings.Repeat("0", 64), "1e65": "", "1e-65": "", "1e99999999999": "", "1e": "",
		// digits
		strings.Repeat("9", 64): strings.Repeat("9", 64), strings.Repeat("9", 65): "",
		// blanks and apostrophes
		"1 234": "1234", "67 890,50": "67890.50", "67\u00a0890.5": "67890.5", "67\u202f890,5": "67890.5", "67\u2009890": "67890", "67'890.50": "67890.50", "67’890": "67890", "1 234 567": "1234567", "1 234,567": "1234.567", "€ 1 234": "1234", "-12 345": "-12345",
		// what is none
		"5%": "", "5 %": "", "-0.5%": "", "1-2": "", "10 - 5": "", "4h": "", "16:00": "", "abc": "", "": "", "NaN": "", "1234 567": "", "1 23": "", "1 2345": "", "- 5": "", "0x1F": "", "٤٢": "", "5 + 5": "",
	} {
		p, ok := parsePrice(text)
		switch got := digits(p.Decimal); {
		case !ok && number != "":
			t.Errorf("%q is not read, want %s", text, number)
		case ok && got != number:
			t.Errorf("%q = %s, want %q", text, got, number)
		}
	}
}

func TestIntervalsAreReadInTheirSpellings(t *testing.T) {
	t.Parallel()
	for text, interval := range map[string]string{
		"1": "1", "15": "15", "15m": "15", "15 min": "15", "15 minutos": "15", "1440": "1440", "1441": "", "0": "", "0m": "",
		"1h": "60", "1H": "60", "4H": "240", "24h": "1440", "25h": "", "1 hora": "60", "30S": "30S", "30s": "30S", "5 sec": "5S",
		"D": "1D", "1D": "1D", "1d": "1D", "3D": "3D", "daily": "1D", "Daily": "1D", "diario": "1D", "1 día": "1D",
		"W": "1W", "1W": "1W", "1w": "1W", "2W": "2W", "weekly": "1W", "M": "1M", "1M": "1M", "3M": "3M", "6M": "6M", "12M": "12M", "monthly": "1M",
		"1m": "1", "3m": "3", "5M": "5", "2M": "2", "15M": "15", "": "", "h": "", "m": "", "M15": "", "15x": "", "1.5h": "", "-5": "", "15 5": "", "10R": "", "100T": "", "{{interval}}": "",
	} {
		got, ok := ParseInterval(text)
		if !ok {
			got = ""
		}
		if got != interval {
			t.Errorf("%q = %q, want %q", text, got, interval)
		}
	}
}

func TestTimesAreReadInTheirFormats(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2024-01-02T03:04:05Z": "2024-01-02T03:04:05Z", "2024-01-02 03:04:05": "2024-01-02T03:04:05Z", "2024-01-02T03:04": "2024-01-02T03:04:00Z", "2024-01-02t03:04:05z": "2024-01-02T03:04:05Z",
		"2024-01-02T03:04:05+02:00": "2024-01-02T01:04:05Z", "2024-01-02T03:04:05-0530": "2024-01-02T08:34:05Z", "2024-01-02 03:04:05 +02": "2024-01-02T01:04:05Z", "2024-01-02 03:04:05 UTC": "2024-01-02T03:04:05Z",
		"2024-01-02T03:04:05.25Z": "2024-01-02T03:04:05.25Z", "2024-01-02T03:04:05,25Z": "2024-01-02T03:04:05.25Z", "2024-01-02T03:04:05.123456789012Z": "2024-01-02T03:04:05.123456789Z", "20240102T030405Z": "2024-01-02T03:04:05Z",
		"1704164645": "2024-01-02T03:04:05Z", "1704164645250": "2024-01-02T03:04:05.25Z", "1704164645250001": "2024-01-02T03:04:05.250001Z",
		"2000-01-01T00:00:00Z": "2000-01-01T00:00:00Z", "2099-12-31T23:59:59Z": "2099-12-31T23:59:59Z",
		"1999-12-31T23:59:59Z": "", "2100-01-01T00:00:00Z": "", "2100-01-01T00:30:00+01:00": "2099-12-31T23:30:00Z",
		"2024-01-02": "", "03:04:05": "", "2024-13-02T03:04:05Z": "", "2024-02-30T03:04:05Z": "", "2024-01-02T25:04:05Z": "", "02/01/2024 03:04": "", "170416464": "", "17041646451": "", "946684799": "", "0946684799": "", "4102444800": "",
		"now": "", "": "", "2024-01-02T03:04:05Z tomorrow": "", "1704164645 s": "", "1704164645.5": "",
	} {
		got, ok := parseTime(text)
		written := ""
		if ok {
			written = got.Format(time.RFC3339Nano)
		}
		if diff := cmp.Diff(want, written); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

func TestTheChartIsReadFromItsURL(t *testing.T) {
	t.Parallel()
	for text, id := range map[string]string{
		"https://www.tradingview.com/chart/aB3dE5f7/": "aB3dE5f7", "https://es.tradingview.com/chart/aB3dE5f7": "aB3dE5f7", "tradingview.com/chart/aB3dE5f7/?symbol=X": "aB3dE5f7",
		"https://www.tradingview.com/chart/aB3dE5f7?x=1": "aB3dE5f7", "https://www.tradingview.com/chart/aB3dE5f7/#a": "aB3dE5f7", "Gráfico: https://www.tradingview.com/chart/aB3dE5f7/ ya": "aB3dE5f7",
		"[ver](https://www.tradingview.com/chart/aB3dE5f7/)": "aB3dE5f7", "https://www.TradingView.com/chart/aB3dE5f7/": "aB3dE5f7",
		"https://www.tradingview.com/chart/BTCUSDT/aB3dE5f7-idea/": "", "https://www.tradingview.com/chart/aB3dE5f7/idea": "", "https://www.tradingview.com/chart/aB3dE5f/": "", "https://www.tradingview.com/chart/aB3dE5f78/": "",
		"https://www.tradingview.com/x/aB3dE5f7/": "", "https://www.tradingview.com/chart/?symbol=X": "", "https://example.com/chart/aB3dE5f7/": "", "aB3dE5f7": "",
	} {
		if got := chartInURL(text); got != id {
			t.Errorf("%q: %q, want %q", text, got, id)
		}
	}
	readExamples(t, map[string]example{
		"a field of 32":     {`{"chart_id":"` + strings.Repeat("a", 32) + `"}`, want{"chart_id": strings.Repeat("a", 32)}},
		"a field of 33":     {`{"chart_id":"` + strings.Repeat("a", 33) + `"}`, want{"chart_id": null}},
		"signs in a field":  {`{"chart_id":"a-b"}`, want{"chart_id": null}},
		"a bare id in url":  {`{"url":"aB3dE5f7"}`, want{"chart_id": null}},
		"the next URL name": {`{"chart_url":"https://example.com","link":"https://www.tradingview.com/chart/aB3dE5f7/"}`, want{"chart_id": "aB3dE5f7"}},
	})
}
