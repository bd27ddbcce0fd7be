package tradingview

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"time"

	"atalaya"
)

const (
	thumbnailWidth   = 320    // pixels
	thumbnailBytes   = 60_000 // a larger one is not kept
	thumbnailTimeout = 2 * time.Second
)

// illustrate adds a thumbnail of the page to a failure. If no picture can be taken, the failure stays as
// it is.
func illustrate(ctx context.Context, page Page, err error) {
	var failure *atalaya.CaptureError
	if !errors.As(err, &failure) || failure.Evidence == nil || crashed(err) || tooLarge(err) {
		return
	}
	bounded, cancel := context.WithTimeout(ctx, thumbnailTimeout)
	defer cancel()
	shot, err := page.Screenshot(bounded)
	if err != nil {
		return
	}
	if img, err := (&frame{png: shot}).pixels(); err == nil {
		failure.Evidence.Thumbnail = thumbnail(img)
	}
}

// thumbnail returns a small PNG of a picture, or nil if that is over thumbnailBytes. It takes the nearest
// pixels, which is enough to see what the page showed.
func thumbnail(img *image.RGBA) []byte {
	size := img.Rect.Size()
	if size.X == 0 || size.Y == 0 {
		return nil
	}
	width := min(thumbnailWidth, size.X)
	small := image.NewRGBA(image.Rect(0, 0, width, max(1, size.Y*width/size.X)))
	for y := range small.Rect.Dy() {
		for x := range width {
			from := img.Rect.Min.Add(image.Pt(x*size.X/width, y*size.Y/small.Rect.Dy()))
			small.SetRGBA(x, y, img.RGBAAt(from.X, from.Y))
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, small); err != nil || out.Len() > thumbnailBytes {
		return nil
	}
	return out.Bytes()
}
