package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Setting is one line of the reference.
type Setting struct {
	Group, Name, Default, Example, Doc string
	Secret                             bool
}

// Settings lists every setting in the order of Config.
func Settings() []Setting {
	var list []Setting
	group := ""
	for field := range reflect.TypeFor[Config]().Fields() {
		if field.Tag.Get("env") == "-" {
			continue
		}
		if g := field.Tag.Get("group"); g != "" {
			group = g
		}
		list = append(list, Setting{
			Group: group, Name: field.Tag.Get("env"), Default: field.Tag.Get("envDefault"), Example: field.Tag.Get("example"),
			Doc: field.Tag.Get("doc"), Secret: strings.Contains(field.Type.String(), "Secret"),
		})
	}
	return list
}

// kindName returns in words what a value has to be.
func kindName(t reflect.Type) string {
	switch t.String() {
	case "int", "int64":
		return "a whole number"
	case "bool":
		return "true or false"
	case "time.Duration":
		return "a duration such as 90s, 15m or 1h"
	case "netip.Prefix", "[]netip.Prefix":
		return "networks such as 10.0.0.0/8, separated by commas"
	}
	return t.String()
}

// Markdown returns the text of docs/configuration.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Configuration\n\nEvery setting is an environment variable, or a line of the file `.env` (the environment wins). " +
		"An empty value is one that is not set. The service does not start with wrong settings: it lists them, each with its cure. " +
		"`atalaya doctor` also tries what the settings point at.\n\nThis page is made from the code: `make generate`.\n")
	group := ""
	for _, s := range Settings() {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(&b, "\n## %s\n\n| setting | default | meaning |\n| --- | --- | --- |\n", group)
		}
		value := ""
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		doc := s.Doc
		if s.Example != "" {
			doc += " Example: `" + s.Example + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.Name, value, strings.ReplaceAll(doc, "|", "\\|"))
	}
	b.WriteString("\n## The Node service's environment file\n\nIt is taken as it is; add `DATABASE_URL` and `PUBLIC_URL`. " +
		"These settings change nothing here: `" + strings.Join(withoutEffect, "`, `") + "`.\n")
	return b.String()
}

// EnvExample returns the text of .env.example.
func EnvExample() string {
	var b strings.Builder
	b.WriteString("# Copy to .env and fill in. docs/configuration.md explains every line. Made from the code: make generate.\n")
	group := ""
	for _, s := range Settings() {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(&b, "\n# --- %s ---\n", group)
		}
		fmt.Fprintf(&b, "# %s\n", s.Doc)
		switch {
		case s.Example != "":
			fmt.Fprintf(&b, "#%s=%s\n", s.Name, s.Example)
		case s.Default != "":
			fmt.Fprintf(&b, "#%s=%s\n", s.Name, s.Default)
		default:
			fmt.Fprintf(&b, "%s=\n", s.Name)
		}
	}
	return b.String()
}
