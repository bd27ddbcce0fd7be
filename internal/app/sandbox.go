package app

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"time"

	"atalaya/internal/chromium"
)

// Sandbox says what to do if the system does not allow the browser's sandbox.
type Sandbox int

// The policies.
const (
	SandboxWherePossible Sandbox = iota // the browser runs without it and says so: its pages are this machine's own
	SandboxRequired                     // the browser does not run without it
	SandboxOff                          // it is not tried
)

// SandboxFor returns the policy for BROWSER_SANDBOX and the chart site. The sandbox protects users whose cookies
// meet pages of the internet; a demo site on this machine needs none.
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

// SandboxMissing reports whether captures must not start, because the sandbox is required and this system has
// none. It starts the browser, which the first capture needs anyway.
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

// SandboxLost reports whether the browser does not run because its required sandbox is missing.
func (c *Camera) SandboxLost() bool { return errors.Is(c.Err(), chromium.ErrNoSandbox) }

// SandboxCure says what gives the browser its sandbox.
const SandboxCure = "allow unprivileged user namespaces (sysctl, AppArmor or the container's seccomp profile) or install chromium-sandbox, and restart"
