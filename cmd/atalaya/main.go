// Command atalaya receives TradingView alerts, keeps them as signals and takes the screenshots of
// the users' charts. Each verb has a file of its own here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"atalaya/internal/app"
)

// cli is the command line.
type cli struct {
	Dev         devCommand         `cmd:"" help:"Run everything on this machine, with no configuration."`
	Serve       serveCommand       `cmd:"" help:"Run the service, configured by the environment."`
	Migrate     migrateCommand     `cmd:"" help:"Apply the migrations, or list those that are applied."`
	Ready       readyCommand       `cmd:"" help:"Ask the service on this machine whether it can do its work."`
	User        userCommand        `cmd:"" help:"Users of the local issuer, and plans."`
	Alert       alertCommand       `cmd:"" help:"Read alerts, or send one and follow it to its screenshot."`
	Signal      signalCommand      `cmd:"" help:"Show what is known about a signal."`
	Queue       queueCommand       `cmd:"" help:"List the jobs of the queue, and intervene."`
	Capture     captureCommand     `cmd:"" help:"Take one screenshot into a file and say what was seen."`
	TradingView tradingviewCommand `cmd:"" name:"tradingview" help:"Look at the chart site as the service does."`
	Evidence    evidenceCommand    `cmd:"" help:"Show what the failed captures of a signal saw."`
	Keys        keysCommand        `cmd:"" help:"Generate an encryption key, or encrypt all secrets with the current one."`
	Pictures    picturesCommand    `cmd:"" help:"Remove pictures that no signal has."`
	Spool       spoolCommand       `cmd:"" help:"List or store the alerts that this replica kept on disk while the database was away."`
	Doctor      doctorCommand      `cmd:"" help:"Check every setting and dependency, and say how to mend what is wrong."`
	Chartsite   chartsiteCommand   `cmd:"" help:"Serve the demo chart site."`
	Completion  completionCommand  `cmd:"" help:"Print the script that makes a shell complete commands: source <(atalaya completion bash)."`
	Man         manCommand         `cmd:"" help:"Print the manual page: atalaya man | man -l -."`
	Version     versionCommand     `cmd:"" help:"Print the version."`

	Env         string           `name:"env-file" help:"File with settings; the environment wins over it. The default is .env, if there is one." type:"path" placeholder:"FILE"`
	VersionFlag kong.VersionFlag `name:"version" help:"Print the version."`
}

type versionCommand struct{}

// Run implements the verb.
func (versionCommand) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, app.LongVersion())
	return err
}

// streams are the standard streams of a verb.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "atalaya: "+err.Error())
		stop()
		var coded exitError
		if errors.As(err, &coded) {
			os.Exit(coded.status)
		}
		os.Exit(1)
	}
}

// exitError is an error with an exit status of its own; every other one ends with 1.
type exitError struct {
	error
	status int
}

// run parses the arguments and runs one verb.
func run(ctx context.Context, args []string, std streams) error {
	var c cli
	exited := false
	parser, err := kong.New(&c,
		kong.Name("atalaya"),
		kong.Description("TradingView alerts in, verified screenshots out."),
		kong.Writers(std.out, std.err),
		kong.Exit(func(int) { exited = true }),
		kong.Vars{"version": app.LongVersion()},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std, &c),
	)
	if err != nil {
		return err
	}
	complete(parser)
	if exited { // a shell has been told what may follow
		return nil
	}
	command, err := parser.Parse(asHelp(args))
	if exited { // --help or --version has been printed
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w; see atalaya --help", err)
	}
	return command.Run()
}

// asHelp returns the arguments with --help where they ask for it in other words: none at all, or the verb help.
func asHelp(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}
