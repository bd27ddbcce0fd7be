package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"atalaya"
	"atalaya/internal/api"
	"atalaya/internal/auth"
	"atalaya/internal/events"
	"atalaya/internal/postgres"
	"atalaya/internal/test/testkit"
)

const (
	idleStreams = 2000
	// maxMemory is what a process with that many streams may hold, in MiB.
	maxMemory = 150
	// serverDatabase and serverSecret make the test binary a server of event streams and nothing else,
	// so that the memory of its clients is not counted.
	serverDatabase = "ATALAYA_TEST_STREAMS_DATABASE"
	serverSecret   = "ATALAYA_TEST_STREAMS_SECRET"
)

// serveStreams runs the server, which prints its address. It returns at the end of standard input.
func serveStreams(databaseURL string) error {
	pool, err := postgres.Open(databaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	store := postgres.NewStore(pool)
	log := slog.New(slog.DiscardHandler)
	hub := events.New(store, postgres.NewReplicas(pool, "memory"), 5000, log)
	store.OnCommit(hub.Announce)
	hub.Start()
	defer hub.Stop()
	handler := api.New(api.Options{
		Store: store, Verifier: auth.New(auth.Options{Issuer: issuer, Secret: []byte(os.Getenv(serverSecret))}), PublicURL: publicURL, Log: log,
		Streams: func(ctx context.Context, user atalaya.UserID, cursor string) (api.Stream, error) {
			return hub.Open(ctx, user, cursor)
		},
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = listener.Close()
	}()
	_ = (&http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}).Serve(listener)
	return nil
}

// BenchmarkIdleStreams opens a stream for each of many users, sends one event to each, and then measures the server's
// resident memory. It needs Linux.
func BenchmarkIdleStreams(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(idleStreamsMemory(b), "MiB")
	}
}

func idleStreamsMemory(b *testing.B) float64 {
	pool := testkit.Database(b)
	secret := strings.Repeat("k", 40)
	signer, err := auth.NewIssuer(issuer, []byte(secret))
	if err != nil {
		b.Fatal(err)
	}
	address, pid := startServer(b, pool.Config().ConnString(), secret)
	if _, err := pool.Exec(b.Context(), `insert into auth.users (email) select n || '@example.com' from generate_series(1, $1::int) n`, idleStreams); err != nil {
		b.Fatal(err)
	}
	found, err := pool.Query(b.Context(), `select id::text from auth.users order by id`)
	if err != nil {
		b.Fatal(err)
	}
	var users []atalaya.UserID
	for found.Next() {
		var id atalaya.UserID
		if err := found.Scan(&id); err != nil {
			b.Fatal(err)
		}
		users = append(users, id)
	}
	before := residentMiB(b, pid)
	var begun, told sync.WaitGroup
	begun.Add(len(users))
	told.Add(len(users))
	slots := make(chan struct{}, 50)
	for _, user := range users {
		token, err := signer.Token(user, "", time.Hour)
		if err != nil {
			b.Fatal(err)
		}
		slots <- struct{}{}
		go func() {
			readOne(b, address, token, func() { <-slots; begun.Done() })
			told.Done()
		}()
	}
	begun.Wait()
	opened := residentMiB(b, pid)
	if _, err := pool.Exec(b.Context(), `insert into public.trading_signals (user_id, screenshot_status) select id, 'skipped' from auth.users`); err != nil {
		b.Fatal(err)
	}
	told.Wait()
	after := residentMiB(b, pid)
	b.Logf("%d streams: %.0f MiB without, %.0f MiB opened, %.0f MiB after an event each", len(users), before, opened, after)
	if after > maxMemory {
		b.Errorf("the server holds %.0f MiB, more than %d", after, maxMemory)
	}
	return after
}

// startServer runs this binary as the server until the benchmark ends.
func startServer(b *testing.B, databaseURL, secret string) (address string, pid int) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), serverDatabase+"="+databaseURL, serverSecret+"="+secret)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line), cmd.Process.Pid
}

// readOne opens a stream, calls begun after its first line, and returns after an event about a signal. The stream stays
// open until the benchmark ends.
func readOne(b *testing.B, address, token string, begun func()) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		b.Error(err)
		return
	}
	b.Cleanup(func() { _ = conn.Close() })
	fmt.Fprintf(conn, "GET /api/signals/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", token)
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		switch text := lines.Text(); {
		case strings.HasPrefix(text, "retry:"):
			begun()
		case text == "event: signal.created":
			return
		}
	}
	b.Error("a stream ended", lines.Err())
}

// residentMiB returns the resident memory of a process in MiB.
func residentMiB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}
