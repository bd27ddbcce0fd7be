package app

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"time"

	"atalaya/internal/chromium"
)

// Sandbox says what is done where the system lets the browser have no sandbox.
type Sandbox int

// The ways. With the first the browser runs without and says so: its pages are this machine's own.
const (
	SandboxWherePossible Sandbox = iota
	SandboxRequired
	SandboxOff // it is not tried
)

// SandboxFor tells the way from BROWSER_SANDBOX and the chart site: a promise to users whose cookies meet
// pages of the internet, and none for a demo site on this machine.
func SandboxFor(setting, site string) Sandbox {
	switch {
	case setting == "off":
		return SandboxOff
	case onThisMachine(site):
		return SandboxWherePossible
	}
	return SandboxRequired
}

func onThisMachine(site string) bool {
	u, err := url.Parse(site)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
}

// probeTimeout bounds the look at the browser before captures begin.
const probeTimeout = 30 * time.Second

// SandboxMissing reports whether captures must not begin: the sandbox is required, and this system has none.
// It starts the browser, which the first capture needs anyway.
func (c *Camera) SandboxMissing(ctx context.Context) bool {
	if c.sandbox != SandboxRequired {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	page, err := c.openPage(ctx, 320, 200, false)
	if err == nil {
		page.Close()
	}
	return errors.Is(err, chromium.ErrNoSandbox)
}

// SandboxLost reports whether the browser does not run for want of its sandbox.
func (c *Camera) SandboxLost() bool { return errors.Is(c.Err(), chromium.ErrNoSandbox) }

// SandboxCure says what gives the browser its sandbox.
const SandboxCure = "allow unprivileged user namespaces (sysctl, AppArmor or the container's seccomp profile) or install chromium-sandbox, and restart"
