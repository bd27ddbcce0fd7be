package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"atalaya/internal/notify/double"
)

// killTopic begins the topics at whose first message the program is killed.
const killTopic = "kill-"

// killer stands in front of ntfy. It holds the first request of a topic until the program has been killed. It
// accepts every second one of them before that.
type killer struct {
	next    *double.Ntfy
	arrived chan *arrival

	mu   sync.Mutex
	seen map[string]bool
	n    int
}

// arrival is a request that is held.
type arrival struct{ killed chan struct{} }

// ServeHTTP implements http.Handler.
func (k *killer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	topic, _, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "?")
	k.mu.Lock()
	if k.seen == nil {
		k.seen = map[string]bool{}
	}
	first := strings.HasPrefix(topic, killTopic) && !k.seen[topic]
	if first {
		k.seen[topic] = true
		k.n++
	}
	accept := k.n%2 == 0
	k.mu.Unlock()
	if !first {
		k.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body) // the request is whole: its sender waits for the answer
	if err != nil {
		return
	}
	if accept {
		r.Body = io.NopCloser(bytes.NewReader(body))
		k.next.ServeHTTP(httptest.NewRecorder(), r)
	}
	a := &arrival{killed: make(chan struct{})}
	k.arrived <- a
	<-a.killed
}

// killWhileSending kills the program between "sending" and the answer, once for each of many channels. Second
// attempts wait until the last kill: if both attempts at a message die, its outcome is unknown.
func (r *run) killWhileSending(ctx context.Context) error {
	worker, _, err := r.newProcess("worker")
	if err != nil {
		return err
	}
	r.workers = append(r.workers, worker)
	var users []user
	for i := range r.opt.Kills {
		u, err := r.newUser(ctx)
		if err != nil {
			return err
		}
		users = append(users, u)
		_, err = r.pool.Exec(ctx, `insert into public.notification_channels (user_id, kind, settings) values ($1, 'ntfy', jsonb_build_object('topic', $2::text))`, u.id, fmt.Sprint(killTopic, i))
		if err != nil {
			return err
		}
		if _, err := r.alert(ctx, u, ticker(i)); err != nil {
			return err
		}
		if err := worker.Start(); err != nil {
			return err
		}
		select {
		case a := <-r.killer.arrived:
			worker.Kill()
			close(a.killed)
			r.result.Kills++
		case <-worker.Exited():
			return errors.New("the worker ended by itself")
		case <-time.After(2 * time.Minute):
			return fmt.Errorf("no request came after kill %d", i)
		case <-ctx.Done():
			return ctx.Err()
		}
		if _, err := r.pool.Exec(ctx, `update public.notification_channels set resume_at = now() + interval '1 hour', lease_until = null where user_id = $1`, u.id); err != nil {
			return err
		}
	}
	r.say("%d kills", r.result.Kills)
	if _, err := r.pool.Exec(ctx, `update public.notification_channels set resume_at = null`); err != nil {
		return err
	}
	if err := r.addWorkers(2); err != nil {
		return err
	}
	if err := r.settled(ctx, 10*time.Minute); err != nil {
		return err
	}
	for i := range users {
		r.judge(fmt.Sprint("ntfy ", killTopic, i), messagesTo(r.ntfy.Box, fmt.Sprint(killTopic, i)), []string{ticker(i)})
	}
	return r.noneFailed(ctx)
}

// noneFailed fails if a notification was given up. One whose repeat had no answer either ends as failed, unknown,
// and is judged by what arrived.
func (r *run) noneFailed(ctx context.Context) error {
	var failed string
	err := r.pool.QueryRow(ctx, `select coalesce(string_agg(concat_ws(' ', state, code, n), '; '), '') from (
		select state, code, count(*) as n from public.notifications where state in ('failed', 'expired', 'cancelled') and code is distinct from 'unknown' group by state, code) x`).Scan(&failed)
	if err == nil && failed != "" {
		err = fmt.Errorf("given up: %s", failed)
	}
	return err
}
