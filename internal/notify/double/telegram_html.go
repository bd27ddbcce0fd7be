package double

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	telegramTag    = regexp.MustCompile(`^<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-z]+="[^"<>]*")*)\s*>`)
	telegramEntity = regexp.MustCompile(`^&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|lt|gt|amp|quot);`)
)

// telegramPlain reads Telegram's HTML and returns the text without its tags. It refuses what the Bot
// API refuses: tags that it does not know, that are not closed, or closed in the wrong order. It is
// harsher about entities: an ampersand that begins none is an error here.
func telegramPlain(text string) (string, error) {
	known := map[string]bool{"b": true, "strong": true, "i": true, "em": true, "u": true, "ins": true, "s": true, "strike": true, "del": true,
		"a": true, "code": true, "pre": true, "tg-spoiler": true, "blockquote": true}
	var out strings.Builder
	var open []string
	for at := 0; at < len(text); {
		rest := text[at:]
		switch text[at] {
		case '<':
			tag := telegramTag.FindStringSubmatch(rest)
			if tag == nil || !known[strings.ToLower(tag[2])] {
				return "", fmt.Errorf("Unsupported start tag at byte offset %d", at) //nolint:staticcheck // Telegram's words
			}
			name := strings.ToLower(tag[2])
			if tag[1] == "" {
				open = append(open, name)
			} else if len(open) == 0 || open[len(open)-1] != name {
				return "", fmt.Errorf("Unexpected end tag at byte offset %d", at) //nolint:staticcheck // Telegram's words
			} else {
				open = open[:len(open)-1]
			}
			at += len(tag[0])
		case '&':
			entity := telegramEntity.FindStringSubmatch(rest)
			if entity == nil {
				return "", fmt.Errorf("Unsupported entity at byte offset %d", at) //nolint:staticcheck // Telegram's words
			}
			out.WriteString(entityText(entity[1]))
			at += len(entity[0])
		default:
			out.WriteByte(text[at])
			at++
		}
	}
	if len(open) > 0 {
		return "", fmt.Errorf("Can't find end tag corresponding to start tag %q", open[len(open)-1]) //nolint:staticcheck // Telegram's words
	}
	return strings.TrimSpace(out.String()), nil
}

func entityText(name string) string {
	switch name {
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "amp":
		return "&"
	case "quot":
		return `"`
	}
	number, base := strings.TrimPrefix(name, "#"), 10
	if hex, ok := strings.CutPrefix(number, "x"); ok {
		number, base = hex, 16
	}
	code, err := strconv.ParseInt(number, base, 32)
	if err != nil {
		return "\uFFFD"
	}
	return string(rune(code))
}
