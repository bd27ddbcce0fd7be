package notify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"atalaya"
)

// Reader is the person for whom a message is composed.
type Reader struct {
	Language string
	Zone     *time.Location
	Edits    bool // their channel can add a picture later
	// Now is when the message goes out; one that goes late says when its alert came. The zero Time is never
	// late.
	Now time.Time
}

// lateAfter is the age from which on a message says when its alert came.
const lateAfter = 2 * time.Minute

// composeSignal composes the message about a signal. Title, lines and their order are those of the Node service.
// The price is printed as stored. Lines without a value are left out, except the ticker's: an alert without one is
// described in words.
func composeSignal(id string, s *atalaya.Signal, r Reader, repeat bool) Message {
	w := in(r.Language)
	m := Message{
		ID: id, Type: "signal.settled", Language: r.Language, Title: w.newSignal, At: s.CreatedAt,
		Note: w.without(s, r.Edits), Footer: w.number + string(s.ID[:8]), Data: signalData(s),
	}
	if unsettled(s) {
		m.Type = "signal.created"
	}
	if s.ScreenshotURL != nil {
		m.Link = *s.ScreenshotURL
	}
	if repeat {
		m.Mark = w.repeat
	}
	add := func(icon, label, value string) {
		if value = clean(value); value != "" {
			m.Lines = append(m.Lines, Line{Icon: icon, Label: label, Value: value})
		}
	}
	add("🔧", "", text(s.IndicatorName))
	if len(m.Lines) > 0 {
		m.Lines = append(m.Lines, Line{})
	}
	if clean(text(s.Ticker)) == "" {
		add("🪙", "", w.noTicker)
	}
	add("🪙", w.ticker, text(s.Ticker))
	add("💰", w.price, digits(s.Price))
	add("📊", w.signal, text(s.SignalType))
	add("📈", w.direction, text(s.Direction))
	m.Lines = append(m.Lines, Line{Icon: "⏰", Value: clock(s.Timestamp, r.Zone), At: s.Timestamp})
	if r.Now.Sub(s.CreatedAt) > lateAfter && !s.CreatedAt.IsZero() {
		m.Lines = append(m.Lines, Line{Icon: "⏳", Label: w.cameAt, Value: clock(s.CreatedAt, r.Zone), At: s.CreatedAt})
	}
	return m
}

// composeDigest gathers signals into one message.
func composeDigest(rows []Due, total int, r Reader, late bool) Message {
	w := in(r.Language)
	title := w.digest
	if late {
		title = w.late
	}
	m := Message{
		ID: string(rows[0].ID), Type: "signals.digest", Language: r.Language, Title: fmt.Sprintf(title, max(total, len(rows))), At: rows[0].CreatedAt,
	}
	for _, row := range rows {
		s := row.Signal
		parts := []string{clean(text(s.Direction)), cmp.Or(clean(text(s.Ticker)), w.noTicker), digits(s.Price), clock(s.Timestamp, r.Zone)}
		line := Line{Icon: "•", Value: strings.Join(nonEmpty(parts), " · ")}
		if s.ScreenshotURL != nil {
			line.Link = *s.ScreenshotURL
		}
		m.Lines = append(m.Lines, line)
	}
	return m
}

// composeNotice says what a key other than a signal's tells. s is the signal that it is about, if any.
func composeNotice(n atalaya.Notification, s *atalaya.Signal, r Reader) Message {
	w := in(r.Language)
	kind, rest, _ := strings.Cut(n.Key, ":")
	parts := strings.Split(rest, ":")
	first := parts[0]
	m := Message{ID: string(n.ID), Language: r.Language, At: n.CreatedAt, Urgent: true}
	var told notice
	switch kind {
	case atalaya.NoticeSession:
		m.Type, told = "session.expired", w.session
	case atalaya.NoticeQuota:
		m.Type = "quota.threshold"
		told = quotaNotice(w, parts)
		m.Data = map[string]any{"month": first, "percent": json.Number(parts[len(parts)-1])}
	case atalaya.NoticeSilence:
		m.Type, told = "source.silent", silenceNotice(w, first, s)
		m.Data = sourceData(s)
	case atalaya.NoticeBack:
		m.Type, told, m.Urgent, m.Data = "source.back", w.back, false, sourceData(s)
	case atalaya.NoticeCaptures:
		m.Type, told = "captures.failing", w.captures.filled(nil, []any{w.reason(first)})
		m.Data = map[string]string{"code": first}
	case atalaya.NoticeWorks:
		m.Type, told, m.Urgent = "captures.working", w.works.filled(nil, []any{w.reason(first)}), false
		m.Data = map[string]string{"code": first}
	case atalaya.NoticeChannel:
		code := strings.Join(parts[1:max(1, len(parts)-1)], ":")
		m.Type, told = "channel.broken", w.broken
		if pauses(code) {
			m.Type, told = "channel.paused", w.paused
		}
		told = told.filled([]any{serviceName(first)}, []any{w.cure(code)})
		m.Data = map[string]string{"kind": first, "code": code}
	default:
		m.Type, told, m.Urgent = "test", w.test, false
	}
	m.Title, m.Lines = told.title, noticeLines(w, kind, told, s, r)
	return m
}

// serviceName returns a kind of channel as people write it.
func serviceName(kind string) string {
	switch atalaya.ChannelKind(kind) {
	case atalaya.ChannelTelegram, atalaya.ChannelDiscord, atalaya.ChannelSlack:
		return strings.ToUpper(kind[:1]) + kind[1:]
	case atalaya.ChannelEmail, atalaya.ChannelWebhook, atalaya.ChannelNtfy:
	}
	return kind
}

// silenceNotice returns the notice for a silence of all sources, of those that a user's own rule covers, or of one.
func silenceNotice(w words, id string, s *atalaya.Signal) notice {
	if s == nil || id == allSources {
		return w.allSilent
	}
	if rule, ok := strings.CutPrefix(id, ruleMark); ok {
		hours, _, _ := strings.Cut(rule, ".")
		return w.ruledSilent.filled(nil, []any{hours})
	}
	return w.silent
}

// noticeLines returns the lines below a notice's title: which source it is about, and what to do.
func noticeLines(w words, kind string, told notice, s *atalaya.Signal, r Reader) []Line {
	var lines []Line
	if s != nil && (kind == atalaya.NoticeBack || kind == atalaya.NoticeSilence && told != w.allSilent) {
		source := nonEmpty([]string{clean(text(s.IndicatorName)), clean(text(s.Ticker)), clean(text(s.Interval))})
		if len(source) > 0 {
			lines = append(lines, Line{Icon: "🔧", Value: strings.Join(source, " · ")})
		}
		lines = append(lines, Line{Icon: "⏰", Value: clock(s.CreatedAt, r.Zone), At: s.CreatedAt})
	}
	return append(lines, Line{Value: told.text})
}

// quotaNotice returns the notice for the parts of "2026-11:90": the month, and the percentage used.
func quotaNotice(w words, parts []string) notice {
	percent := 100
	if len(parts) > 1 {
		_, _ = fmt.Sscan(parts[1], &percent)
	}
	if percent >= 100 {
		return w.quotaFull
	}
	return w.quota.filled([]any{percent}, nil)
}

// composeTest is the message of a channel's test.
func composeTest(id string, s *atalaya.Signal, r Reader, now time.Time) Message {
	w := in(r.Language)
	if s == nil {
		return Message{ID: id, Type: "test", Language: r.Language, Title: w.test.title, Lines: []Line{{Value: w.test.text}}, At: now}
	}
	m := composeSignal(id, s, r, false)
	m.Type, m.Title = "test", w.test.title
	return m
}

// signalFields are a signal's members in webhooks, under the names of its columns.
type signalFields struct {
	ID               atalaya.SignalID `json:"id"`
	IndicatorName    *string          `json:"indicator_name"`
	Ticker           *string          `json:"ticker"`
	Exchange         *string          `json:"exchange"`
	Symbol           *string          `json:"symbol"`
	Price            *json.Number     `json:"price"`
	SignalType       *string          `json:"signal_type"`
	Direction        *string          `json:"direction"`
	ChartID          *string          `json:"chart_id"`
	Interval         *string          `json:"interval"`
	ScreenshotStatus string           `json:"screenshot_status"`
	ScreenshotError  *string          `json:"screenshot_error"`
	RawMessage       *string          `json:"raw_message"`
	Timestamp        time.Time        `json:"timestamp"`
	CreatedAt        time.Time        `json:"created_at"`
}

// Payload is the data of a webhook about a signal.
type Payload struct {
	Signal     signalFields `json:"signal"`
	PictureURL *string      `json:"picture_url"`
}

// WithRaw returns the payload with its raw message cut to at most n bytes, between runes.
func (p Payload) WithRaw(n int) Payload {
	if raw := p.Signal.RawMessage; raw != nil && len(*raw) > n {
		short := strings.ToValidUTF8((*raw)[:max(n, 0)], "")
		p.Signal.RawMessage = &short
	}
	return p
}

func signalData(s *atalaya.Signal) Payload {
	f := signalFields{
		ID: s.ID, IndicatorName: s.IndicatorName, Ticker: s.Ticker, Exchange: s.Exchange, Symbol: s.Symbol, SignalType: s.SignalType,
		Direction: s.Direction, ChartID: s.ChartID, Interval: s.Interval, ScreenshotStatus: string(s.ScreenshotStatus),
		ScreenshotError: s.ScreenshotError, RawMessage: s.RawMessage, Timestamp: s.Timestamp.UTC(), CreatedAt: s.CreatedAt.UTC(),
	}
	if price := digits(s.Price); price != "" {
		number := json.Number(price)
		f.Price = &number
	}
	return Payload{Signal: f, PictureURL: s.ScreenshotURL}
}

func sourceData(s *atalaya.Signal) any {
	if s == nil {
		return map[string]any{"source": nil}
	}
	return map[string]any{
		"source": map[string]*string{"indicator_name": s.IndicatorName, "ticker": s.Ticker, "interval": s.Interval}, "last_signal_id": s.ID, "last_signal_at": s.CreatedAt.UTC(),
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// digits writes a price with every digit that was stored.
func digits(n decimal.NullDecimal) string {
	if !n.Valid {
		return ""
	}
	return n.Decimal.StringFixed(max(0, -n.Decimal.Exponent()))
}

// clock writes an instant in a user's zone, with the zone's short name.
func clock(t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04:05 MST")
}

func nonEmpty(parts []string) []string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return kept
}
