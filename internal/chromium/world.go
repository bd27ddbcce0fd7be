package chromium

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// worldName is the name of the isolated world that Eval uses. Each document has one of its own.
const worldName = "atalaya"

// BeforeScripts makes a script run in every later document of the page, before any of the page's own
// scripts and in their world.
func (p *Page) BeforeScripts(ctx context.Context, source string) error {
	_, err := call(p, ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source})
	return err
}

// Eval runs a JavaScript expression in an isolated world, awaits it if it is a promise, and decodes its
// JSON form into out. The expression sees the page's document, and nothing that the page's scripts have
// made or replaced: no variable, no method of an object. Eval fails if the JSON is over 8 MB.
func (p *Page) Eval(ctx context.Context, expression string, out any) error {
	res, err := p.evaluate(ctx, expression)
	if err != nil {
		return err
	}
	if res.ExceptionDetails != nil {
		thrown := &chromedp.ExceptionError{ExceptionDetails: res.ExceptionDetails}
		return fmt.Errorf("the page's script failed: %s", clipped(thrown.Error()))
	}
	if len(res.Result.Value) > maxResultBytes {
		return fmt.Errorf("the page's script returned %d bytes", len(res.Result.Value))
	}
	if err := json.Unmarshal(res.Result.Value, out); err != nil {
		return fmt.Errorf("decode what the page's script returned: %w", err)
	}
	return nil
}

// evaluate runs an expression in the isolated world of the document that the page shows. The world of
// the document before is gone with it, which shows when it is used.
func (p *Page) evaluate(ctx context.Context, expression string) (runtime.EvaluateResult, error) {
	for attempt := 0; ; attempt++ {
		if p.world == 0 {
			made, err := call(p, ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: p.mainFrame(), WorldName: worldName})
			if err != nil {
				return runtime.EvaluateResult{}, err
			}
			p.world = made.ExecutionContextID
		}
		res, err := call(p, ctx, runtime.Evaluate, runtime.EvaluateParams{
			Expression: expression, ContextID: p.world, ReturnByValue: new(true), AwaitPromise: new(true), Silent: new(true),
		})
		var refused *cdproto.Error
		gone := errors.As(err, &refused) && strings.Contains(refused.Message, "Cannot find context")
		if err != nil {
			p.world = 0
		}
		if !gone || attempt > 0 {
			return res, err
		}
	}
}

// mainFrame returns the id of the page's own frame, or "" before the page is opened.
func (p *Page) mainFrame() cdp.FrameID {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.frame
}

// MovePointerAway moves the pointer out of the viewport. At first it is in the top left corner, where it
// makes the page show tooltips and the like. A busy browser may only notice the move in a later frame: if
// something is still hovered then, call MovePointerAway again.
func (p *Page) MovePointerAway(ctx context.Context) error {
	for _, at := range []float64{1, -1, -1} {
		_, err := call(p, ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: at, Y: at})
		if err != nil {
			return err
		}
	}
	return nil
}
