package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"atalaya/internal/app"
	"atalaya/internal/chromium"
	"atalaya/internal/config"
	"atalaya/internal/tradingview"
)

// examineBrowser starts the browser as captures have it and takes a picture of an empty page.
func examineBrowser(ctx context.Context, cfg config.Config, log *slog.Logger) []Finding {
	const part = "browser"
	way := app.SandboxFor(cfg.BrowserSandbox, cfg.TradingViewURL)
	if way == app.SandboxRequired {
		cfg.TradingViewURL = "http://127.0.0.1:1" // a site on this machine: the browser is tried without its sandbox too
	}
	camera, err := app.OpenCamera(cfg, log)
	if err != nil {
		return []Finding{wrong(part, "%v", err)}
	}
	defer camera.Stop()
	page, err := camera.EmptyPage(ctx, 320, 200)
	if err != nil {
		return []Finding{wrong(part, "%s does not start: %v. PUPPETEER_EXECUTABLE_PATH has to name a Chromium or Chrome; if it is empty, one is looked for", camera.Browser(), err)}
	}
	defer page.Close()
	shot, err := page.Screenshot(ctx)
	if err == nil {
		_, err = png.Decode(bytes.NewReader(shot))
	}
	if err != nil {
		return []Finding{wrong(part, "%s takes no pictures: %v", camera.Browser(), err)}
	}
	return []Finding{
		fine(part, "%s takes pictures", camera.Browser()), judgeSandbox(way, camera.Sandboxed()), browsersUser(), examineFonts(ctx, page),
		examineSelectors(ctx, page, cfg.TradingViewNames),
	}
}

// examineSite asks the chart site for its first page, on the browser's way out.
func examineSite(ctx context.Context, cfg config.Config, log *slog.Logger) []Finding {
	const part = "chart site"
	camera, err := app.OpenCamera(cfg, log)
	if err != nil {
		return nil // the browser's finding says why
	}
	defer camera.Stop()
	switch status, err := camera.LookAtSite(ctx); {
	case err != nil:
		return []Finding{wrong(part, "%s cannot be reached: %v. Check TRADINGVIEW_URL, the name server and the firewall: captures need direct access to the internet, without an HTTP proxy", cfg.TradingViewURL, err)}
	case status == http.StatusForbidden || status == http.StatusTooManyRequests:
		return []Finding{{Notable, part, fmt.Sprintf("%s answers %d: it may be refusing this machine's address. Try atalaya tradingview check", cfg.TradingViewURL, status)}}
	case status >= http.StatusInternalServerError:
		return []Finding{{Notable, part, fmt.Sprintf("%s answers %d: captures wait until it recovers", cfg.TradingViewURL, status)}}
	default:
		return []Finding{fine(part, "%s answers %d", cfg.TradingViewURL, status)}
	}
}

// examineNames reads the file of page-side names.
func examineNames(_ context.Context, cfg config.Config, _ *slog.Logger) []Finding {
	const part = "names"
	_, changed, err := tradingview.LoadNames(cfg.TradingViewNames)
	switch {
	case err != nil:
		return []Finding{wrong(part, "TRADINGVIEW_NAMES: %v", err)}
	case cfg.TradingViewNames == "":
		return []Finding{fine(part, "chart pages are read with the built-in names")}
	case len(changed) == 0:
		return []Finding{{Notable, part, cfg.TradingViewNames + " changes no name: unset TRADINGVIEW_NAMES"}}
	}
	return []Finding{{Notable, part, cfg.TradingViewNames + " replaces " + strings.Join(changed, ", ") + ": remove what a new version has built in"}}
}

// examineSelectors asks the browser whether every selector is valid CSS.
func examineSelectors(ctx context.Context, page *chromium.Page, file string) Finding {
	const part = "selectors"
	names, _, err := tradingview.LoadNames(file)
	if err != nil {
		return wrong(part, "TRADINGVIEW_NAMES: %v", err)
	}
	var refused []string
	if err := page.Eval(ctx, tradingview.RefusedSelectors(names), &refused); err != nil {
		return wrong(part, "the browser cannot try them: %v", err)
	}
	if len(refused) > 0 {
		return wrong(part, "not selectors of CSS: %s. Correct them in %s", strings.Join(refused, ", "), file)
	}
	return fine(part, "the browser accepts all of them")
}

// glyphs is a function in JavaScript. It returns the names of the signs that the browser draws like a character that no
// font has.
const glyphs = `((signs) => {
	const drawn = (text) => {
		const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
		const context = canvas.getContext("2d");
		context.font = "40px sans-serif";
		context.fillText(text, 8, 48);
		return canvas.toDataURL();
	};
	const none = drawn("\u0378"); // not assigned
	return Object.entries(signs).filter(([, sign]) => drawn(sign) === none).map(([name]) => name);
})`

// signs are what charts show of each kind.
var signs = map[string]string{"Latin": "A", "Chinese": "漢", "Japanese": "か", "Korean": "한", "emoji": "📈"}

// undrawn returns the names of signs that the page shows as boxes.
func undrawn(ctx context.Context, page *chromium.Page, signs map[string]string) (names []string, err error) {
	argument, err := json.Marshal(signs)
	if err != nil {
		return nil, err
	}
	err = page.Eval(ctx, glyphs+"("+string(argument)+")", &names)
	slices.Sort(names)
	return names, err
}

// examineFonts looks for kinds of text that charts would show as boxes.
func examineFonts(ctx context.Context, page *chromium.Page) Finding {
	const part = "fonts"
	missing, err := undrawn(ctx, page, signs)
	if err != nil {
		return wrong(part, "the browser cannot draw a page: %v", err)
	}
	if len(missing) > 0 {
		return Finding{Notable, part, "charts show boxes in place of " + strings.Join(missing, ", ") + ": install fonts-liberation, fonts-noto-cjk and fonts-noto-color-emoji, and restart"}
	}
	return fine(part, "fonts for Latin, Chinese, Japanese, Korean and emoji are installed")
}
