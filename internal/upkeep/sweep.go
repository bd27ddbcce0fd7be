package upkeep

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"atalaya"
)

// StoredPicture is a picture that the storage holds.
type StoredPicture struct {
	Path     string
	StoredAt time.Time
}

// Stored is the storage, as a sweep looks at it.
type Stored interface {
	// List returns every picture; the first error ends it.
	List(ctx context.Context) iter.Seq2[StoredPicture, error]
	// DeleteAll removes pictures; absent ones are removed already.
	DeleteAll(ctx context.Context, paths []string) error
}

// Known is what the rows know of pictures.
type Known interface {
	// UnknownPictures returns those of the paths that no row refers to.
	UnknownPictures(ctx context.Context, paths []string) ([]string, error)
}

const (
	// orphanAge is far beyond any capture, clock and transaction: a picture is stored minutes after its
	// path is, and recorded seconds after that.
	orphanAge = 24 * time.Hour
	// maxOrphans bounds one sweep and its memory; a later one finds the rest.
	maxOrphans = 10_000
	// sweepPage is how many paths the rows are asked for at once.
	sweepPage = 500
)

// Orphans are the pictures that a sweep found and nothing shows.
type Orphans struct {
	Looked int // pictures in the storage
	Old    int // of them, older than a day and named by this service
	Paths  []string
	More   bool // the sweep ended before it had seen all
}

// Doubtful reports whether most of what is stored would go: rather than orphans, these are the pictures of
// another database that shares the bucket, or of one that was set back.
func (o Orphans) Doubtful() bool { return len(o.Paths) > 20 && 2*len(o.Paths) > o.Old }

// FindOrphans returns the pictures that no row refers to, which a crash between storing and recording leaves
// behind. Pictures younger than a day, or with a name that this service does not give, do not count as orphans.
// progress is called now and then.
func FindOrphans(ctx context.Context, known Known, stored Stored, now time.Time, progress func(Orphans)) (Orphans, error) {
	var found Orphans
	var page []string
	ask := func() error {
		unknown, err := known.UnknownPictures(ctx, page)
		found.Paths, page = append(found.Paths, unknown...), page[:0]
		progress(found)
		return err
	}
	for picture, err := range stored.List(ctx) {
		if err != nil {
			return found, err
		}
		found.Looked++
		if !oldEnough(picture, now) {
			continue
		}
		found.Old++
		if page = append(page, picture.Path); len(page) < sweepPage {
			continue
		}
		if err := ask(); err != nil {
			return found, err
		}
		if len(found.Paths) >= maxOrphans {
			found.More = true
			return found, nil
		}
	}
	return found, ask()
}

// oldEnough believes the younger of the two times: the storage's, and that in the name.
func oldEnough(p StoredPicture, now time.Time) bool {
	named, ours := atalaya.PictureTime(p.Path)
	return ours && named.Before(now.Add(-orphanAge)) && p.StoredAt.Before(now.Add(-orphanAge))
}

// RemoveOrphans removes the pictures that FindOrphans found and the rows still do not know. It returns how many it
// removed, also if it fails.
func RemoveOrphans(ctx context.Context, known Known, stored Stored, paths []string, progress func(removed int)) (int, error) {
	removed := 0
	for page := range slices.Chunk(paths, sweepPage) {
		unknown, err := known.UnknownPictures(ctx, page)
		if err != nil {
			return removed, err
		}
		if len(unknown) > 0 {
			err = stored.DeleteAll(ctx, unknown)
		}
		if err != nil {
			return removed, fmt.Errorf("remove orphaned pictures: %w", err)
		}
		removed += len(unknown)
		progress(removed)
	}
	return removed, nil
}

const (
	// sweepDuty names the daily sweep among the replicas.
	sweepDuty = "sweep pictures"
	// sweepCheck is how often a replica asks whether the day is over.
	sweepCheck = time.Hour
	// sweepTimeout bounds a sweep; what it did not get to is for the next day.
	sweepTimeout = 30 * time.Minute
)

// sweepDaily sweeps once a day, on one replica, until the context ends.
func (u *Upkeep) sweepDaily(ctx context.Context) {
	ticker := time.NewTicker(sweepCheck)
	defer ticker.Stop()
	for {
		if err := u.SweepPictures(ctx); err != nil && ctx.Err() == nil {
			u.log.WarnContext(ctx, "orphaned pictures were not removed; it is tried again by tomorrow, and `atalaya pictures sweep` tries at once", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// errDoubtful means that a sweep would remove most of what is stored.
var errDoubtful = errors.New("most of the stored pictures belong to no signal: does the bucket or folder serve another database too? " +
	"`atalaya pictures sweep --dry-run` lists them, and --force removes them")

// SweepPictures removes orphaned pictures if this replica does the day's sweep.
func (u *Upkeep) SweepPictures(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	mine, err := u.rows.ClaimDaily(ctx, sweepDuty)
	if err != nil || !mine {
		return err
	}
	found, err := FindOrphans(ctx, u.rows, u.pictures, u.now(), func(Orphans) {})
	if err != nil {
		return err
	}
	if found.Doubtful() {
		return fmt.Errorf("%d of %d: %w", len(found.Paths), found.Old, errDoubtful)
	}
	removed, err := RemoveOrphans(ctx, u.rows, u.pictures, found.Paths, func(int) {})
	u.meter.PicturesSwept(removed)
	if removed > 0 {
		u.log.InfoContext(ctx, "orphaned pictures are removed", "pictures", removed, "looked_at", found.Looked)
	}
	return err
}
