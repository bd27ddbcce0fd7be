package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// sample is what a round of load saw.
type sample struct {
	took      []time.Duration // of the alerts that were accepted or refused for their quota, sorted
	stored    int             // answered 200, without repeats
	failed    int
	lasted    time.Duration
	rowsEqual bool
}

// bodies are alerts of the corpus, each with a place for a number that makes it unique.
type bodies [][2]string

// readBodies returns the bodies of the corpus that are JSON objects or plain text.
func readBodies(path string) (bodies, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the corpus of alerts: %w", err)
	}
	var list bodies
	for line := range strings.Lines(string(text)) {
		var c struct {
			Body string `json:"body"`
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			return nil, fmt.Errorf("the corpus of alerts: %w", err)
		}
		trimmed := strings.TrimSpace(c.Body)
		switch {
		case trimmed == "" || len(trimmed) > 2000 || !plain(trimmed): // what text columns cannot hold is another test's
		case strings.HasPrefix(trimmed, "{\"") || strings.HasPrefix(trimmed, "{\n"):
			list = append(list, [2]string{`{"nonce": "`, `", ` + trimmed[1:]})
		case !strings.ContainsAny(trimmed[:1], `{["`):
			list = append(list, [2]string{trimmed + "\nnonce ", ""})
		}
	}
	if len(list) < 50 {
		return nil, fmt.Errorf("the corpus of alerts has only %d bodies of use", len(list))
	}
	return list, nil
}

// plain reports whether a service can store a text without cleaning it.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.Contains(text, "\x00") && !strings.Contains(text, `\u0000`) && !strings.Contains(text, `\ud`)
}

var nonce atomic.Int64

func (b bodies) next() []byte {
	body := b[rand.IntN(len(b))]
	return []byte(body[0] + strconv.FormatInt(nonce.Add(1), 10) + body[1])
}

// repeats is the share of alerts of the mixed contender that are sent twice.
const repeats = 0.05

// hammer sends alerts over a number of connections, each as fast as it is answered, and sends a share of the
// accepted ones again. It writes HTTP by hand, since the standard library's client would use more CPU than what is
// measured.
func hammer(ctx context.Context, address string, tokens []string, b bodies, connections int, length time.Duration, again float64) (sample, error) {
	var mu sync.Mutex
	var s sample
	var first error
	var wait sync.WaitGroup
	start := time.Now()
	deadline := start.Add(length)
	for range connections {
		wait.Go(func() {
			part, err := one(ctx, address, tokens, b, deadline, again)
			mu.Lock()
			defer mu.Unlock()
			s.took, s.stored, s.failed = append(s.took, part.took...), s.stored+part.stored, s.failed+part.failed
			first = errors.Join(first, err)
		})
	}
	wait.Wait()
	s.lasted = time.Since(start)
	slices.Sort(s.took)
	return s, first
}

// one is one connection's work.
func one(ctx context.Context, address string, tokens []string, b bodies, deadline time.Time, again float64) (s sample, err error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return s, err
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	var request bytes.Buffer
	repeat := false // the request is the last one's
	for ctx.Err() == nil && time.Now().Before(deadline) {
		if !repeat {
			body := b.next()
			request.Reset()
			fmt.Fprintf(&request, "POST /webhook/%s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", tokens[rand.IntN(len(tokens))], len(body))
			request.Write(body)
		}
		start := time.Now()
		if _, err := conn.Write(request.Bytes()); err != nil {
			return s, err
		}
		status, err := readAnswer(reader)
		if err != nil {
			return s, err
		}
		switch status {
		case http.StatusOK:
			s.took = append(s.took, time.Since(start))
			if !repeat {
				s.stored++
			}
			repeat = !repeat && rand.Float64() < again
		case http.StatusTooManyRequests:
			s.took = append(s.took, time.Since(start))
		default:
			s.failed++
			repeat = false
		}
	}
	return s, nil
}

// readAnswer reads one answer whose length is announced.
func readAnswer(r *bufio.Reader) (status int, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("an answer begins with %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, err
	}
	length := -1
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return 0, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		}
	}
	if length < 0 {
		return 0, errors.New("an answer does not tell its length")
	}
	_, err = io.CopyN(io.Discard, r, int64(length))
	return status, err
}

// quantile returns a quantile of sorted durations, in ms. It returns 0 if there are none.
func quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))].Microseconds()) / 1000
}
