package notify

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"atalaya/internal/notify/double"
)

// disturbance makes every tenth request of a destination lose its answer, and asks every twentieth to wait.
type disturbance struct {
	mu sync.Mutex
	n  map[string]int
}

func (d *disturbance) fault(r *http.Request) double.Fault {
	if r.Method != http.MethodPost || strings.HasSuffix(r.URL.Path, "/getMe") {
		return double.None
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n[r.URL.Path]++
	switch n := d.n[r.URL.Path]; {
	case n%20 == 9: // never the request after a lost one: a webhook is tried a third time after 5 minutes
		return double.Busy
	case n%10 == 4:
		return double.LoseAnswer
	}
	return double.None
}

// disturbed is a user with five channels, and where their messages are found.
type disturbed struct {
	user
	want         []string
	destinations []destination
}

type destination struct {
	name string
	box  *double.Box
	to   string
}

// disturb sends many signals to channels of five kinds, through two replicas. Meanwhile a tenth of the answers is lost,
// and a twentieth says to wait. Then it sends a burst to a group.
func (r *run) disturb(ctx context.Context) error {
	d := &disturbance{n: map[string]int{}}
	for _, s := range []interface {
		Fault(f func(*http.Request) double.Fault)
	}{r.telegram, r.discord, r.slack, r.ntfy, r.hook} {
		s.Fault(d.fault)
		defer s.Fault(nil)
	}
	var users []*disturbed
	for i := range r.opt.Users {
		u, err := r.newDisturbed(ctx, i)
		if err != nil {
			return err
		}
		users = append(users, u)
	}
	group, sending := errgroup.WithContext(ctx)
	for i, u := range users {
		group.Go(func() error {
			for k := range r.opt.Signals {
				t := ticker(100_000 + i*r.opt.Signals + k)
				if _, err := r.alert(sending, u.user, t); err != nil {
					return err
				}
				u.want = append(u.want, t)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	r.say("%d signals are stored", r.opt.Users*r.opt.Signals)
	if err := r.settled(ctx, 10*time.Minute); err != nil {
		return err
	}
	for _, u := range users {
		for _, at := range u.destinations {
			r.judge(at.name+" "+at.to, messagesTo(at.box, at.to), u.want)
		}
	}
	r.say("%d copies of webhooks had the id of an earlier one", r.hook.Copies())
	return r.noneFailed(ctx)
}

// newDisturbed makes a user with channels of five kinds. Every second user's Telegram chat is a group.
func (r *run) newDisturbed(ctx context.Context, i int) (*disturbed, error) {
	u, err := r.newUser(ctx)
	if err != nil {
		return nil, err
	}
	chat := fmt.Sprint(4000 + i)
	if i%2 == 1 {
		chat = "-100" + chat
	}
	bot, discord, slack, topic, path := fmt.Sprintf("%d:%s", 1000+i, newSecret()), newSecret(), fmt.Sprintf("T%04d/B%04d/%s", i, i, newSecret()[:24]), fmt.Sprint("topic-", i), fmt.Sprint("/hooks/", i)
	r.telegram.AddBot(bot, fmt.Sprint("bot", i))
	r.telegram.AddChat(chat)
	hook := fmt.Sprint(7000 + i)
	r.discord.AddWebhook(hook, discord, false)
	r.slack.AddWebhook(slack)
	r.secrets = append(r.secrets, discord, slack)
	for _, c := range []struct {
		kind, secret string
		settings     map[string]any
	}{
		{"telegram", bot, map[string]any{"chat_id": chat}}, {"discord", "https://discord.com/api/webhooks/" + hook + "/" + discord, nil},
		{"slack", "https://hooks.slack.com/services/" + slack, nil}, {"ntfy", "", map[string]any{"topic": topic}}, {"webhook", "", map[string]any{"url": r.hookURL + path}},
	} {
		if c.settings == nil {
			c.settings = map[string]any{}
		}
		if _, err := r.channel(ctx, u, c.kind, c.secret, "asap", c.settings); err != nil {
			return nil, err
		}
	}
	return &disturbed{user: u, destinations: []destination{
		{"telegram", r.telegram.Box, chat}, {"discord", r.discord.Box, hook + "/" + discord}, {"slack", r.slack.Box, slack}, {"ntfy", r.ntfy.Box, topic}, {"webhook", r.hook.Box, path},
	}}, nil
}
