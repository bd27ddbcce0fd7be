package chartsite

// Flaw is what is wrong with a frame of a chart, "" for nothing. It is on record with the drawing,
// so the ribbon in a picture tells a picture that must not pass from a good one.
type Flaw string

// The flaws.
const (
	FlawStale   Flaw = "stale"   // the former symbol, which is painted over
	FlawLate    Flaw = "late"    // the indicators are missing
	FlawHalf    Flaw = "half"    // a pane is empty
	FlawAlone   Flaw = "alone"   // the chart beside it is empty
	FlawBlank   Flaw = "blank"   // nothing is painted, so no ribbon tells of it
	FlawMoving  Flaw = "moving"  // it never comes to rest
	FlawCovered Flaw = "covered" // not a frame, but something that lies over one
)
