package alert

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/shopspring/decimal"

	"atalaya"
)

// reading is an alert as the command line prints it. A field that was not found is null.
type reading struct {
	Ticker        *string  `json:"ticker"`
	Exchange      *string  `json:"exchange"`
	Symbol        *string  `json:"symbol"`
	Price         *string  `json:"price"` // a decimal with every digit that was written
	Direction     *string  `json:"direction"`
	SignalType    *string  `json:"signal_type"`
	IndicatorName *string  `json:"indicator_name"`
	ChartID       *string  `json:"chart_id"`
	Interval      *string  `json:"interval"`
	Timestamp     *string  `json:"timestamp"` // RFC 3339, UTC
	EventKind     *string  `json:"event_kind"`
	StopPrice     *string  `json:"stop_price"` // as price
	ParseStatus   string   `json:"parse_status"`
	Missing       []string `json:"missing"`
}

// JSON returns an alert as one JSON object without a line break. Fields that were not found are null.
func JSON(a atalaya.Alert) ([]byte, error) { return json.Marshal(readingOf(a)) }

func readingOf(a atalaya.Alert) reading {
	r := reading{
		Ticker: orNil(a.Ticker), Exchange: orNil(a.Exchange), Symbol: orNil(a.Symbol), Direction: orNil(string(a.Direction)),
		SignalType: orNil(a.SignalType), IndicatorName: orNil(a.IndicatorName), ChartID: orNil(a.ChartID), Interval: orNil(a.Interval),
		EventKind: orNil(string(a.EventKind)), ParseStatus: string(a.ParseStatus), Missing: a.Missing,
	}
	if a.StopPrice.Valid {
		r.StopPrice = orNil(digits(a.StopPrice.Decimal))
	}
	if a.Price.Valid {
		r.Price = orNil(digits(a.Price.Decimal))
	}
	if !a.Timestamp.IsZero() {
		r.Timestamp = orNil(a.Timestamp.UTC().Format(time.RFC3339Nano))
	}
	if r.Missing == nil {
		r.Missing = []string{}
	}
	return r
}

// digits returns a decimal as it was written, with its trailing zeros.
func digits(d decimal.Decimal) string { return d.StringFixed(max(0, -d.Exponent())) }

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// maxLine is the most bytes of a line of ReadLines: a body of atalaya.MaxBody, escaped, with room.
const maxLine = 16 * atalaya.MaxBody

// ReadLines reads JSON objects, one per line, with the members id and either body or body_base64. For each it
// writes a line with the id and the fields that JSON prints. It stops at the first line that it cannot read;
// the error has the line's number, and the lines before it are written.
func ReadLines(in io.Reader, out io.Writer) error { return (*Names)(nil).ReadLines(in, out) }

// ReadLines does what the function ReadLines does, with the user's own names first.
func (n *Names) ReadLines(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	w := bufio.NewWriter(out)
	number := 0
	for lines.Scan() {
		number++
		if len(lines.Bytes()) == 0 {
			continue
		}
		line, err := n.readLine(lines.Bytes())
		if err != nil {
			return errors.Join(fmt.Errorf("line %d: %w", number, err), w.Flush())
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return errors.Join(fmt.Errorf("line %d: %w", number+1, err), w.Flush())
	}
	return w.Flush()
}

func (n *Names) readLine(line []byte) ([]byte, error) {
	var input struct {
		ID     json.RawMessage `json:"id"`
		Body   *string         `json:"body"`
		Base64 *string         `json:"body_base64"`
	}
	if err := json.Unmarshal(line, &input); err != nil {
		return nil, fmt.Errorf("not a JSON object: %w", err)
	}
	var body []byte
	switch {
	case input.Base64 != nil:
		decoded, err := base64.StdEncoding.DecodeString(*input.Base64)
		if err != nil {
			return nil, fmt.Errorf("body_base64: %w", err)
		}
		body = decoded
	case input.Body != nil:
		body = []byte(*input.Body)
	default:
		return nil, errors.New("it has neither body nor body_base64")
	}
	id := input.ID
	if id == nil {
		id = json.RawMessage("null")
	}
	return json.Marshal(struct {
		ID json.RawMessage `json:"id"`
		reading
	}{id, readingOf(n.Read(body))})
}
