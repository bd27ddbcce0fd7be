package notify

import (
	"context"
	"path"
	"time"

	"atalaya"
)

const (
	// maxRun bounds the messages that one claim sends, so that channels take turns.
	maxRun = 30
	// recordPatience bounds the attempts to write an outcome. A row whose outcome cannot be written stays in state
	// sending, and is found again there.
	recordPatience = 20 * time.Second
)

// drain sends the messages that are due at a channel, one at a time, until none is due or the channel has to wait.
func (s *Service) drain(claiming, sending context.Context, c Claim) {
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.rows.ReleaseChannel(ctx, c); err != nil {
			s.log.WarnContext(ctx, "a channel's lease could not be released; it expires", "error", err)
		}
	}()
	for range maxRun {
		if claiming.Err() != nil || !s.next(sending, &c) {
			return
		}
	}
}

// next takes one step at a channel. more is false if the channel has to wait or nothing is due.
func (s *Service) next(ctx context.Context, c *Claim) (more bool) {
	due, err := s.rows.DueNotifications(ctx, *c)
	if err != nil {
		s.log.WarnContext(ctx, "could not read what is due at a channel", "channel", c.ID, "error", err)
		return false
	}
	traits := s.channels[c.Kind].Traits()
	step := plan(due, traits, s.options.MaxAge, s.options.RepeatAfter)
	switch step.action {
	case doNothing:
		return false
	case doSettle:
		return s.record(*c, Ending{Rows: step.endings, Channel: ChannelEnding{Pause: step.rest, Refusals: c.Refusals}}) && step.rest <= 0
	case doEdit, doSend, doDigest, doLate:
	}
	ids := make([]atalaya.NotificationID, len(step.rows))
	for i, row := range step.rows {
		ids[i] = row.ID
	}
	switch ok, err := s.rows.BeginSending(ctx, *c, ids, s.options.Lease); {
	case err != nil: // it may be committed all the same
		s.undo(*c, step.rows)
		return false
	case !ok:
		return false
	}
	for i := range step.rows {
		step.rows[i].Attempts++
	}
	ending := s.send(ctx, *c, step, due, traits)
	c.Refusals = ending.Channel.Refusals
	if ending.Channel.Settings != nil {
		c.Settings = *ending.Channel.Settings
	}
	recorded := s.record(*c, ending)
	if pause := ending.Channel.Pause; pause > 0 && pause < time.Minute {
		time.AfterFunc(pause, s.Wake) // sooner than the next poll
	}
	return recorded && ending.Channel.Pause <= 0 && ending.Channel.Status != atalaya.ChannelBroken
}

// send makes the request of a step and concludes.
func (s *Service) send(ctx context.Context, c Claim, step step, due DueList, traits Traits) Ending {
	l := limits{repeatAfter: s.options.RepeatAfter, random: spread, refusals: c.Refusals}
	to, failure := s.destination(c, due)
	m := s.compose(ctx, c, step, due, traits)
	var r Result
	begun := time.Now()
	ctx, done := s.options.Trace(ctx, c.Kind, step.signals())
	switch {
	case failure != nil:
		r = *failure
	case step.action == doEdit:
		r = s.channels[c.Kind].Edit(ctx, to, step.rows[0].ExternalID, m)
	default:
		r = s.channels[c.Kind].Send(ctx, to, m)
	}
	done(r.Verdict.String())
	s.meter.Notified(string(c.Kind), r.Verdict.String(), time.Since(begun))
	s.logFailure(ctx, c, r)
	if step.action == doEdit {
		return concludeEdit(step.rows[0], r, traits, l)
	}
	if r.Verdict == Sent && step.action == doSend {
		s.meter.NotificationDelay(max(0, due.Now.Sub(step.rows[0].NotBefore)) + time.Since(begun))
	}
	ending := conclude(step.rows, r, traits, l)
	if step.action == doLate {
		late(ending.Rows, r)
	}
	return ending
}

// late marks the rows of a digest that was delivered too late as expired. If it was not delivered, their endings stay
// as they are.
func late(rows []RowEnding, r Result) {
	if r.Verdict != Sent {
		return
	}
	for i := range rows {
		rows[i].State, rows[i].Code, rows[i].Picture = atalaya.NotificationExpired, "too_old", atalaya.PictureNone
	}
}

// compose writes the message of a step, with its picture.
func (s *Service) compose(ctx context.Context, c Claim, step step, due DueList, traits Traits) Message {
	zone, err := time.LoadLocation(due.Zone)
	if err != nil {
		zone = time.UTC // the database knows zones that this machine does not
	}
	reader := Reader{Language: c.Language, Zone: zone, Edits: traits.Edits, Now: due.Now}
	if sent := step.rows[0].SentAt; step.action == doEdit && sent != nil {
		reader.Now = *sent // the text stays as it was sent
	}
	for i, row := range step.rows {
		if row.Signal != nil {
			step.rows[i].Signal = s.withAddress(ctx, row.Signal)
		}
	}
	first := step.rows[0]
	switch {
	case step.action == doDigest, step.action == doLate:
		total := due.Total
		if step.action == doDigest {
			total = len(step.rows)
		}
		return composeDigest(step.rows, total, reader, step.action == doLate)
	case first.Event != atalaya.NotifySignal:
		return composeNotice(first.Notification, first.Signal, reader)
	}
	m := composeSignal(string(first.ID), first.Signal, reader, first.Unknown > 0 && !traits.Idempotent)
	m.Picture, m.Left = s.picture(ctx, first.Signal), first.ExternalID
	return m
}

// withAddress gives a signal the address at which people can open its picture now.
func (s *Service) withAddress(ctx context.Context, signal *atalaya.Signal) *atalaya.Signal {
	shown := *signal
	shown.ScreenshotURL = nil
	if address := s.pictures.Address(ctx, signal); address != "" {
		shown.ScreenshotURL = &address
	}
	return &shown
}

// picture returns a signal's screenshot. It returns nil if there is none or the storage does not answer; the
// message then carries only the link.
func (s *Service) picture(ctx context.Context, signal *atalaya.Signal) *Picture {
	if signal.ScreenshotStatus != atalaya.ScreenshotCompleted || signal.ScreenshotPath == nil {
		return nil
	}
	png, err := s.pictures.Picture(ctx, *signal.ScreenshotPath)
	if err != nil {
		s.log.WarnContext(ctx, "a picture could not be read for a notification, which goes without it", "signal", signal.ID, "error", err)
		return nil
	}
	p := &Picture{PNG: png, Name: path.Base(*signal.ScreenshotPath)}
	if signal.ScreenshotWidth != nil && signal.ScreenshotHeight != nil {
		p.Width, p.Height = int(*signal.ScreenshotWidth), int(*signal.ScreenshotHeight)
	}
	return p
}

// destination opens a channel's secret. A classic bot token may still be plain text.
func (s *Service) destination(c Claim, due DueList) (Destination, *Result) {
	to := Destination{ID: c.ID, UserID: c.UserID, Settings: c.Settings, AsFile: c.AsFile}
	if c.Kind == atalaya.ChannelEmail && to.Settings.Address == "" {
		to.Settings.Address = due.Email
		if due.Email == "" {
			return to, &Result{Verdict: Broken, Code: "no_address", Detail: "the account has no confirmed mail address"}
		}
	}
	secret, err := openSecret(s.keys, c)
	if err != nil {
		return to, &Result{Verdict: Broken, Code: "secret_unreadable", Detail: "the stored secret cannot be opened: save it again"}
	}
	to.Secret = secret
	return to, nil
}

// openSecret returns a channel's secret in plain text. A classic secret may be stored as plain text.
func openSecret(keys Keys, c Claim) (string, error) {
	if c.Secret == "" || c.Column != atalaya.ColumnChannelSecret && keys.Plain(c.Secret) {
		return c.Secret.Reveal(), nil
	}
	return keys.Open(c.UserID, c.Column, c.Secret)
}

// record writes an ending. Rows whose ending cannot be written are sent again.
func (s *Service) record(c Claim, ending Ending) (ok bool) {
	err := insist(func(ctx context.Context) error { return s.rows.EndSending(ctx, c, ending) })
	if err != nil {
		s.log.Error("the outcome of a notification could not be written; it may be sent once more, marked as a possible repeat", "channel", c.ID, "error", err)
	}
	return err == nil
}

// undo takes back what BeginSending may have written: nothing was sent.
func (s *Service) undo(c Claim, begun []Due) {
	if err := insist(func(ctx context.Context) error { return s.rows.UndoSending(ctx, c, begun) }); err != nil {
		s.log.Warn("a notification that was not sent may be marked as a possible repeat", "channel", c.ID, "error", err)
	}
}

// insist repeats a write until it succeeds or recordPatience has passed.
func insist(write func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), recordPatience)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := write(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
