package chartsite

// Flaw is what is wrong with a frame of a chart, "" if nothing is. It is recorded with the drawing, so a
// picture's ribbon shows whether the capture should have been refused.
type Flaw string

// The flaws.
const (
	FlawStale   Flaw = "stale"   // the former symbol, which is painted over
	FlawLate    Flaw = "late"    // the indicators are missing
	FlawHalf    Flaw = "half"    // a pane is empty
	FlawAlone   Flaw = "alone"   // the chart beside it is empty
	FlawBlank   Flaw = "blank"   // nothing is painted, not even a ribbon
	FlawMoving  Flaw = "moving"  // it never comes to rest
	FlawCovered Flaw = "covered" // not a frame, but something that lies over one
)
