package alert

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// kind is what a node is.
type kind int

const (
	nullKind kind = iota
	boolKind
	numberKind
	stringKind
	arrayKind
	objectKind
)

// node is a JSON value. A number stays the literal that was written.
type node struct {
	kind    kind
	text    string // of a string; the literal of a number; true or false
	members []member
	items   []*node
	mended  bool // of a root: a character that cannot be stored was replaced
}

type member struct {
	name  string
	value *node
}

// mode says how much a parser forgives.
type mode int

const (
	strict    mode = iota // the text is known to be valid JSON
	repairing             // what people get wrong is mended
)

// maxDepth is how deep JSON may be nested and still be read.
const maxDepth = 64

var (
	errTooDeep = errors.New("nested deeper than 64 levels")
	errNoJSON  = errors.New("not JSON, and not repairable")
)

// parseTree reads one JSON value. It looks at every character a bounded number of times.
func parseTree(text string, m mode) (*node, error) {
	p := &parser{text: text, mode: m}
	p.blank()
	root, err := p.value(1)
	if err != nil {
		return nil, err
	}
	p.blank()
	if m == repairing {
		// What people leave behind the last brace.
		p.at += len(p.text[p.at:]) - len(strings.TrimLeft(p.text[p.at:], "=;, \t\r\n"))
		p.blank()
	}
	if p.at < len(p.text) {
		return nil, errNoJSON
	}
	root.mended = p.mended
	return root, nil
}

type parser struct {
	text   string
	at     int
	mode   mode
	mended bool
}

// peek gives the next byte, 0 at the end; the text holds no NUL.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// blank skips white space and, where repairing, comments.
func (p *parser) blank() {
	for p.at < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		switch {
		case unicode.IsSpace(r) || r == '\uFEFF':
			p.at += size
		case p.mode == repairing && r == '/' && p.comment():
		default:
			return
		}
	}
}

// comment skips a comment, where one begins here.
func (p *parser) comment() bool {
	rest := p.text[p.at:]
	switch {
	case strings.HasPrefix(rest, "//"):
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			p.at += end
		} else {
			p.at = len(p.text)
		}
	case strings.HasPrefix(rest, "/*"):
		if end := strings.Index(rest, "*/"); end >= 0 {
			p.at += end + 2
		} else {
			p.at = len(p.text)
		}
	default:
		return false
	}
	return true
}

func (p *parser) value(depth int) (*node, error) {
	switch c := p.peek(); {
	case c == '{' && !p.placeholder():
		if depth > maxDepth {
			return nil, errTooDeep
		}
		return p.object(depth)
	case c == '[':
		if depth > maxDepth {
			return nil, errTooDeep
		}
		return p.array(depth)
	case p.quote() != 0:
		text, err := p.quoted()
		return &node{kind: stringKind, text: text}, err
	}
	return p.bare()
}

// placeholder says whether an unresolved {{…}} begins here.
func (p *parser) placeholder() bool { return strings.HasPrefix(p.text[p.at:], "{{") }

func (p *parser) object(depth int) (*node, error) {
	object := &node{kind: objectKind}
	p.at++
	for {
		p.blank()
		switch p.peek() {
		case '}':
			p.at++
			return object, nil
		case 0:
			if p.mode == repairing {
				return object, nil // closing braces are missing at the end
			}
			return nil, errNoJSON
		case ',':
			if p.mode == repairing || len(object.members) > 0 {
				p.at++
				continue
			}
		}
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		p.blank()
		if p.peek() != ':' {
			return nil, errNoJSON
		}
		p.at++
		value, err := p.memberValue(depth)
		if err != nil {
			return nil, err
		}
		object.members = append(object.members, member{name, value})
		if err := p.between('}'); err != nil {
			return nil, err
		}
	}
}

// memberValue reads the value after a colon; an empty one is null.
func (p *parser) memberValue(depth int) (*node, error) {
	if p.mode == repairing {
		p.at += len(p.text[p.at:]) - len(strings.TrimLeft(p.text[p.at:], " \t"))
		if c := p.peek(); c == ',' || c == '}' {
			return &node{}, nil
		}
		// A value may stand on the next line; a name there means that this one has none.
		if c := p.peek(); c == '\n' || c == '\r' {
			p.blank()
			if c := p.peek(); c == ',' || c == '}' || c == 0 || p.nameAhead() {
				return &node{}, nil
			}
		}
	}
	p.blank()
	if p.mode == repairing && p.peek() == 0 {
		return &node{}, nil
	}
	return p.value(depth + 1)
}

// between checks what stands between two members or items: a comma, or the end, or, where
// repairing, a line break.
func (p *parser) between(closing byte) error {
	before := p.at
	p.blank()
	c := p.peek()
	switch {
	case c == ',' || c == closing:
		return nil
	case p.mode == repairing && (c == 0 || strings.ContainsAny(p.text[before:p.at], "\n\r")):
		return nil
	}
	return errNoJSON
}

func (p *parser) array(depth int) (*node, error) {
	array := &node{kind: arrayKind}
	p.at++
	for {
		p.blank()
		switch c := p.peek(); {
		case c == ']':
			p.at++
			return array, nil
		case c == 0 && p.mode == repairing:
			return array, nil
		case c == 0 || c == '}':
			return nil, errNoJSON
		case c == ',':
			p.at++
			continue
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		array.items = append(array.items, item)
		if err := p.between(']'); err != nil {
			return nil, err
		}
	}
}

// maxName is the longest name without quotes that is still taken for one.
const maxName = 40

// name reads a member's name, quoted or, where repairing, bare.
func (p *parser) name() (string, error) {
	if p.quote() != 0 {
		return p.quoted()
	}
	if p.mode == strict {
		return "", errNoJSON
	}
	end := p.bareNameEnd()
	if end <= p.at {
		return "", errNoJSON
	}
	name := strings.TrimSpace(p.text[p.at:end])
	p.at = end
	return name, nil
}

// bareNameEnd gives where a name without quotes ends, p.at where there is none: letters, digits,
// blanks, _, -, . and $ up to a colon.
func (p *parser) bareNameEnd() int {
	for i, r := range p.text[p.at:] {
		switch {
		case r == ':' && i > 0:
			return p.at + i
		case i > 4*maxName, !(unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" _-.$", r)):
			return p.at
		}
	}
	return p.at
}

// nameAhead says whether a name and its colon begin here.
func (p *parser) nameAhead() bool {
	if p.quote() == 0 {
		return p.bareNameEnd() > p.at
	}
	rest := p.text[p.at+p.quote():]
	for i, r := range rest {
		if isQuote(r) {
			after := strings.TrimLeft(rest[i+utf8.RuneLen(r):min(len(rest), i+4*maxName)], " \t")
			return strings.HasPrefix(after, ":")
		}
		if r == '\n' || i > 4*maxName {
			return false
		}
	}
	return false
}

const (
	doubleQuotes = "\"“”„«»‟"
	singleQuotes = "'‘’‚‛`"
)

func isQuote(r rune) bool {
	return strings.ContainsRune(doubleQuotes, r) || strings.ContainsRune(singleQuotes, r)
}

// quote gives the size of the quote that stands here, 0 where none does.
func (p *parser) quote() int {
	if p.peek() == '"' {
		return 1
	}
	if p.mode == strict || p.at >= len(p.text) {
		return 0
	}
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	if isQuote(r) {
		return size
	}
	return 0
}

// quoted reads a string.
func (p *parser) quoted() (string, error) {
	open, size := utf8.DecodeRuneInString(p.text[p.at:])
	p.at += size
	family := doubleQuotes
	if strings.ContainsRune(singleQuotes, open) {
		family = singleQuotes
	}
	var b strings.Builder
	for p.at < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		switch {
		case r == '\\':
			p.escape(&b)
			continue
		case p.mode == strict && r == '"':
			p.at++
			return b.String(), nil
		case p.mode == repairing && strings.ContainsRune(family, r) && p.closes(p.at+size):
			p.at += size
			return b.String(), nil
		}
		b.WriteRune(r)
		p.at += size
	}
	return "", errNoJSON
}

// closes says whether a quote that ends at i ends its string: what follows is the end, a comma, a
// colon or a closing bracket, or a comment, or on another line the next name.
func (p *parser) closes(i int) bool {
	rest := strings.TrimLeftFunc(p.text[i:], unicode.IsSpace)
	if rest == "" {
		return true
	}
	switch rest[0] {
	case ',', ':', '}', ']':
		return true
	case '/':
		return strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*")
	}
	next := len(p.text) - len(rest)
	if !strings.ContainsAny(p.text[i:next], "\n\r") {
		return false
	}
	ahead := parser{text: p.text, at: next, mode: repairing}
	return ahead.nameAhead()
}

// escape reads one escape. U+0000 and lone surrogates become U+FFFD.
func (p *parser) escape(b *strings.Builder) {
	p.at++
	if p.at >= len(p.text) {
		b.WriteByte('\\')
		return
	}
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	p.at += size
	switch r {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'u':
		b.WriteRune(p.codePoint())
	default:
		b.WriteRune(r)
	}
}

// codePoint reads the four digits of a \u escape, and those of a second one that completes a
// surrogate pair.
func (p *parser) codePoint() rune {
	first, ok := p.hex4(p.at)
	if !ok {
		return 'u'
	}
	p.at += 4
	if !utf16.IsSurrogate(first) {
		if first == 0 {
			p.mended = true
			return utf8.RuneError
		}
		return first
	}
	if strings.HasPrefix(p.text[p.at:], `\u`) {
		if second, ok := p.hex4(p.at + 2); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				p.at += 6
				return r
			}
		}
	}
	p.mended = true
	return utf8.RuneError
}

func (p *parser) hex4(at int) (rune, bool) {
	if at+4 > len(p.text) {
		return 0, false
	}
	n, err := strconv.ParseUint(p.text[at:at+4], 16, 16)
	return rune(n), err == nil
}

// bare reads a value without quotes.
func (p *parser) bare() (*node, error) {
	end := p.at + bareEnd(p.text[p.at:])
	text := strings.TrimSpace(p.text[p.at:end])
	if text == "" {
		return nil, errNoJSON
	}
	p.at = end
	switch text {
	case "null":
		return &node{}, nil
	case "true", "false":
		return &node{kind: boolKind, text: text}, nil
	}
	if jsonNumber.MatchString(text) {
		return &node{kind: numberKind, text: text}, nil
	}
	if p.mode == strict {
		return nil, errNoJSON
	}
	switch text {
	case "NaN", "Infinity", "-Infinity", "undefined", "None", "na":
		return &node{}, nil
	case "True", "False":
		return &node{kind: boolKind, text: strings.ToLower(text)}, nil
	}
	if onlyPlaceholders(text) {
		return &node{}, nil
	}
	return &node{kind: stringKind, text: text}, nil
}

// bareEnd gives the length of a value without quotes: up to a comma, the line's end, a closing
// bracket, or a comment after a blank. The braces of a placeholder are part of it.
func bareEnd(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ',', '\n', '\r', ']', '}':
			return i
		case '{':
			if !strings.HasPrefix(text[i:], "{{") {
				return i
			}
			end := strings.Index(text[i:min(len(text), i+4*maxName)], "}}")
			if end < 0 {
				return i
			}
			i += end + 1
		case '/':
			if i > 0 && (text[i-1] == ' ' || text[i-1] == '\t') && i+1 < len(text) && (text[i+1] == '/' || text[i+1] == '*') {
				return i
			}
		}
	}
	return len(text)
}
