package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"atalaya/internal/test/program"
)

// process is a program on a port of its own.
type process struct {
	program.Program
	port string
}

func (p *process) url(path string) string { return "http://127.0.0.1:" + p.port + path }

// stopTimeout is longer than the 20 s that running captures are given.
const stopTimeout = 40 * time.Second

// children returns the processes that a process started itself, which lead groups of their own.
func (p *process) children() []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var found []int
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // state, parent, …
		if len(fields) < 2 || fields[1] != strconv.Itoa(p.PID()) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			found = append(found, pid)
		}
	}
	return found
}
