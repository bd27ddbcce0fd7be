package chartsite

import (
	"hash/fnv"
	"math"
	"time"
)

// bar is one candle. Time is the Unix time at which it begins.
type bar struct {
	Time   int64   `json:"time"`
	Open   float64 `json:"open"`
	High   float64 `json:"high"`
	Low    float64 `json:"low"`
	Close  float64 `json:"close"`
	Volume float64 `json:"volume"`
}

// octaves is how many waves make a walk; the longest is 2^(octaves-1) bars long.
const octaves = 12

// maxSigma bounds how much a bar moves, so that months of a volatile symbol stay on a chart.
const maxSigma = 0.04

// walk computes the price of an instrument on an interval. It is a pure function of the bar's number, so
// every request, process and machine sees the same past. It adds waves of doubling length, whose height
// grows with the square root of the length: that looks like a random walk, but needs no starting point.
type walk struct {
	view  view
	seed  uint64
	sigma float64 // of one bar, of the price's logarithm
}

func newWalk(v view) walk {
	h := fnv.New64a()
	_, _ = h.Write([]byte(v.Instrument.Name() + " " + v.Interval.Code)) // a hash's Write never fails
	return walk{
		view:  v,
		seed:  h.Sum64(),
		sigma: min(v.Instrument.Volatility/math.Sqrt(v.Interval.year()), maxSigma),
	}
}

// bars returns the last n bars up to now; the last one is still open, and moves.
func (w walk) bars(n int, now time.Time) []bar {
	last := w.view.Interval.index(now)
	bars := make([]bar, 0, n)
	for i := last - int64(n) + 1; i < last; i++ {
		bars = append(bars, w.bar(i))
	}
	return append(bars, w.live(now, tick))
}

func (w walk) bar(index int64) bar {
	first, last := w.price(index-1), w.price(index)
	up, down := w.noise(index, 101), w.noise(index, 102)
	high := max(first, last) * (1 + .9*w.sigma*up*up)
	low := min(first, last) * (1 - .9*w.sigma*down*down)
	moved := math.Abs(math.Log(last/first)) / w.sigma
	volume := w.view.Instrument.Volume * math.Exp(.5*w.noise(index, 103)) * (.45 + .55*moved)
	return bar{
		Time: w.view.Interval.start(index),
		Open: w.round(first), High: w.round(high), Low: w.round(low), Close: w.round(last),
		Volume: math.Round(volume*100) / 100,
	}
}

// live returns the bar that is still open. Its price wanders between the bar's own high and low, so a
// moving price never changes the scale. every is the time between two prices.
func (w walk) live(now time.Time, every time.Duration) bar {
	b := w.bar(w.view.Interval.index(now))
	phase := float64(now.UnixMilli()) / 1000
	swing := .5 + .3*math.Sin(phase/7) + .2*w.noise(now.UnixMilli()/every.Milliseconds(), 104)
	b.Close = w.round(b.Low + (b.High-b.Low)*swing)
	return b
}

// price returns the price at which a bar closes and the next one opens.
func (w walk) price(index int64) float64 {
	var sum float64
	for k := range octaves {
		length := int64(1) << k
		at := index + int64(mix(w.seed+uint64(k))%uint64(length)) // so that the waves' joints never meet
		cell, rest := at/length, float64(at%length)/float64(length)
		rest = rest * rest * (3 - 2*rest)
		from, to := w.noise(cell, uint64(k)), w.noise(cell+1, uint64(k))
		sum += math.Sqrt(float64(length)) * (from + (to-from)*rest)
	}
	return w.view.Instrument.Price * math.Exp(.75*w.sigma*sum)
}

// noise returns a number from -1 to 1, always the same for an index and channel of this walk.
func (w walk) noise(index int64, channel uint64) float64 {
	return float64(int64(mix(w.seed^mix(uint64(index)^channel<<56)))) / math.MaxInt64
}

// mix scatters the bits of x (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (w walk) round(price float64) float64 {
	scale := math.Pow10(w.view.Instrument.Decimals)
	return math.Round(price*scale) / scale
}
