package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"atalaya/internal/app"
	"atalaya/internal/config"
)

// manCommand prints the manual page of the program, in roff.
type manCommand struct{}

// Run implements the verb.
func (manCommand) Run(k *kong.Context, std streams) error {
	_, err := io.WriteString(std.out, manual(k.Model))
	return err
}

// page is a manual page being written.
type page struct{ strings.Builder }

// macro writes a line with a request of roff and its text.
func (p *page) macro(name, text string) { fmt.Fprintf(p, ".%s %s\n", name, escape(text)) }

// text writes a paragraph's words.
func (p *page) text(words string) { p.WriteString(escape(words) + "\n") }

// item writes a term and what it means.
func (p *page) item(term, meaning string) {
	p.WriteString(".TP\n")
	p.macro("B", term)
	p.text(meaning)
}

// escape escapes what roff treats as markup: backslashes, dashes, and dots and quotes that begin a line.
func escape(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

// manual writes the page from the command line's own model and the settings' own documentation.
func manual(model *kong.Application) string {
	p := &page{}
	p.macro("TH", "ATALAYA 1 \"\" \"atalaya "+app.Version()+"\"")
	p.macro("SH", "NAME")
	p.text("atalaya - " + model.Help)
	p.macro("SH", "SYNOPSIS")
	p.macro("B", "atalaya")
	p.text("<command> [flags]")
	p.macro("SH", "COMMANDS")
	for _, command := range model.Leaves(true) {
		p.command(command)
	}
	p.macro("SH", "OPTIONS")
	p.flags(model.Flags)
	p.macro("SH", "ENVIRONMENT")
	p.text("Settings are environment variables, or lines of the file of --env-file; the environment wins.")
	for _, s := range config.Settings() {
		p.setting(s)
	}
	p.macro("SH", "FILES")
	p.item("/etc/atalaya/atalaya.env", "Settings of the service as the Debian package runs it.")
	p.item("/usr/sbin/atalayactl", "Runs a command as that service runs: with its settings, as its user. For example: sudo atalayactl doctor.")
	p.item("/var/lib/atalaya", "Its pictures, its certificates, and alerts that wait for the database.")
	p.macro("SH", "EXIT STATUS")
	p.text("0 if the command did what it says, and 1 if not; standard error says why.")
	p.macro("SH", "EXAMPLES")
	p.item("atalaya dev", "Run everything on this machine, without any configuration.")
	p.item("atalaya serve --domain signals.example.com", "Run the service with a certificate of its own.")
	p.item("atalaya doctor", "Say what is wrong with the settings and how to mend it.")
	return p.String()
}

// command writes a verb with its arguments and flags.
func (p *page) command(node *kong.Node) {
	name := strings.TrimPrefix(node.FullPath(), "atalaya ")
	for _, argument := range node.Positional {
		name += " " + argument.Summary()
	}
	p.macro("SS", name)
	p.text(node.Help)
	for _, argument := range node.Positional {
		p.item(argument.Summary(), argument.Help)
	}
	p.flags(node.Flags)
}

func (p *page) flags(flags []*kong.Flag) {
	for _, flag := range flags {
		if !flag.Hidden {
			p.item(flag.String(), flag.Help)
		}
	}
}

func (p *page) setting(s config.Setting) {
	meaning := s.Doc
	if s.Default != "" {
		meaning += " The default is " + s.Default + "."
	}
	p.item(s.Name, meaning)
}
