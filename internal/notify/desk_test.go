package notify_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/limits"
	"atalaya/internal/notify"
	"atalaya/internal/notify/channel"
	"atalaya/internal/notify/double"
)

// sealNothing "seals" a secret as it is.
type sealNothing struct{ noKeys }

func (sealNothing) Seal(_ atalaya.UserID, _ atalaya.SecretColumn, plain string) (atalaya.Sealed, error) {
	return atalaya.Sealed(plain), nil
}

// An address must not be flooded with links that its owner never asked for.
func TestMailsToAnUnconfirmedAddressAreLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server, err := double.NewMail(double.NewBox(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	mail, err := channel.NewEmail(channel.EmailOptions{
		URL: "smtp://" + server.Addr(), From: "alerts@example.com", Unsubscribe: func(id atalaya.ChannelID) string { return "https://a.example/" + string(id) },
	})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	desk := notify.NewDesk(notify.DeskOptions{
		Rows: w.store, Sealer: sealNothing{}, Channels: map[atalaya.ChannelKind]notify.Channel{atalaya.ChannelEmail: mail}, Pictures: w,
		Limits: limits.New(limits.Options{Log: log}), PublicURL: "https://a.example", Log: log,
	})
	victim := func(name string) *atalaya.ChannelSettings {
		return &atalaya.ChannelSettings{Address: name + "@elsewhere.example"}
	}
	c, _, err := desk.Create(t.Context(), w.user, atalaya.ChannelChange{Kind: atalaya.ChannelEmail, Settings: victim("a")})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := range 12 { // by another request, another address and another channel in turn
		switch i % 3 {
		case 0:
			_, err = desk.Connect(t.Context(), w.user, c.ID)
		case 1:
			_, _, err = desk.Update(t.Context(), w.user, c.ID, atalaya.ChannelChange{Settings: victim(string(rune('b' + i)))})
		case 2:
			var other atalaya.NotificationChannel
			if other, _, err = desk.Create(t.Context(), w.user, atalaya.ChannelChange{Kind: atalaya.ChannelEmail, Settings: victim("z")}); err == nil {
				err = desk.Delete(t.Context(), w.user, other.ID)
			}
		}
		switch {
		case atalaya.CodeOf(err) == atalaya.CodeRateLimited:
			refused++
		case err != nil:
			t.Fatal(err)
		}
	}
	// An hour may end meanwhile, so up to twice the limit passes.
	if sent := len(server.Box.Messages()) + server.Copies(); sent < 5 || sent > 10 || refused < 3 || sent+refused != 13 {
		t.Errorf("%d mails were sent and %d refused, of 13", sent, refused)
	}
}

// oneChannel stores one channel and never changes it.
type oneChannel struct {
	notify.ChannelRows
	channel atalaya.NotificationChannel
}

func (o oneChannel) Channel(context.Context, atalaya.UserID, atalaya.ChannelID) (atalaya.NotificationChannel, error) {
	return o.channel, nil
}

// Mail channels stay in the database after the operator has removed SMTP_URL.
func TestChannelsOfAKindThatIsNotSetUpAnyMoreAreRefused(t *testing.T) {
	t.Parallel()
	channel := atalaya.NotificationChannel{
		Kind: atalaya.ChannelEmail, Origin: "own", Mode: atalaya.DeliverTogether, MaxWait: time.Minute, Language: "en",
		Events: []atalaya.NotificationEvent{atalaya.NotifySignal}, Pending: "code", Settings: atalaya.ChannelSettings{Address: "ana@example.com"},
	}
	if err := channel.Validate(); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	desk := notify.NewDesk(notify.DeskOptions{
		Rows: oneChannel{channel: channel}, Sealer: sealNothing{}, Channels: map[atalaya.ChannelKind]notify.Channel{}, Limits: limits.New(limits.Options{Log: log}), Log: log,
	})
	name := "renamed"
	if _, _, err := desk.Update(t.Context(), "", "", atalaya.ChannelChange{Name: &name}); atalaya.CodeOf(err) != atalaya.CodeConflict {
		t.Errorf("Update: %v, want a conflict", err)
	}
	if _, err := desk.Connect(t.Context(), "", ""); atalaya.CodeOf(err) != atalaya.CodeConflict {
		t.Errorf("Connect: %v, want a conflict", err)
	}
}
