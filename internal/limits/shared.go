package limits

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// takeSource counts all asks in one round trip, so that nothing comes between looking and counting.
//
//go:embed take.lua
var takeSource string

var takeScript = redis.NewScript(takeSource)

// shared counts in Redis.
type shared struct {
	client *redis.Client
}

func (s *shared) take(ctx context.Context, asks [][]counter, now time.Time) ([]taken, error) {
	var keys []string
	args := make([]any, 0, 4*len(asks))
	for _, counters := range asks {
		args = append(args, len(counters))
		for _, c := range counters {
			keys = append(keys, c.key)
			// A window is kept a little longer than it lasts: replicas' clocks differ, and one that is over
			// may be asked for again.
			args = append(args, c.limit, (max(0, c.ends.Sub(now)) + time.Minute).Milliseconds())
		}
	}
	answer, err := takeScript.Run(ctx, s.client, keys, args...).Int64Slice()
	if err != nil {
		return nil, fmt.Errorf("count in Redis: %w", err)
	}
	results := make([]taken, len(asks))
	for i, counters := range asks {
		if len(answer) < 1+len(counters) {
			return nil, fmt.Errorf("count in Redis: an answer of %d numbers is too short", len(answer))
		}
		results[i] = taken{ok: answer[0] == 1, counts: answer[1 : 1+len(counters)]}
		answer = answer[1+len(counters):]
	}
	return results, nil
}
