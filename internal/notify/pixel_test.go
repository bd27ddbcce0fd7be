package notify_test

import (
	"bytes"
	"image"
	"image/png"
)

// onePixel returns a PNG of one pixel.
func onePixel() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1)))
	return b.Bytes()
}
