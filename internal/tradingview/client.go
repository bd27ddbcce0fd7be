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
	// clientSlack is by how many pixels the page's own picture may be larger than the viewport: it pads the
	// charts, and puts a footer below them.
	clientSlack = 200
)

// clientShot is the page's own picture of the charts, which the page has compared with what it shows.
type clientShot struct {
	PNG []byte `json:"png"`
	refusal
}

// clientCheck is how the page compares with its picture a moment later.
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

// refusal is why the page gives no picture to be trusted.
type refusal struct {
	Refused string `json:"refused"` // "" if it gives one
	Passing bool   `json:"passing"` // it may give one a moment later
}

// change is how many of so many pixels changed.
type change struct {
	Pixels  int `json:"pixels"`
	Changed int `json:"changed"`
}

// errNoOffer is the error of a page that has no API.
var errNoOffer = errors.New("the page offers none")

// client takes the page's own picture of charts that show what was asked. An error says why there is
// none to be trusted; the page itself is a site's, so nothing in its answer is. The verdict is Ready,
// or says why the picture is not known to show a chart at rest.
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
	go func() { checked <- own.check(size) }() // while the page has its moment
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

// ask has the page answer into out, of which refused is a part. What may be otherwise a moment later is
// passing, a few times in a capture; anything else that is refused is an error.
func (c *capture) ask(ctx context.Context, expression string, out any, refused *refusal) (passing bool, err error) {
	err = c.page.Eval(ctx, expression, out)
	if err != nil && (ctx.Err() != nil || crashed(err) || tooLarge(err)) {
		return false, err
	}
	if err != nil { // it is just being replaced, or its script failed
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

// judge reports whether the chart stayed what it was when it was seen before the picture. It depends on
// its arguments alone.
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

// small reports whether it is no more than a live price moves.
func (c change) small() bool { return atRest(c.Changed, c.Pixels) }

// bound clips what the page says; see Evidence.bound.
func (s *clientCheck) bound() {
	s.Seen.bound()
	for _, text := range []*string{&s.After.Symbol, &s.After.Interval, &s.After.LabelSymbol} {
		*text = bounded(*text)
	}
}

// sizeOf returns the picture's size if that can be a chart's in the viewport. It is asked of the PNG
// itself, before anything is unpacked: a small one can stand for more pixels than there is memory.
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
