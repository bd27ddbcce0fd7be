package notify

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/rivo/uniseg"
)

// Message is what people are told, without a channel's markup. Its texts come from alerts, so anybody who has a
// webhook URL can write them: every channel escapes them.
type Message struct {
	ID       string // of the notification: stays the same when the message is sent again
	Type     string // of webhooks: signal.settled, signal.created, session.expired, quota.threshold, source.silent, …
	Language string // en, es
	Title    string
	Lines    []Line
	Note     string // why there is no picture, "" if there is one or none was wanted
	Link     string // address of the original picture, "" if there is none
	Footer   string
	Mark     string   // "🔁 possible repeat", "" on a first attempt
	Picture  *Picture // nil if there is none to show
	Urgent   bool     // a trouble that its owner has to mend
	At       time.Time
	Data     any    // what webhooks carry, as JSON
	Left     string // what an attempt that was not sent has left at the service, as Result.ExternalID named it
}

// Line is one line of a message. The zero Line is a blank one.
type Line struct {
	Icon  string
	Label string
	Value string
	At    time.Time // an instant that Value spells; channels that show local times use it
	Link  string
}

// Picture is a screenshot as it is stored.
type Picture struct {
	PNG    []byte
	Name   string // a file name
	Width  int    // pixels
	Height int
}

// Text returns the line without markup.
func (l Line) Text() string {
	text := l.Value
	if l.Label != "" {
		text = l.Label + ": " + text
	}
	if l.Icon != "" {
		text = l.Icon + " " + text
	}
	if l.Link != "" {
		text += " " + l.Link
	}
	return text
}

// Parts returns the message line by line, in order: mark, title, lines, note, link, footer. render
// is given each line with its role.
func (m Message) Parts(render func(role Role, line Line) string) string {
	var out []string
	add := func(role Role, line Line) {
		if line == (Line{}) {
			if len(out) > 0 && out[len(out)-1] != "" {
				out = append(out, "")
			}
			return
		}
		out = append(out, render(role, line))
	}
	if m.Mark != "" {
		add(RoleMark, Line{Value: m.Mark})
	}
	add(RoleTitle, Line{Value: m.Title})
	for _, line := range m.Lines {
		add(RoleLine, line)
	}
	if m.Note != "" || m.Link != "" {
		add(RoleLine, Line{})
	}
	if m.Note != "" {
		add(RoleNote, Line{Value: m.Note})
	}
	if m.Link != "" {
		add(RoleLink, Line{Icon: "📸", Value: m.Link})
	}
	if m.Footer != "" {
		add(RoleFooter, Line{Value: m.Footer})
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// Role is what a line is for; channels style it.
type Role int

// The roles.
const (
	RoleMark Role = iota
	RoleTitle
	RoleLine
	RoleNote
	RoleLink
	RoleFooter
)

// Plain returns the message as plain text.
func (m Message) Plain() string {
	return m.Parts(func(_ Role, line Line) string { return line.Text() })
}

// Fit returns the message with its values cut, the longest first, so that its plain text has at most
// limit UTF-16 units: Telegram, Discord and browsers count in those. Values are cut between
// graphemes, before any escaping. Lines at the end are dropped if cutting is not enough.
func (m Message) Fit(limit int) Message {
	m.Lines = append([]Line(nil), m.Lines...)
	for excess := Units(m.Plain()) - limit; excess > 0; excess = Units(m.Plain()) - limit {
		longest := -1
		for i, line := range m.Lines {
			if line.At.IsZero() && Units(line.Value) > 20 && (longest < 0 || Units(line.Value) > Units(m.Lines[longest].Value)) {
				longest = i
			}
		}
		switch {
		case longest >= 0:
			value := m.Lines[longest].Value
			m.Lines[longest].Value = Cut(value, max(20, Units(value)-excess))
		case len(m.Lines) > 0:
			m.Lines = m.Lines[:len(m.Lines)-1]
		default:
			m.Title, m.Note = Cut(m.Title, max(1, limit/2)), ""
			return m
		}
	}
	return m
}

// Units returns the length of a text in UTF-16 units.
func Units(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// Cut shortens a text to at most limit UTF-16 units, between graphemes, with "…" at its end.
func Cut(text string, limit int) string {
	if Units(text) <= limit {
		return text
	}
	if limit < 1 {
		return ""
	}
	n, end, rest, state := 0, 0, text, -1
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if n += Units(cluster); n > limit-1 { // room for the ellipsis
			break
		}
		end += len(cluster)
	}
	return strings.TrimRightFunc(text[:end], unicode.IsSpace) + "…"
}

// clean makes a value of an alert fit for one line: line ends and control characters become blanks,
// and the marks that turn the direction of a whole line are dropped. Letters of right-to-left
// scripts stay.
func clean(value string) string {
	value = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(value, "\uFFFD"))
	return strings.TrimSpace(value)
}
