package tradingview

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// drawn returns a frame of one colour with rectangles of another.
func drawn(t *testing.T, width, height int, marks ...image.Rectangle) *frame {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetNRGBA(x, y, color.NRGBA{20, 24, 35, 255})
		}
	}
	for _, m := range marks {
		for y := m.Min.Y; y < m.Max.Y; y++ {
			for x := m.Min.X; x < m.Max.X; x++ {
				img.SetNRGBA(x, y, color.NRGBA{38, 166, 154, 255})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return &frame{png: out.Bytes()}
}

func TestFramesThatDifferInALivePriceAreEqual(t *testing.T) {
	t.Parallel()
	still := drawn(t, 1280, 720)
	for name, c := range map[string]struct {
		frame *frame
		want  bool
	}{
		"the same":            {drawn(t, 1280, 720), true},
		"a price label moved": {drawn(t, 1280, 720, image.Rect(1200, 300, 1260, 320), image.Rect(1100, 250, 1108, 300)), true},
		"candles appeared":    {drawn(t, 1280, 720, image.Rect(100, 100, 900, 110)), false},
		"another size":        {drawn(t, 1280, 719), false},
	} {
		got, err := settled(still, c.frame)
		if err != nil || got != c.want {
			t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
		}
	}
}

func TestAPictureMustHaveItsSizeAndShowSomething(t *testing.T) {
	t.Parallel()
	lines := []image.Rectangle{image.Rect(0, 100, 1280, 103), image.Rect(300, 0, 303, 720)}
	for name, c := range map[string]struct {
		frame *frame
		good  bool
	}{
		"a thin chart":     {drawn(t, 1280, 720, lines...), true},
		"nothing":          {drawn(t, 1280, 720), false},
		"next to nothing":  {drawn(t, 1280, 720, image.Rect(10, 10, 30, 30)), false},
		"one row too few":  {drawn(t, 1280, 719, lines...), false},
		"scaled":           {drawn(t, 1920, 1080, lines...), false},
		"cut short":        {&frame{png: drawn(t, 1280, 720, lines...).png[:200]}, false},
		"no picture":       {&frame{png: []byte("<html>")}, false},
		"nothing received": {&frame{}, false},
	} {
		if err := c.frame.check(image.Pt(1280, 720)); (err == nil) != c.good {
			t.Errorf("%s: check returned %v, want good %v", name, err, c.good)
		}
	}
}
