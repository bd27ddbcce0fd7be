package notify

import (
	"fmt"
	"regexp"
	"strings"

	"atalaya/internal/notify/double"
)

// ticker returns a ticker by which the signal of a number is found in a message.
func ticker(i int) string { return fmt.Sprintf("TKR%06d", i) }

var tickerForm = regexp.MustCompile(`TKR\d{6}`)

func messagesTo(box *double.Box, to string) []double.Message {
	var list []double.Message
	for _, m := range box.Messages() {
		if m.To == to {
			list = append(list, m)
		}
	}
	return list
}

// judge compares the messages of a destination with the tickers that it had to receive, oldest first.
func (r *run) judge(destination string, messages []double.Message, want []string) {
	r.result.Channels++
	r.result.Signals += len(want)
	place := make(map[string]int, len(want))
	for i, t := range want {
		place[t] = i
	}
	first, marked := map[string]int{}, map[string]int{}
	last := -1
	for _, m := range messages {
		text := m.Title + "\n" + m.Text
		repeat := strings.Contains(text, "possible repeat")
		seen := map[string]bool{}
		for _, t := range tickerForm.FindAllString(text, -1) {
			if seen[t] { // a webhook's body names its ticker in several members
				continue
			}
			seen[t] = true
			if repeat {
				marked[t]++
				continue
			}
			first[t]++
			at, known := place[t]
			if !known || at < last {
				r.result.OrderViolations++
				r.say("%s: %s is out of order, or belongs to somebody else", destination, t)
			}
			last = max(last, at)
		}
	}
	for _, t := range want {
		r.result.RepeatsMarked += marked[t]
		if first[t]+marked[t] > 0 {
			r.result.Sent++
		} else {
			r.result.Lost++
			r.say("%s: %s is lost", destination, t)
		}
		if first[t] > 1 || marked[t] > 1 {
			r.result.DoubledUnmarked++
			r.say("%s: %s came %d times, and %d times as a possible repeat", destination, t, first[t], marked[t])
		}
	}
}

// searchLogs looks for every secret of the run in what the program printed.
func (r *run) searchLogs() {
	logs := r.logs()
	if !strings.Contains(logs, "a notification was not accepted") {
		r.result.SecretsInLogs++
		r.say("the log does not say that anything failed: the search would find nothing")
	}
	for _, secret := range r.secrets {
		if strings.Contains(logs, secret) {
			r.result.SecretsInLogs++
			r.say("a secret that begins with %q is in the log", secret[:4])
		}
	}
}
