package doctor

import (
	"os"

	"atalaya/internal/app"
)

// judgeSandbox judges whether the browser runs in its sandbox.
func judgeSandbox(way app.Sandbox, on bool) Finding {
	const part = "sandbox"
	switch {
	case on:
		return fine(part, "the browser runs in its sandbox")
	case way == app.SandboxRequired:
		return wrong(part, "this system does not allow the browser's sandbox, and no capture is taken without it: %s. BROWSER_SANDBOX=off takes captures all the same", app.SandboxCure)
	case way == app.SandboxOff:
		return Finding{Notable, part, "BROWSER_SANDBOX=off: only the browser's user and its proxy hold a hostile page"}
	}
	return Finding{Notable, part, "this system lets the browser have none; that is all right for a chart site on this machine, and serve takes no captures of another: " + app.SandboxCure}
}

// judgeUser judges whose processes the browser's are, if the service runs as uid.
func judgeUser(uid int) Finding {
	const part = "browser's user"
	if uid == 0 {
		return fine(part, "nobody, which is not the user of the service")
	}
	return Finding{Notable, part, "the browser runs as the service's own user: a page that breaks out of its sandbox could read the files of that user, such as pictures and a .env. Started as root, the service runs it as nobody"}
}

// browsersUser judges for this process's user, assuming that the service runs as the same one.
func browsersUser() Finding { return judgeUser(os.Geteuid()) }
