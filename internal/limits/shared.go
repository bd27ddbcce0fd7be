package limits

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// takeSource counts all asks in one script, so that no other client comes between its reading and its writing.
//
//go:embed take.lua
var takeSource string

var takeScript = redis.NewScript(takeSource)

// giveSource subtracts one from each counter that is still kept.
const giveSource = `for i = 1, #KEYS do
  if tonumber(redis.call('GET', KEYS[i]) or '0') > 0 then redis.call('DECR', KEYS[i]) end
end
return 0`

var giveScript = redis.NewScript(giveSource)

// shared counts in Redis.
type shared struct {
	client *redis.Client
}

func (s *shared) take(ctx context.Context, asks []order, now time.Time) ([]taken, error) {
	var keys []string
	args := make([]any, 0, 8*len(asks))
	for _, ask := range asks {
		after := 0
		if ask.afterLast {
			after = 1
		}
		args = append(args, len(ask.counters), after)
		for _, c := range ask.counters {
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
	for i, ask := range asks {
		counters := ask.counters
		if len(answer) < 1+len(counters) {
			return nil, fmt.Errorf("count in Redis: an answer of %d numbers is too short", len(answer))
		}
		results[i] = taken{ok: answer[0] == 1, counts: answer[1 : 1+len(counters)]}
		answer = answer[1+len(counters):]
	}
	return results, nil
}

func (s *shared) giveBack(ctx context.Context, counters []counter) error {
	keys := make([]string, len(counters))
	for i, c := range counters {
		keys[i] = c.key
	}
	if err := giveScript.Run(ctx, s.client, keys).Err(); err != nil {
		return fmt.Errorf("give slots back to Redis: %w", err)
	}
	return nil
}
