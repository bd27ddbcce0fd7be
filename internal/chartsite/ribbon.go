package chartsite

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"iter"
	"slices"
)

// The ribbon is a strip of small coloured blocks at the bottom left of the chart's first pane. It
// carries, two bits a block, the id of the drawing: 8 blocks that mark its start, 16 of the id,
// most significant first, and 8 of the upper half of the id's CRC-32. A block is a square of
// ribbonBlock pixels at whole pixels, so it survives in any lossless picture that is not scaled.
const (
	ribbonBlock  = 4 // pixels
	ribbonBlocks = 8 + 16 + 8

	// ribbonTolerance is how far a channel may be off, because browsers may round colours. The colours of the
	// palette differ by more than twice this.
	ribbonTolerance = 8
)

// ribbonMark starts every ribbon. No two neighbours are equal, so the edges show.
const ribbonMark uint16 = 0b11_01_10_11_00_10_01_11

// ribbonPalette returns the colour of the blocks 0 to 3: muted, to pass for a part of the chart.
func ribbonPalette() [4]color.RGBA {
	return [4]color.RGBA{
		{R: 0x3a, G: 0x3f, B: 0x4e, A: 0xff},
		{R: 0x22, G: 0x45, B: 0x7f, A: 0xff},
		{R: 0x1f, G: 0x6b, B: 0x63, A: 0xff},
		{R: 0x5b, G: 0x3f, B: 0x87, A: 0xff},
	}
}

// ribbonOf returns the blocks of a drawing's ribbon, from left to right, each 0 to 3.
func ribbonOf(drawID uint32) [ribbonBlocks]byte {
	word := uint64(ribbonMark)<<48 | uint64(drawID)<<16 | uint64(ribbonCheck(drawID))
	var blocks [ribbonBlocks]byte
	for i := range blocks {
		blocks[i] = byte(word>>(2*(ribbonBlocks-1-i))) & 3
	}
	return blocks
}

func ribbonCheck(drawID uint32) uint16 {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], drawID)
	return uint16(crc32.ChecksumIEEE(b[:]) >> 16)
}

// ReadRibbon finds the uppermost ribbon in a picture and returns the id of the drawing that it carries. ok
// is false if there is no complete ribbon with a right checksum.
func ReadRibbon(img image.Image) (drawID uint32, ok bool) {
	for id := range ribbonsIn(img) {
		return id, true
	}
	return 0, false
}

// ReadRibbons returns the ids of all ribbons in a picture, from top to bottom: those of the charts and of
// what lies over them.
func ReadRibbons(img image.Image) []uint32 { return slices.Collect(ribbonsIn(img)) }

func ribbonsIn(img image.Image) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		reader := newRibbonReader(img)
		bounds := img.Bounds()
		first := reader.palette[ribbonMark>>14]
		for y := bounds.Min.Y; y <= bounds.Max.Y-ribbonBlock; y++ {
			for x := bounds.Min.X; x <= bounds.Max.X-ribbonBlocks*ribbonBlock; x++ {
				if !near(reader.pixel(x, y), first) {
					continue
				}
				if id, found := reader.ribbonAt(x, y); found && !yield(id) {
					return
				}
			}
		}
	}
}

// Shown returns the drawing that a picture shows. It fails unless the picture shows exactly one drawing of
// this site, complete and without a flaw. A capture that kept any other picture is wrong.
func (s *Site) Shown(img image.Image) (Draw, error) {
	var shown []Draw
	for id := range ribbonsIn(img) {
		draw, ok := s.Draw(id)
		switch {
		case !ok:
			return Draw{}, fmt.Errorf("the picture shows drawing %d, which this site has not on record", id)
		case draw.Flaw != "":
			return draw, fmt.Errorf("the picture shows a %s frame of %s at %s", draw.Flaw, draw.Symbol, draw.Interval)
		}
		shown = append(shown, draw)
	}
	if len(shown) != 1 {
		return Draw{}, fmt.Errorf("the picture shows %d drawings, want one", len(shown))
	}
	return shown[0], nil
}

// ribbonReader reads pixels as blocks of a ribbon.
type ribbonReader struct {
	palette [4]color.RGBA
	pixel   func(x, y int) [4]byte
}

func newRibbonReader(img image.Image) ribbonReader {
	reader := ribbonReader{palette: ribbonPalette()}
	switch m := img.(type) { // the two kinds a screenshot decodes to, read without interface calls
	case *image.RGBA:
		reader.pixel = func(x, y int) [4]byte { return [4]byte(m.Pix[m.PixOffset(x, y):]) }
	case *image.NRGBA:
		reader.pixel = func(x, y int) [4]byte { return [4]byte(m.Pix[m.PixOffset(x, y):]) }
	default:
		reader.pixel = func(x, y int) [4]byte {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			return [4]byte{c.R, c.G, c.B, c.A}
		}
	}
	return reader
}

// block returns the value, 0 to 3, of the block that this pixel can be of, or -1.
func (rr *ribbonReader) block(x, y int) int {
	pixel := rr.pixel(x, y)
	for i := range rr.palette {
		if near(pixel, rr.palette[i]) {
			return i
		}
	}
	return -1
}

func near(pixel [4]byte, c color.RGBA) bool {
	return alike(pixel[0], c.R) && alike(pixel[1], c.G) && alike(pixel[2], c.B)
}

func alike(a, b uint8) bool {
	return a <= b+ribbonTolerance && b <= a+ribbonTolerance
}

// ribbonAt reads a ribbon whose top left pixel is at x, y. Every pixel of every block has to be right, so
// it does not read a ribbon that is partly covered.
func (rr *ribbonReader) ribbonAt(x, y int) (uint32, bool) {
	var word uint64
	for i := range ribbonBlocks {
		value := rr.block(x+i*ribbonBlock, y)
		if value < 0 {
			return 0, false
		}
		for j := 1; j < ribbonBlock*ribbonBlock; j++ {
			if rr.block(x+i*ribbonBlock+j%ribbonBlock, y+j/ribbonBlock) != value {
				return 0, false
			}
		}
		word = word<<2 | uint64(value)
	}
	id := uint32(word >> 16)
	return id, uint16(word>>48) == ribbonMark && uint16(word) == ribbonCheck(id)
}
