package tradingview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"time"

	"atalaya"
)

const (
	maxClientBytes = 5_000_000 // of the page's own picture
	// clientSlack is how many pixels the page's own picture may be larger than the viewport, each way: it
	// has margins and a footer.
	clientSlack = 200
)

// clientShot is the page's own picture of the charts. A script has compared it with what the page shows.
type clientShot struct {
	PNG []byte `json:"png"`
	refusal
}

// clientCheck is a comparison of the page with its own picture a moment later.
type clientCheck struct {
	Seen    Evidence `json:"seen"`    // before the comparison
	Own     change   `json:"own"`     // of the picture
	Visibly change   `json:"visibly"` // of a sample of the canvases that the page shows
	After   struct { // the comparison, as Evidence has them
		Symbol      string `json:"symbol"`
		Interval    string `json:"interval"`
		LabelSymbol string `json:"label_symbol"`
	} `json:"after"`
	refusal
}

// refusal says why the page's own picture cannot be trusted.
type refusal struct {
	Refused string `json:"refused"` // "" if the picture can be trusted
	Passing bool   `json:"passing"` // it may be different a moment later
}

// change is how many of so many pixels changed.
type change struct {
	Pixels  int `json:"pixels"`
	Changed int `json:"changed"`
}

// errNoOffer is the error if the page has no API, and so no picture of its own.
var errNoOffer = errors.New("the page offers none")

// client takes the page's own picture of charts that show what was asked for. Nothing in the page's answer
// is trusted unchecked; the error says why the picture cannot be used. The verdict is Ready, or says why
// the chart may not be at rest.
func (c *capture) client(ctx context.Context, seen Evidence) (picture atalaya.Picture, verdict Verdict, err error) {
	if !seen.API.Present {
		return picture, verdict, errNoOffer
	}
	at := time.Now()
	var shot clientShot
	if passing, err := c.ask(ctx, c.visit.script.picture(), &shot, &shot.refusal); passing || err != nil {
		return picture, unsettled(shot.Refused), err
	}
	size, err := c.sizeOf(shot)
	if err != nil {
		return picture, verdict, err
	}
	own := &frame{png: shot.PNG}
	checked := make(chan error, 1)
	go func() { checked <- own.check(size) }() // while the page waits for its next frames
	var check clientCheck
	passing, err := c.ask(ctx, c.visit.script.confirmation(), &check, &check.refusal)
	if unfit := <-checked; err == nil {
		err = unfit
	}
	if passing || err != nil {
		return picture, unsettled(check.Refused), err
	}
	if pixels := size.X * size.Y; check.Own.Pixels != pixels {
		return picture, verdict, fmt.Errorf("it has %d pixels, of which the page compared %d", pixels, check.Own.Pixels)
	}
	check.bound()
	check.Seen.Status = c.status
	c.seen = &check.Seen
	if verdict = check.judge(seen, c.req); verdict.Outlook != Ready {
		return picture, verdict, nil
	}
	return c.finished(atalaya.SourceClient, own, size, at, seen), verdict, nil
}

// ask evaluates an expression in the page into out, of which refused is a part. passing reports that the
// answer may be different a moment later, which a capture allows a few times. Any other refusal is an
// error.
func (c *capture) ask(ctx context.Context, expression string, out any, refused *refusal) (passing bool, err error) {
	err = c.page.Eval(ctx, expression, out)
	if err != nil && (ctx.Err() != nil || crashed(err) || tooLarge(err)) {
		return false, err
	}
	if err != nil { // the page is being replaced, or its script failed
		*refused = refusal{Refused: err.Error(), Passing: true}
	}
	if refused.Refused = bounded(refused.Refused); refused.Refused == "" {
		return false, nil
	}
	if c.tries--; refused.Passing && c.tries > 0 {
		return true, nil
	}
	return false, errors.New(refused.Refused)
}

// judge returns the verdict Ready if the chart is still what it was before the picture. It depends only
// on the check and its arguments.
func (s *clientCheck) judge(before Evidence, req atalaya.CaptureRequest) Verdict {
	if v := Judge(s.Seen, req); v.Outlook != Ready {
		return v
	}
	if s.After.Symbol != before.API.Symbol || s.After.Interval != before.API.Interval || s.After.LabelSymbol != before.LabelSymbol {
		return unsettled(fmt.Sprintf("the chart went on to %q at %q", s.After.Symbol, s.After.Interval))
	}
	if !s.Own.small() || !s.Visibly.small() {
		return unsettled("two pictures differ: the chart still moves")
	}
	return Verdict{Outlook: Ready}
}

// small reports whether a live price may change so many pixels.
func (c change) small() bool { return atRest(c.Changed, c.Pixels) }

// bound clips the page's texts; see Evidence.bound.
func (s *clientCheck) bound() {
	s.Seen.bound()
	for _, text := range []*string{&s.After.Symbol, &s.After.Interval, &s.After.LabelSymbol} {
		*text = bounded(*text)
	}
}

// sizeOf returns the picture's size, or an error if no charts in the viewport can have that size. It reads
// the PNG's header before anything is decompressed: a small PNG can hold more pixels than there is memory.
func (c *capture) sizeOf(shot clientShot) (image.Point, error) {
	if len(shot.PNG) > maxClientBytes {
		return image.Point{}, errors.New("it is too large")
	}
	config, err := png.DecodeConfig(bytes.NewReader(shot.PNG))
	if err != nil {
		return image.Point{}, fmt.Errorf("read the page's picture: %w", err)
	}
	width, height := c.req.Resolution.Size()
	large := config.Width > width+clientSlack || config.Height > height+clientSlack
	if large || config.Width < width/2 || config.Height < height/3 {
		return image.Point{}, fmt.Errorf("it is %dx%d", config.Width, config.Height)
	}
	return image.Pt(config.Width, config.Height), nil
}
