package app

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"atalaya/internal/config"
)

// redisClient is the optional Redis, which carries the limits that replicas share.
type redisClient struct {
	client *redis.Client
}

func newRedis(cfg config.Config) (*redisClient, error) {
	address := cfg.Redis()
	if address == "" {
		return &redisClient{}, nil
	}
	options, err := redis.ParseURL(address.Reveal())
	if err != nil {
		return nil, errors.New("REDIS_URL cannot be read: it has the form redis://:password@host:6379/0") // its own error holds the password
	}
	options.MaxRetries, options.DialerRetries = -1, 1 // a look tells what it met, and the next look is the retry
	logging.Disable()                                 // its own lines on the standard error repeat what report says, at every look
	return &redisClient{client: redis.NewClient(options)}, nil
}

func (r *redisClient) configured() bool { return r.client != nil }

func (r *redisClient) ping(ctx context.Context) error { return r.client.Ping(ctx).Err() }

func (r *redisClient) close() error {
	if r.client == nil {
		return nil
	}
	err := r.client.Close()
	if errors.Is(err, redis.ErrClosed) {
		return nil
	}
	return err
}

// checkRedis logs a warning if a configured Redis does not answer. It always returns nil: the service starts anyway.
func (a *App) checkRedis(ctx context.Context) error {
	if !a.redis.configured() {
		return nil
	}
	if err := bounded(ctx, a.redis.ping); err != nil {
		a.log.WarnContext(ctx, "could not connect to Redis; the service works without it. Start it (`redis-cli ping` has to say PONG), or remove REDIS_URL and REDIS_HOST", "error", err)
	}
	return nil
}

// PingRedis pings the Redis of the settings. configured is false if they name none.
func PingRedis(ctx context.Context, cfg config.Config) (configured bool, err error) {
	client, err := newRedis(cfg)
	if err != nil {
		return true, err
	}
	defer client.close()
	if !client.configured() {
		return false, nil
	}
	return true, bounded(ctx, client.ping)
}
