package alert

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a node is.
type kind uint8

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
	mended  bool     // of a root: a character that cannot be stored was replaced
	text    string   // of a string; the literal of a number; true or false
	members []member // of an object; the items of an array have no names
}

type member struct {
	name  string
	value *node
}

// mode is how much a parser tolerates.
type mode int

const (
	strict    mode = iota // the text is known to be valid JSON
	repairing             // common mistakes are repaired
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
		p.at = len(p.text) - len(strings.TrimLeft(p.text[p.at:], "=;, \t\r\n"))
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

// peek returns the next byte, 0 at the end; the text holds no NUL.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// blank skips white space and, if repairing, comments.
func (p *parser) blank() {
	for p.at < len(p.text) {
		if c := p.text[p.at]; c > ' ' && c < utf8.RuneSelf && c != '/' {
			return
		}
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

// comment skips a comment if one begins here.
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

// placeholder reports whether an unresolved {{…}} begins here.
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

// memberValue reads the value after a colon; an empty one is null. A value may stand on the next
// line; a name there means that this one is empty.
func (p *parser) memberValue(depth int) (*node, error) {
	before := p.at
	p.blank()
	if p.mode == repairing {
		c := p.peek()
		if c == ',' || c == '}' || c == 0 || p.lineBreak(before) && p.nameAhead() {
			p.at = before // the line break stands between this member and the next
			return &node{}, nil
		}
	}
	return p.value(depth + 1)
}

// lineBreak reports whether a line ended between a place and here.
func (p *parser) lineBreak(from int) bool { return strings.ContainsAny(p.text[from:p.at], "\n\r") }

// between checks what stands between two members or items: a comma, the end, or, if repairing, a line
// break.
func (p *parser) between(closing byte) error {
	before := p.at
	p.blank()
	c := p.peek()
	switch {
	case c == ',' || c == closing:
		return nil
	case p.mode == repairing && (c == 0 || p.lineBreak(before)):
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
		array.members = append(array.members, member{value: item})
		if err := p.between(']'); err != nil {
			return nil, err
		}
	}
}

// maxName is the longest name without quotes that is still taken for one.
const maxName = 40

// name reads a member's name, quoted or, if repairing, bare.
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

// bareNameEnd returns where a name without quotes ends, p.at where there is none: letters, digits,
// blanks, _, -, . and $ up to a colon.
func (p *parser) bareNameEnd() int {
	for i, r := range p.text[p.at:] {
		switch {
		case r == ':' && i > 0:
			return p.at + i
		case r < utf8.RuneSelf && isAlnum(byte(r)) && i <= 4*maxName:
		case i > 4*maxName, !(unicode.In(r, unicode.L, unicode.Nd, unicode.Mn) || strings.ContainsRune(" _-.$", r)):
			return p.at
		}
	}
	return p.at
}

// nameAhead reports whether a name and its colon begin here.
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
