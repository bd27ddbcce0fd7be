package chromium

// bypassNothing makes loopback addresses go through the proxy too. Browsers would otherwise reach them directly.
const bypassNothing = "<-loopback>"

// flags make the browser headless, quiet and confined.
var flags = []string{
	"headless", "hide-scrollbars", "mute-audio", "no-first-run", "no-default-browser-check",
	"disable-gpu", // no graphics card on a server; the software path is the one that is tested

	// Quiet: no connection that no page asked for.
	"disable-background-networking", "disable-component-update", "disable-default-apps",
	"disable-domain-reliability", "disable-sync", "disable-breakpad", "disable-crash-reporter",
	"disable-client-side-phishing-detection", "disable-extensions", "metrics-recording-only",
	"no-pings", "safebrowsing-disable-auto-update", "no-service-autorun",
	"disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider," +
		"AutofillServerCommunication,CertificateTransparencyComponentUpdater,InterestFeedContentSuggestions",

	// Confined: the proxy is the only way out. The browser resolves no name itself, and WebRTC sends no UDP,
	// which an HTTP proxy cannot carry.
	"host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
	"force-webrtc-ip-handling-policy=disable_non_proxied_udp",
	"webrtc-ip-handling-policy=disable_non_proxied_udp",
	"disable-quic", "deny-permission-prompts",

	// Steady: pages in the background of a server are never slowed, and colours never depend on
	// the machine.
	"disable-background-timer-throttling", "disable-backgrounding-occluded-windows",
	"disable-renderer-backgrounding", "disable-hang-monitor", "disable-ipc-flooding-protection",
	"disable-popup-blocking", "disable-prompt-on-repost", "force-color-profile=srgb",
	"password-store=basic", "use-mock-keychain",
	"disable-dev-shm-usage", // /dev/shm is 64 MB in a default container; a 4K page needs more
}
