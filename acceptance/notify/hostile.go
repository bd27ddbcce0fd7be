package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"atalaya/internal/notify/double"
)

// hostileText is a member of an alert as a stranger may write it. shown is the part of it that people have to see,
// never what no message may contain. The reader drops some marks around a text; what it stored has to be shown whole.
type hostileText struct {
	member, value string
	shown         string
	never         string
}

func hostileTexts() []hostileText {
	return []hostileText{
		{"ticker", "TEL2_B", "TEL2_B", ""},
		{"indicator", `x *bold* _it_ [a](https://x.example) ~d~ ||s|| \back`, `*bold* _it_ [a](https://x.example) ~d~ ||s|| \back`, ""},
		{"indicator", `x <3 & "y" > 'z' &lt; &amp; </b> <b>&`, `<3 & "y" > 'z'`, ""},
		{"indicator", "@everyone @here <@U123> <@&99>", "@everyone @here", ""},
		{"indicator", "<!channel> <!here|x> <https://x.example|click>", "<!channel>", ""},
		{"indicator", "שלום مرحبا \u202Eexe.gnp", "exe.gnp", "\u202E"},
		{"indicator", strings.Repeat("🚀", 4000), strings.Repeat("🚀", 80), "\uFFFD"},
		{"indicator", "Evil\r\nBcc: victim@example.com\r\nSubject: pwned\r\n\r\nbody", "Bcc: victim@example.com", "\nBcc:"},
	}
}

// hostile sends alerts that try to be more than text through every kind of channel. Each has to arrive once and to
// be shown literally. The doubles refuse texts that mention somebody or break their markup, and mails with more
// headers than ours.
func (r *run) hostile(ctx context.Context) error {
	u, places, err := r.newTargets(ctx)
	if err != nil {
		return err
	}
	had := make([]int, len(places))
	for _, text := range hostileTexts() {
		alert := map[string]any{"ticker": "BTCUSDT", "price": 1, "direction": "LONG", "indicator": "Hostile"}
		alert[text.member] = text.value
		if _, err := r.send(ctx, u, alert); err != nil {
			return err
		}
		// Mail gathers signals for five minutes; here each has to go alone.
		if _, err := r.pool.Exec(ctx, "update public.notification_channels set resume_at = null where user_id = $1", u.id); err != nil {
			return err
		}
		if err := r.settled(ctx, 2*time.Minute); err != nil {
			return err
		}
		var stored string
		if err := r.pool.QueryRow(ctx, "select concat(indicator_name, e'\n', ticker) from public.trading_signals where user_id = $1 order by created_at desc, id desc limit 1", u.id).Scan(&stored); err != nil {
			return err
		}
		for i, at := range places {
			got := messagesTo(at.box, at.to)
			if len(got) != had[i]+1 {
				return fmt.Errorf("%s has %d messages after one more alert with %.40q, not %d", at.name, len(got), text.value, had[i]+1)
			}
			had[i] = len(got)
			r.checkHostile(at.name, got[len(got)-1], text, stored)
		}
	}
	return r.noneFailed(ctx)
}

// checkHostile compares what a message shows with what was stored of an alert, without control characters.
func (r *run) checkHostile(where string, m double.Message, text hostileText, stored string) {
	seen := m.Title + "\n" + m.Text
	if where == "webhook" {
		seen = strings.Join(valuesOf(m.Text), "\n")
	}
	parts := append(strings.FieldsFunc(stored, func(c rune) bool { return c == '\n' || c == '\r' || c == '\u202E' }), text.shown)
	missing := slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(seen, strings.TrimSpace(part)) })
	if missing || where != "webhook" && text.never != "" && strings.Contains(seen, text.never) {
		r.result.HostileWrong++
		r.say("%s shows %.60q, stored as %.100q, as %.300q", where, text.value, stored, seen)
		return
	}
	r.result.Hostile++
}

// valuesOf returns the texts of a JSON object of objects.
func valuesOf(body string) []string {
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return nil
	}
	var texts []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			texts = append(texts, v)
		case map[string]any:
			for _, member := range v {
				walk(member)
			}
		}
	}
	walk(v)
	return texts
}

// newTargets makes a user with a channel of every kind.
func (r *run) newTargets(ctx context.Context) (u user, places []destination, err error) {
	if u, err = r.newUser(ctx); err != nil {
		return u, nil, err
	}
	var address string
	if err := r.pool.QueryRow(ctx, "select email from auth.users where id = $1", u.id).Scan(&address); err != nil {
		return u, nil, err
	}
	bot, discord, hook, slackBot := "950:"+newSecret(), newSecret(), "T9500/B9500/"+newSecret()[:24], "xoxb-9500-"+newSecret()
	r.telegram.AddBot(bot, "hostile")
	r.telegram.AddChat("950")
	r.discord.AddWebhook("950", discord, false)
	r.slack.AddWebhook(hook)
	r.slack.AddBot(slackBot, "C0950000")
	for _, c := range []struct {
		kind, secret string
		settings     map[string]any
		at           destination
	}{
		{"telegram", bot, map[string]any{"chat_id": "950"}, destination{"telegram", r.telegram.Box, "950"}},
		{"discord", "https://discord.com/api/webhooks/950/" + discord, map[string]any{}, destination{"discord", r.discord.Box, "950/" + discord}},
		{"slack", "https://hooks.slack.com/services/" + hook, map[string]any{}, destination{"slack hook", r.slack.Box, hook}},
		{"slack", slackBot, map[string]any{"channel": "C0950000"}, destination{"slack bot", r.slack.Box, "C0950000"}},
		{"ntfy", "", map[string]any{"topic": "hostile"}, destination{"ntfy", r.ntfy.Box, "hostile"}},
		{"webhook", "", map[string]any{"url": r.hookURL + "/hostile"}, destination{"webhook", r.hook.Box, "/hostile"}},
		{"email", "", map[string]any{}, destination{"email", r.mail.Box, address}},
	} {
		if _, err := r.channel(ctx, u, c.kind, c.secret, "together", c.settings); err != nil {
			return u, nil, err
		}
		places = append(places, c.at)
	}
	return u, places, nil
}

// burst sends a hundred alerts at once to a Telegram group, which takes 20 messages a minute. Nothing else
// disturbs them: they have to arrive in order, gathered, without a single refusal.
func (r *run) burst(ctx context.Context) error {
	u, err := r.newUser(ctx)
	if err != nil {
		return err
	}
	const chat = "-100960"
	bot := "960:" + newSecret()
	r.telegram.AddBot(bot, "burst")
	r.telegram.AddChat(chat)
	if _, err := r.channel(ctx, u, "telegram", bot, "together", map[string]any{"chat_id": chat}); err != nil {
		return err
	}
	refused := r.telegram.Counts().Limited
	var want []string
	for i := range 100 {
		t := ticker(800_000 + i)
		if _, err := r.alert(ctx, u, t); err != nil {
			return err
		}
		want = append(want, t)
	}
	if err := r.settled(ctx, 5*time.Minute); err != nil {
		return err
	}
	got := messagesTo(r.telegram.Box, chat)
	digests := 0
	for i, m := range got {
		if strings.Contains(m.Text, "📬") {
			digests++
		}
		if i >= 20 && m.At.Sub(got[i-20].At) < time.Minute {
			r.result.RateLimitViolations++
			r.say("more than 20 messages a minute: %s and %s", got[i-20].At, m.At)
		}
	}
	if n := r.telegram.Counts().Limited - refused; n > 0 {
		r.result.RateLimitViolations += n
		r.say("the group refused %d messages", n)
	}
	if digests == 0 {
		return fmt.Errorf("%d messages of 100 alerts, and no digest among them", len(got))
	}
	r.judge("a burst to the group "+chat, got, want)
	return r.noneFailed(ctx)
}
