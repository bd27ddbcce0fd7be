package chartsite

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// paint draws the ribbon of a drawing into a picture, as assets/drawing.js does.
func paint(img draw.Image, at image.Point, drawID uint32) {
	palette := ribbonPalette()
	for i, block := range ribbonOf(drawID) {
		square := image.Rect(0, 0, ribbonBlock, ribbonBlock).Add(at).Add(image.Pt(i*ribbonBlock, 0))
		draw.Draw(img, square, image.NewUniform(palette[block]), image.Point{}, draw.Src)
	}
}

func noisy(img draw.Image, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			// Half of the noise has the ribbon's own colours.
			c := ribbonPalette()[random.IntN(4)]
			if random.IntN(2) == 0 {
				c = color.RGBA{R: uint8(random.Uint32()), G: uint8(random.Uint32()), B: uint8(random.Uint32()), A: 0xff}
			}
			img.Set(x, y, c)
		}
	}
}

func TestReadRibbonFindsAnyIDAnywhereInAnyKindOfPicture(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bounds := image.Rect(3, 5, 203, 65)
		var img draw.Image = image.NewNRGBA(bounds)
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 1:
			img = image.NewRGBA(bounds)
		case 2:
			img = image.NewRGBA64(bounds)
		}
		noisy(img, rapid.Uint64().Draw(t, "noise"))
		id := rapid.Uint32().Draw(t, "id")
		at := image.Pt(
			rapid.IntRange(bounds.Min.X, bounds.Max.X-ribbonBlocks*ribbonBlock).Draw(t, "x"),
			rapid.IntRange(bounds.Min.Y, bounds.Max.Y-ribbonBlock).Draw(t, "y"),
		)
		paint(img, at, id)
		if got, ok := ReadRibbon(img); !ok || got != id {
			t.Fatalf("read %d, %v; painted %d at %v", got, ok, id, at)
		}
	})
}

func TestReadRibbonRefusesADamagedRibbon(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		img := image.NewRGBA(image.Rect(0, 0, 160, 20))
		paint(img, image.Pt(9, 7), rapid.Uint32().Draw(t, "id"))
		x := 9 + rapid.IntRange(0, ribbonBlocks*ribbonBlock-1).Draw(t, "x")
		y := 7 + rapid.IntRange(0, ribbonBlock-1).Draw(t, "y")
		img.Set(x, y, color.RGBA{R: 0xef, G: 0x53, B: 0x50, A: 0xff})
		if id, ok := ReadRibbon(img); ok {
			t.Fatalf("read %d from a ribbon with a hole at %d,%d", id, x, y)
		}
	})
}

func TestReadRibbonFindsNothingInSmallEmptyAndNoisyPictures(t *testing.T) {
	t.Parallel()
	noise := image.NewRGBA(image.Rect(0, 0, 400, 300))
	noisy(noise, 7)
	for name, img := range map[string]image.Image{
		"empty": image.NewRGBA(image.Rectangle{}),
		"small": image.NewRGBA(image.Rect(0, 0, 20, 3)),
		"black": image.NewNRGBA(image.Rect(0, 0, 400, 300)),
		"noise": noise,
	} {
		if id, ok := ReadRibbon(img); ok {
			t.Errorf("%s: read %d", name, id)
		}
	}
}

func BenchmarkReadRibbonAt4K(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 3840, 2160))
	paint(img, image.Pt(3600, 2100), 42)
	for b.Loop() {
		if _, ok := ReadRibbon(img); !ok {
			b.Fatal("no ribbon")
		}
	}
}
