package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var (
	inlineCode  = regexp.MustCompile("`([^`\n]+)`")
	commandLine = regexp.MustCompile(`(?:^|[\s/(])atalaya(?:ctl)? ((?:[a-z]+ ?)+|--[a-z])([^|)]*)`)
	flagName    = regexp.MustCompile(`(?:^|\s)--([a-z][a-z-]*)`)
)

// commandLines returns the lines of code and inline code of a page that call the program.
func commandLines(page string) (lines [][]string) {
	inCode := false
	for line := range strings.Lines(page) {
		texts := []string{line}
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inCode = !inCode
		} else if !inCode {
			texts = nil
			for _, found := range inlineCode.FindAllStringSubmatch(line, -1) {
				texts = append(texts, found[1])
			}
		}
		for _, text := range texts {
			text, _, _ = strings.Cut(text, " # ")
			if found := commandLine.FindStringSubmatch(text); found != nil && !strings.Contains(text, "role atalaya") { // SQL
				lines = append(lines, found)
			}
		}
	}
	return lines
}

func TestTheDocsNameOnlyCommandsAndFlagsThatExist(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(&cli{}, kong.Name("atalaya"))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, page := range append(pages, "../../README.md", "../../README.es.md", "../../CONTRIBUTING.md", "../../examples/nextjs/README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range commandLines(string(text)) {
			node := parser.Model.Node
			flags := slices.Clone(node.Flags)
			for _, word := range strings.Fields(found[1]) {
				i := slices.IndexFunc(node.Children, func(child *kong.Node) bool { return child.Name == word })
				if i < 0 {
					if len(node.Children) > 0 && !strings.HasPrefix(word, "--") && word != "help" {
						t.Errorf("%s names %q: %s has no command %s", page, found[0], node.FullPath(), word)
					}
					break
				}
				node = node.Children[i]
				flags = append(flags, node.Flags...)
				tried++
			}
			for _, flag := range flagName.FindAllStringSubmatch(found[1]+found[2], -1) {
				if !slices.ContainsFunc(flags, func(f *kong.Flag) bool { return f.Name == flag[1] }) {
					t.Errorf("%s names %q: %s has no flag --%s", page, found[0], node.FullPath(), flag[1])
				}
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d commands were found in the docs", tried)
	}
}
