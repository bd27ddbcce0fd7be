package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of process times on Linux, in ms.
const tick = 10

// treeCPU returns the CPU time of a process and its descendants in ms, including that of processes that ended and
// were waited for.
func treeCPU(root int) float64 {
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
	total := 0.0
	for tree := []int{root}; len(tree) > 0; tree = tree[1:] {
		tree = append(tree, children[tree[0]]...)
		fields := statOf(tree[0])
		if len(fields) < 15 {
			continue
		}
		for _, field := range fields[11:15] { // utime, stime, and those of waited-for children
			if ticks, err := strconv.ParseFloat(field, 64); err == nil {
				total += ticks * tick
			}
		}
	}
	return total
}

// statOf returns the fields of /proc/pid/stat after the name: state, parent, ….
func statOf(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil // it has ended meanwhile
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

// selfCPU returns the CPU time of this process in ms.
func selfCPU() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

func sortDurations(list []time.Duration) { slices.Sort(list) }
