package tradingview

import (
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
)

// The page-side scripts. insideScript runs among the page's own scripts. The others run together in an
// isolated world, since they use one another.
//
//go:embed inside.js
var insideScript string

//go:embed page.js
var pageScript string

//go:embed look.js
var lookScript string

//go:embed picture.js
var pictureScript string

// script holds the scripts that we run in one page.
type script struct {
	channel string // the name of the events between looks and inside.js; a page must not guess it
	names   string // as JSON, which is JavaScript too
	looks   string // the code that every look shares
}

// newScript makes the scripts of one page.
func newScript(names Names) (script, error) {
	text, err := json.Marshal(names)
	if err != nil {
		return script{}, fmt.Errorf("write the names: %w", err)
	}
	s := script{channel: "look-" + rand.Text() + "-", names: string(text)}
	s.looks = "(async (names, channel) => {\n" + pageScript + lookScript + pictureScript + "\n%s\n})(" + s.names + `, "` + s.channel + `")`
	return s, nil
}

// inside returns the script that runs before any script of the page.
func (s script) inside() string {
	return "(" + withoutComment(insideScript) + `)("` + s.channel + `", ` + s.names + ".api);"
}

// withoutComment returns a script without the comment at its beginning.
func withoutComment(text string) string {
	for strings.HasPrefix(text, "//") {
		_, text, _ = strings.Cut(text, "\n")
	}
	return strings.TrimSpace(text)
}

// The expressions that looks evaluate: what the page shows, its own picture, and whether both still agree.
func (s script) evidence() string     { return s.ending("await waitABit(); return look();") }
func (s script) picture() string      { return s.ending("return answered(picture());") }
func (s script) confirmation() string { return s.ending("return answered(confirmation());") }

func (s script) ending(statement string) string { return strings.Replace(s.looks, "%s", statement, 1) }
