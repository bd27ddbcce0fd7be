package main

import (
	"runtime"
	"strings"
	"testing"
)

func TestHelpAndVersionAreFoundUnderEveryUsualName(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"help"}, {"--help"}, {"-h"}} {
		holds(t, program{}.run(t, args...).ok(t), "Usage: atalaya <command>", "doctor", "--env-file")
	}
	holds(t, program{}.run(t, "help", "user", "create").ok(t), "Usage: atalaya user create <email>")
	for _, arg := range []string{"version", "--version"} {
		out := program{}.run(t, arg).ok(t)
		holds(t, out, "atalaya ", runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
		if strings.Count(out, "\n") != 1 {
			t.Errorf("atalaya %s prints %q, want one line", arg, out)
		}
	}
}

func TestAFileOfSettingsThatIsNamedHasToBeThere(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"serve", "doctor"} {
		program{}.run(t, verb, "--env-file", "prod.env").refused(t, "--env-file", "prod.env", "no such file")
	}
}
