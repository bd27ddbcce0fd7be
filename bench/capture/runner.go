package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"atalaya/internal/chartsite"
	"atalaya/internal/test/program"
)

// newWorld starts the chart site and finds the browsers.
func newWorld(ctx context.Context, binary, folder string) (w world, stop func(), err error) {
	if w.self, err = os.Executable(); err != nil {
		return w, nil, err
	}
	if w.folder, err = filepath.Abs(folder); err != nil {
		return w, nil, err
	}
	for name, found := range map[string]*string{"/usr/lib/chromium/chromium-headless-shell": &w.shell, "chromium": &w.chromium} {
		if *found, err = exec.LookPath(name); err != nil {
			return w, nil, fmt.Errorf("the comparison needs %s: run scripts/install.sh bench: %w", name, err)
		}
	}
	session := chartsite.NewSession("bench")
	account, err := json.Marshal(map[string]string{"sessionid": session.ID, "sessionid_sign": session.Sign})
	if err != nil {
		return w, nil, err
	}
	w.account = string(account)
	port, err := program.FreePort()
	if err != nil {
		return w, nil, err
	}
	w.site = "http://127.0.0.1:" + port
	site := &program.Program{Path: binary, Args: []string{"chartsite", "--listen", "127.0.0.1:" + port}}
	if err := site.Start(); err != nil {
		return w, nil, err
	}
	if err := site.Ready(ctx, w.site+"/_site/draws"); err != nil {
		site.Kill()
		return w, nil, err
	}
	return w, site.Kill, nil
}

// runner is a contender that runs.
type runner struct {
	name string
	cmd  *exec.Cmd
	ask  io.WriteCloser
	tell *bufio.Scanner

	took, cpu []float64 // ms a capture
	memory    float64   // MB, most

	captures, clients int // of all rounds
}

// startRunner starts a contender. The account goes through its standard input, because other users can read
// arguments.
func startRunner(name string, args []string, account string) (*runner, error) {
	r := &runner{name: name, cmd: exec.Command(args[0], args[1:]...)}
	r.cmd.Stderr = os.Stderr
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var err error
	if r.ask, err = r.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.tell = bufio.NewScanner(out)
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	_, err = fmt.Fprintln(r.ask, account)
	return r, err
}

// capture makes the contender take pictures. If timed, it measures how long one took and how much CPU time it used,
// otherwise memory. Only the contender whose turn it is runs, because a page that was left open goes on drawing.
// What a contender does between two pictures, such as opening the next page, counts for it.
func (r *runner) capture(ctx context.Context, timed bool) error {
	r.signal(syscall.SIGCONT)
	defer r.signal(syscall.SIGSTOP)
	before := r.cpuTime()
	if _, err := fmt.Fprintln(r.ask, "capture"); err != nil {
		return err
	}
	answer := make(chan error, 1)
	var took float64
	var captures, clients int
	go func() {
		if !r.tell.Scan() {
			answer <- fmt.Errorf("the contender ended without an answer")
			return
		}
		_, err := fmt.Sscan(r.tell.Text()+" 0", &took, &captures, &clients) // puppeteer's contenders count none
		answer <- err
	}()
	timeout := time.After(answerTimeout)
	sample := time.NewTicker(100 * time.Millisecond)
	defer sample.Stop()
	for {
		select {
		case err := <-answer:
			if err == nil {
				err = r.rest(ctx)
			}
			r.captures, r.clients = r.captures+captures, r.clients+clients
			if err == nil && timed {
				r.took = append(r.took, took)
				r.cpu = append(r.cpu, (r.cpuTime()-before)/float64(captures))
			}
			return err
		case <-sample.C:
			if !timed {
				r.memory = max(r.memory, r.memoryNow())
			}
		case <-timeout:
			return fmt.Errorf("no picture within %s", answerTimeout)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// rest waits until the contender is idle, but a second at most, because a page that was left open is never idle.
func (r *runner) rest(ctx context.Context) error {
	end := time.After(time.Second)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for last := r.cpuTime(); ; {
		select {
		case <-look.C:
			now := r.cpuTime()
			if now == last {
				return nil
			}
			last = now
		case <-end:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// signal sends a signal to the contender and all that it started.
func (r *runner) signal(s syscall.Signal) {
	for _, pid := range r.tree() {
		_ = syscall.Kill(pid, s) // fails if it has ended meanwhile
	}
}

func (r *runner) figures() figures {
	return figures{P50: quantile(r.took, 0.5), P95: quantile(r.took, 0.95), CPU: quantile(r.cpu, 0.5), Memory: round(r.memory)}
}

// stop closes the contender's input, which ends it, and kills what is left.
func (r *runner) stop() {
	r.signal(syscall.SIGCONT)
	tree := r.tree()
	_ = r.ask.Close()
	ended := make(chan struct{})
	go func() { _ = r.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		for _, pid := range tree {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		<-ended
	}
}

// tree returns the contender's process and all its descendants.
func (r *runner) tree() []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		if fields := statOf(pid); len(fields) > 1 {
			if parent, err := strconv.Atoi(fields[1]); err == nil {
				children[parent] = append(children[parent], pid)
			}
		}
	}
	tree := []int{r.cmd.Process.Pid}
	for i := 0; i < len(tree); i++ {
		tree = append(tree, children[tree[i]]...)
	}
	return tree
}

// statOf returns the fields of /proc/pid/stat after the name: state, parent, ….
func statOf(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil // it has ended meanwhile
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

// tick is the unit of process times on Linux, in ms.
const tick = 10

// cpuTime returns the CPU time of the tree in ms, including that of processes that ended and were waited for.
func (r *runner) cpuTime() float64 {
	total := 0.0
	for _, pid := range r.tree() {
		fields := statOf(pid)
		if len(fields) < 15 {
			continue
		}
		for _, field := range fields[11:15] { // utime, stime, and those of waited-for children
			ticks, err := strconv.ParseFloat(field, 64)
			if err == nil {
				total += ticks * tick
			}
		}
	}
	return total
}

// memoryNow returns the tree's proportional set size in MB.
func (r *runner) memoryNow() float64 {
	total := 0.0
	for _, pid := range r.tree() {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
				if kB, err := strconv.ParseFloat(strings.Fields(rest)[0], 64); err == nil {
					total += kB / 1024
				}
			}
		}
	}
	return total
}
