package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"atalaya"
	"atalaya/internal/notify/double"
	"atalaya/internal/postgres"
)

// demoTopic is the ntfy topic of the demo user's channel.
const demoTopic = "demo"

// inbox stands in for ntfy beside `atalaya dev`, with a page that shows what a phone would.
type inbox struct {
	url    string
	server *http.Server
	ended  chan error
}

// startInbox serves an inbox on a free port of this machine until stop.
func startInbox() (*inbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the inbox cannot listen: %w", err)
	}
	i := &inbox{
		url: "http://" + listener.Addr().String(), ended: make(chan error, 1),
		server: &http.Server{Handler: double.NewInbox(double.NewBox()), ReadHeaderTimeout: 5 * time.Second},
	}
	go func() { i.ended <- i.server.Serve(listener) }()
	return i, nil
}

// stop ends the inbox; what it showed is gone.
func (i *inbox) stop() error {
	err := i.server.Close()
	if ended := <-i.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// subscribeDemo gives the demo user a channel to the inbox, unless there are channels already.
func subscribeDemo(ctx context.Context, store *postgres.Store, user atalaya.UserID) error {
	channels, err := store.Channels(ctx, user)
	if err != nil || len(channels) > 0 {
		return err
	}
	_, err = store.CreateChannel(ctx, atalaya.NotificationChannel{
		UserID: user, Kind: atalaya.ChannelNtfy, Name: "Inbox", Origin: "own", Enabled: true, Mode: atalaya.DeliverTogether, MaxWait: time.Minute, Language: "en",
		Events:   []atalaya.NotificationEvent{atalaya.NotifySignal, atalaya.NotifyTrouble, atalaya.NotifyQuota},
		Settings: atalaya.ChannelSettings{Topic: demoTopic},
	}, "")
	return err
}
