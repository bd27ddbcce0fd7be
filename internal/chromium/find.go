package chromium

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// find returns the browser's path: the one that the operator named, or the first of the usual ones.
func find(named string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("the browser that PUPPETEER_EXECUTABLE_PATH names cannot be run: %w", err)
		}
		return path, nil
	}
	for _, place := range places() {
		if path, err := exec.LookPath(place); err == nil && !isSnap(path) {
			return path, nil
		}
	}
	return "", fmt.Errorf("no browser found: %s, or set PUPPETEER_EXECUTABLE_PATH", installLine())
}

// isSnap reports whether a browser is a snap, as Ubuntu's chromium is. A snap sees neither our folders nor
// our unprivileged user.
func isSnap(path string) bool {
	if real, err := filepath.EvalSymlinks(path); err == nil && strings.Contains(real+"/", "/snap/") {
		return true
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	start := make([]byte, 1024) // Ubuntu's is a short script that calls the snap
	n, _ := io.ReadFull(file, start)
	return strings.HasPrefix(string(start[:n]), "#!") && strings.Contains(string(start[:n]), "/snap/bin/")
}

// places returns where browsers are installed, the leanest first: the headless shell takes a third of the CPU
// of a full browser. Debian's /usr/bin/chromium-headless-shell is a script that stays as the parent of the
// real one, so the real one is preferred.
func places() []string {
	if runtime.GOOS == "darwin" {
		return []string{
			"chrome-headless-shell",
			"/Applications/Chromium.app/Contents/MacOS/Chromium",
			"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
			"/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
			"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
		}
	}
	return []string{
		"/usr/lib/chromium/chromium-headless-shell",
		"chromium-headless-shell",
		"chrome-headless-shell",
		"headless_shell",
		"chromium",
		"chromium-browser",
		"google-chrome",
		"google-chrome-stable",
		"microsoft-edge",
	}
}

func installLine() string {
	if runtime.GOOS == "darwin" {
		return "brew install --cask google-chrome"
	}
	return "apt-get install -y chromium-headless-shell"
}
