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

// clientBytes bounds the page's own picture.
const clientBytes = 5_000_000

// clientShot is the page's own picture of the chart, which the page has compared with what it shows, and
// with a picture taken a moment later.
type clientShot struct {
	PNG      []byte   `json:"png"`
	Seen     Evidence `json:"seen"`    // between the two pictures
	Pixels   int      `json:"pixels"`  // of the picture
	Changed  int      `json:"changed"` // of these, in the later one
	Symbol   string   `json:"symbol"`  // after both; "" where the page's API does not say
	Interval string   `json:"interval"`
	Refused  string   `json:"refused"` // why there is none
}

// client takes the page's own picture of a chart that shows what was asked. An error says why there is
// none to be trusted; the page itself is a site's, so nothing in its answer is. It is not ok where the
// chart went on meanwhile, or moved.
func (c *capture) client(ctx context.Context, seen Evidence) (picture atalaya.Picture, ok bool, err error) {
	if !seen.API {
		return picture, false, errors.New("the page offers none")
	}
	at := time.Now()
	var shot clientShot
	if err := c.page.Eval(ctx, wanted("picture"), &shot); err != nil {
		return picture, false, err
	}
	if shot.bound(); shot.Refused != "" {
		return picture, false, errors.New(shot.Refused)
	}
	size, err := c.sizeOf(shot)
	if err != nil {
		return picture, false, err
	}
	shot.Seen.Status = c.status
	if v := shot.judge(seen, c.req); v.Outlook != Ready {
		c.tell(v.Step, v.Detail)
		return picture, false, nil
	}
	own := &frame{png: shot.PNG}
	if err := own.check(size); err != nil {
		return picture, false, err
	}
	return c.finished(atalaya.SourceClient, own, size, at, seen), true, nil
}

// judge says whether the chart stayed what it was when it was seen before the pictures. It depends on
// its arguments alone.
func (s *clientShot) judge(before Evidence, req atalaya.CaptureRequest) Verdict {
	if v := Judge(s.Seen, req); v.Outlook != Ready {
		return v
	}
	if s.Symbol != before.Symbol || s.Interval != before.Interval {
		return Verdict{Waiting, atalaya.CaptureNotPainted, "picture", fmt.Sprintf("the chart went on to %q at %q", s.Symbol, s.Interval)}
	}
	if !atRest(s.Changed, s.Pixels) {
		return Verdict{Waiting, atalaya.CaptureNotPainted, "picture", "two pictures differ: the chart still moves"}
	}
	return Verdict{Outlook: Ready}
}

// bound clips what the page says; see Evidence.bound.
func (s *clientShot) bound() {
	s.Seen.bound()
	for _, text := range []*string{&s.Symbol, &s.Interval, &s.Refused} {
		*text = bounded(*text)
	}
}

// sizeOf gives the picture's size where that can be a chart's in the viewport. It is asked of the PNG
// itself, before anything is unpacked: a small one can stand for more pixels than there is memory.
func (c *capture) sizeOf(shot clientShot) (image.Point, error) {
	if len(shot.PNG) > clientBytes {
		return image.Point{}, errors.New("it is too large")
	}
	config, err := png.DecodeConfig(bytes.NewReader(shot.PNG))
	if err != nil {
		return image.Point{}, fmt.Errorf("read the page's picture: %w", err)
	}
	width, height := c.req.Resolution.Size()
	if config.Width > width || config.Height > height || config.Width < width/2 || config.Height < height/2 {
		return image.Point{}, fmt.Errorf("it is %dx%d", config.Width, config.Height)
	}
	if config.Width*config.Height != shot.Pixels {
		return image.Point{}, fmt.Errorf("it has %d pixels, of which the page compared %d", config.Width*config.Height, shot.Pixels)
	}
	return image.Pt(config.Width, config.Height), nil
}
