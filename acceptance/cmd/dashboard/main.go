// Command dashboard is make test-dashboard: it drives the dashboard in a browser and prints the result as
// one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"atalaya/acceptance"
)

// result is the run's last line.
type result struct {
	Screens int `json:"screens"`
	Checks  int `json:"checks"`
	Passed  int `json:"passed"`
	acceptance.DashboardFigures
}

func main() {
	binary := flag.String("binary", "bin/atalaya", "the built program")
	pictures := flag.String("pictures", "docs/images/dashboard", "folder for the pictures of the dashboard")
	slack := flag.Int("slack", 1, "multiplies the bounds of time, for a machine that does other work beside")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	found, err := acceptance.RunDashboard(ctx, acceptance.Options{Binary: *binary, Root: ".", Progress: os.Stderr, Slack: *slack}, *pictures)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(result{found.Dashboard.Screens, found.Checks, found.Passed, found.Dashboard})
	if err != nil || found.Checks == 0 || found.Passed < found.Checks {
		os.Exit(1)
	}
}
