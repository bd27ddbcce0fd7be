package tradingview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
)

// clientBytes bounds the page's own picture.
const clientBytes = 5_000_000

// clientShot is the page's own picture of the chart, which the page has compared with what it shows.
type clientShot struct {
	PNG      []byte `json:"png"`
	Symbol   string `json:"symbol"` // after the picture; "" where the page's API does not say
	Interval string `json:"interval"`
	Refused  string `json:"refused"` // why there is none
}

// client takes the page's own picture of a chart that was found to be settled. An error says why
// there is none to be trusted; the page itself is a site's, so nothing in its answer is.
func (c *capture) client(ctx context.Context, seen Evidence) (*frame, image.Point, error) {
	if c.visit.viewportOnly || !seen.API {
		return nil, image.Point{}, errors.New("the page offers none")
	}
	var shot clientShot
	if err := c.page.Eval(ctx, wanted("picture"), &shot); err != nil {
		return nil, image.Point{}, err
	}
	for _, text := range []*string{&shot.Symbol, &shot.Interval, &shot.Refused} {
		*text = bounded(*text)
	}
	switch {
	case shot.Refused != "":
		return nil, image.Point{}, errors.New(shot.Refused)
	case shot.Symbol != seen.Symbol || shot.Interval != seen.Interval:
		return nil, image.Point{}, fmt.Errorf("the chart went on to %q at %q", shot.Symbol, shot.Interval)
	case len(shot.PNG) > clientBytes:
		return nil, image.Point{}, errors.New("it is too large")
	}
	// The size first: a small PNG can stand for more pixels than there is memory.
	config, err := png.DecodeConfig(bytes.NewReader(shot.PNG))
	if err != nil {
		return nil, image.Point{}, fmt.Errorf("read the page's picture: %w", err)
	}
	width, height := c.req.Resolution.Size()
	if config.Width > width || config.Height > height || config.Width < width/2 || config.Height < height/2 {
		return nil, image.Point{}, fmt.Errorf("it is %dx%d", config.Width, config.Height)
	}
	size := image.Pt(config.Width, config.Height)
	picture := &frame{png: shot.PNG}
	return picture, size, picture.check(size)
}
