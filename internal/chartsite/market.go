package chartsite

import (
	"cmp"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// instrument is something that is traded, as the site invents it.
type instrument struct {
	Exchange    string
	Symbol      string
	Description string
	Price       float64 // the middle of the walk
	Decimals    int
	Volatility  float64 // of a year, as a fraction
	Volume      float64 // of a bar, typical
	Unknown     bool    // there is no such symbol
}

// longExchanges returns the names that legends have for exchanges, by their codes.
func longExchanges() map[string]string {
	return map[string]string{
		"BINANCE": "Binance", "COINBASE": "Coinbase", "FX": "FXCM", "KRAKEN": "Kraken",
		"NASDAQ": "Nasdaq Stock Market", "OANDA": "OANDA Corporation", "SP": "S&P Dow Jones Indices",
	}
}

// LongExchange returns the exchange's full name, or its code if it has none.
func (i instrument) LongExchange() string {
	return cmp.Or(longExchanges()[i.Exchange], i.Exchange)
}

// LongDescription returns the description as a legend shows it on request.
func (i instrument) LongDescription() string {
	return i.Description + ", as it is traded on " + i.LongExchange()
}

// Name returns the symbol as TradingView writes it: EXCHANGE:SYMBOL.
func (i instrument) Name() string { return i.Exchange + ":" + i.Symbol }

// Initial returns the letter on the symbol's badge.
func (i instrument) Initial() string {
	for _, r := range i.Symbol {
		return string(r)
	}
	return ""
}

// instruments returns the symbols with realistic prices. A chart that is asked for none shows the first. If
// several exchanges have a symbol, the symbol alone means the first of them.
func instruments() []instrument {
	return []instrument{
		{Exchange: "BINANCE", Symbol: "BTCUSDT", Description: "Bitcoin / TetherUS", Price: 97_400, Decimals: 2, Volatility: .55, Volume: 640},
		{Exchange: "BINANCE", Symbol: "ETHUSDT", Description: "Ethereum / TetherUS", Price: 3_420, Decimals: 2, Volatility: .7, Volume: 9_400},
		{Exchange: "BINANCE", Symbol: "SOLUSDT", Description: "SOL / TetherUS", Price: 188, Decimals: 2, Volatility: .9, Volume: 61_000},
		{Exchange: "COINBASE", Symbol: "BTCUSD", Description: "Bitcoin / U.S. Dollar", Price: 97_380, Decimals: 2, Volatility: .55, Volume: 210},
		{Exchange: "NASDAQ", Symbol: "AAPL", Description: "Apple Inc.", Price: 232, Decimals: 2, Volatility: .28, Volume: 1_900_000},
		{Exchange: "NASDAQ", Symbol: "NVDA", Description: "NVIDIA Corporation", Price: 141, Decimals: 2, Volatility: .5, Volume: 6_800_000},
		{Exchange: "NASDAQ", Symbol: "TSLA", Description: "Tesla, Inc.", Price: 338, Decimals: 2, Volatility: .6, Volume: 3_100_000},
		{Exchange: "SP", Symbol: "SPX", Description: "S&P 500", Price: 5_960, Decimals: 2, Volatility: .16, Volume: 84_000_000},
		{Exchange: "OANDA", Symbol: "EURUSD", Description: "Euro / U.S. Dollar", Price: 1.0842, Decimals: 5, Volatility: .08, Volume: 4_100},
		{Exchange: "OANDA", Symbol: "USDJPY", Description: "U.S. Dollar / Japanese Yen", Price: 154.2, Decimals: 3, Volatility: .1, Volume: 5_300},
		{Exchange: "OANDA", Symbol: "XAUUSD", Description: "Gold Spot / U.S. Dollar", Price: 2_655, Decimals: 3, Volatility: .16, Volume: 2_700},
		{Exchange: "FX", Symbol: "EURUSD", Description: "Euro / U.S. Dollar", Price: 1.0841, Decimals: 5, Volatility: .08, Volume: 3_900},
	}
}

// unknownSymbol is the prefix of symbols that do not exist.
const unknownSymbol = "NOSUCH"

// maxName bounds a symbol's name, and so what a drawing keeps.
const maxName = 128

// findInstrument returns the instrument that EXCHANGE:SYMBOL, or SYMBOL alone, names; "" means the first
// one. A symbol that is not in the list gets a made-up price and volatility.
func findInstrument(name string) instrument {
	name = strings.ToUpper(strings.TrimSpace(name))
	known := instruments()
	if name == "" {
		return known[0]
	}
	exchange, symbol, ok := strings.Cut(name, ":")
	if !ok {
		exchange, symbol = "", name
	}
	for _, i := range known {
		if i.Symbol == symbol && (exchange == "" || i.Exchange == exchange) {
			return i
		}
	}
	if exchange == "" {
		exchange = "NASDAQ"
	}
	if symbol == "" || len(name) > maxName {
		return instrument{Exchange: "NASDAQ", Symbol: unknownSymbol, Unknown: true}
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(exchange + ":" + symbol)) // a hash's Write never fails
	sum := h.Sum64()
	return instrument{
		Exchange:    exchange,
		Symbol:      symbol,
		Description: symbol,
		Price:       8 + float64(sum%49_200)/100,
		Decimals:    2,
		Volatility:  .2 + float64(sum>>20%50)/100,
		Volume:      10_000 + float64(sum>>30%900_000),
		Unknown:     strings.HasPrefix(symbol, unknownSymbol),
	}
}

// interval is the length of a bar: a number of seconds, or of months.
type interval struct {
	Code    string // TradingView's form: 15, 60, 1D, 30S, 12M
	Seconds int64
	Months  int64
	Letter  string // D, W, M or S if it was asked for as that letter alone, which the page's API then repeats
}

const day = 24 * 60 * 60 // seconds

// defaultInterval is the interval of a chart that is asked for none.
const defaultInterval = "60"

// A small m would be taken for minutes by some and for months by others, so it is neither.
var intervalForm = regexp.MustCompile(`^([1-9][0-9]{0,3})?([SsHhDdWwM])?$`)

// parseInterval reads the forms that TradingView's address takes: minutes (15), hours (4H), and
// seconds, days, weeks and months with or without a number (30S, D, 1W, 3M). Codes are normal: 60
// for 1H, 1D for D. ok is false for anything else.
func parseInterval(text string) (iv interval, ok bool) {
	m := intervalForm.FindStringSubmatch(text)
	if m == nil || text == "" {
		return interval{}, false
	}
	n := int64(1)
	if m[1] != "" {
		n, _ = strconv.ParseInt(m[1], 10, 64) // four digits at most
	}
	number, unit := strconv.FormatInt(n, 10), strings.ToUpper(m[2])
	var letter string
	if m[1] == "" {
		letter = unit
	}
	switch unit {
	case "S":
		return interval{Code: number + "S", Seconds: n, Letter: letter}, true
	case "D":
		return interval{Code: number + "D", Seconds: n * day, Letter: letter}, true
	case "W":
		return interval{Code: number + "W", Seconds: n * 7 * day, Letter: letter}, true
	case "M":
		return interval{Code: number + "M", Months: n, Letter: letter}, true
	case "H":
		n *= 60
	}
	return interval{Code: strconv.FormatInt(n, 10), Seconds: n * 60}, true
}

// Resolution returns the interval as the page's API says it: the code, or the letter that was asked for.
func (iv interval) Resolution() string { return cmp.Or(iv.Letter, iv.Code) }

// Short returns the interval as the page's toolbar writes it: 15m, 1h, 4h, D, 3D, W, M.
func (iv interval) Short() string {
	number, unit := iv.Code[:len(iv.Code)-1], iv.Code[len(iv.Code)-1:]
	switch {
	case unit == "S":
		return number + "s"
	case unit >= "A" && number == "1":
		return unit
	case unit >= "A":
		return iv.Code
	case iv.Seconds%3600 == 0:
		return strconv.FormatInt(iv.Seconds/3600, 10) + "h"
	default:
		return iv.Code + "m"
	}
}

// weekOffset moves the epoch's Thursday to the Monday before it, where weeks begin.
const weekOffset = 3 * day

// index returns the number of the bar that t lies in. Consecutive bars have consecutive numbers.
func (iv interval) index(t time.Time) int64 {
	t = t.UTC()
	if iv.Months > 0 {
		return (int64(t.Year())*12 + int64(t.Month()) - 1) / iv.Months
	}
	return (t.Unix() + iv.offset()) / iv.Seconds
}

// start returns the Unix time at which a bar begins.
func (iv interval) start(index int64) int64 {
	if iv.Months > 0 {
		month := index * iv.Months
		return time.Date(int(month/12), time.Month(month%12+1), 1, 0, 0, 0, 0, time.UTC).Unix()
	}
	return index*iv.Seconds - iv.offset()
}

func (iv interval) offset() int64 {
	if iv.Seconds%(7*day) == 0 && iv.Seconds > 0 {
		return weekOffset
	}
	return 0
}

// year returns how many bars a year has.
func (iv interval) year() float64 {
	if iv.Months > 0 {
		return 12 / float64(iv.Months)
	}
	return 365 * day / float64(iv.Seconds)
}
