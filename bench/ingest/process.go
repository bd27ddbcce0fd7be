package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"atalaya/internal/test/program"
)

// process is a program on a port of its own.
type process struct {
	program.Program
	port string
}

func (p *process) address() string { return "127.0.0.1:" + p.port }

// start starts the program on a free port. args returns its arguments for that port.
func (p *process) start(args func(port string) []string) (err error) {
	if p.port, err = program.FreePort(); err != nil {
		return err
	}
	p.Args = args(p.port)
	return p.Start()
}

// ready waits until a path answers 200.
func (p *process) ready(ctx context.Context, path string) error {
	return p.Ready(ctx, "http://"+p.address()+path)
}

// peakMemory returns the most resident memory of the process itself, in MB.
func (p *process) peakMemory() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kB, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kB / 1024
		}
	}
	return 0
}
