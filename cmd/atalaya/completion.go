package main

import (
	"fmt"

	"github.com/alecthomas/kong"
	"github.com/willabides/kongplete"
)

// completionCommand prints the script that makes a shell complete commands and flags.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// scripts returns the script of a shell. It asks the program itself what may follow: the program answers if COMP_LINE
// holds the line so far.
func scripts(shell string) string {
	return map[string]string{
		"bash": "complete -C atalaya atalaya\n",
		"zsh": `#compdef atalaya
_atalaya() {
	local -a found
	found=(${(f)"$(COMP_LINE="${(j: :)words[1,CURRENT]}" atalaya)"})
	compadd -a found
}
_atalaya "$@"
`,
		"fish": `function __atalaya_complete
	set -lx COMP_LINE (commandline -cp)
	atalaya
end
complete -c atalaya -f -a '(__atalaya_complete)'
`,
	}[shell]
}

// Run implements the verb.
func (c *completionCommand) Run(std streams) error {
	_, err := fmt.Fprint(std.out, scripts(c.Shell))
	return err
}

// complete answers a shell that asks what may follow, and then calls the parser's exit function.
func complete(parser *kong.Kong) { kongplete.Complete(parser) }
