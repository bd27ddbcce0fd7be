// Command dashboard is make test-dashboard: it drives the dashboard in a browser and prints the result as
// one line of JSON.
package main

import (
	"context"
	"flag"
	"os"

	"atalaya/acceptance"
	"atalaya/acceptance/command"
)

// result is the run's last line.
type result struct {
	Screens int `json:"screens"`
	command.Checks
	acceptance.DashboardFigures
}

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	pictures := flag.String("pictures", "docs/images/dashboard", "folder for the pictures of the dashboard")
	only := flag.String("only", "", "one part of the run: screens, demo or sign-in")
	slack := flag.Int("slack", 1, "multiplies the bounds of time, for a machine that does other work beside")
	flag.Parse()
	command.Run("dashboard", func(ctx context.Context) (result, error) {
		found, err := acceptance.RunDashboard(ctx, acceptance.Options{Binary: *binary, Root: ".", Progress: os.Stderr, Slack: *slack}, *pictures, *only)
		return result{found.Dashboard.Screens, command.Checks{Checks: found.Checks, Passed: found.Passed}, found.Dashboard}, err
	})
}
