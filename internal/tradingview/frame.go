package tradingview

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
)

const (
	// liveShare is the largest share of changed pixels at which two frames count as equal. A live price
	// changes that many: its label, the open candle, the legend's numbers. A chart that is still painting
	// changes far more.
	liveShare = 0.0025
	// blankShare is the share of one colour from which a picture counts as blank. Even a thin chart on a
	// plain background stays well below.
	blankShare = 0.998
)

// frame is one screenshot, decoded when first looked into.
type frame struct {
	png   []byte
	image *image.RGBA
}

// pixels decodes the frame.
func (f *frame) pixels() (*image.RGBA, error) {
	if f.image != nil {
		return f.image, nil
	}
	img, err := png.Decode(bytes.NewReader(f.png))
	if err != nil {
		return nil, fmt.Errorf("decode the screenshot: %w", err)
	}
	f.image = opaque(img)
	return f.image, nil
}

// opaque returns the pixels of a screenshot as RGBA. It copies them only if they have another layout.
func opaque(img image.Image) *image.RGBA {
	switch m := img.(type) {
	case *image.RGBA:
		return m
	case *image.NRGBA:
		if m.Opaque() { // then both layouts are the same
			return &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
		}
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// settled reports whether two frames differ by no more than what a live price changes.
func settled(a, b *frame) (bool, error) {
	if bytes.Equal(a.png, b.png) {
		return true, nil
	}
	before, err := a.pixels()
	if err != nil {
		return false, err
	}
	after, err := b.pixels()
	if err != nil {
		return false, err
	}
	if before.Rect.Size() != after.Rect.Size() {
		return false, nil
	}
	changed := 0
	for y := range before.Rect.Dy() {
		was, is := row(before, y), row(after, y)
		if bytes.Equal(was, is) {
			continue
		}
		for x := 0; x < len(was); x += 4 {
			if [4]byte(was[x:]) != [4]byte(is[x:]) {
				changed++
			}
		}
	}
	return atRest(changed, before.Rect.Dx()*before.Rect.Dy()), nil
}

// atRest reports whether no more pixels changed than a live price changes. With no pixels compared it
// returns false.
func atRest(changed, pixels int) bool {
	return pixels > 0 && changed >= 0 && float64(changed) <= liveShare*float64(pixels)
}

// check returns an error unless the picture has exactly this size and is not blank.
func (f *frame) check(want image.Point) error {
	img, err := f.pixels()
	if err != nil {
		return err
	}
	if size := img.Rect.Size(); size != want {
		return fmt.Errorf("the screenshot is %dx%d, not %dx%d", size.X, size.Y, want.X, want.Y)
	}
	if blank(img) {
		return errors.New("the screenshot is blank")
	}
	return nil
}

// blank reports whether nearly all of a picture is one colour. It looks at every third pixel of every
// third row, which finds lines of any direction.
func blank(img *image.RGBA) bool {
	counts := map[[4]byte]int{}
	total, most := 0, 0
	for y := 0; y < img.Rect.Dy(); y += 3 {
		line := row(img, y)
		for x := 0; x < len(line); x += 12 {
			c := [4]byte(line[x:])
			counts[c]++
			most = max(most, counts[c])
			total++
		}
	}
	return float64(most) >= blankShare*float64(total)
}

// row returns the bytes of a row, four a pixel.
func row(img *image.RGBA, y int) []byte {
	return img.Pix[y*img.Stride : y*img.Stride+4*img.Rect.Dx()]
}
