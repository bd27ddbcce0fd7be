package chromium

import (
	"fmt"
	"maps"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
)

// listen sees every event of the page, in order, and must not block.
func (p *Page) listen(ev any) {
	switch ev := ev.(type) {
	case *inspector.EventTargetCrashed:
		p.crash(ErrCrashed)
	case *inspector.EventDetached:
		if ev.Reason == oversize {
			p.crash(ErrTooLarge)
		}
	case *network.EventResponseReceived:
		// Frames within the page have documents too, whose answers say nothing of the page's.
		if ev.Type != network.ResourceTypeDocument || string(ev.RequestID) != string(ev.LoaderID) || ev.FrameID != p.mainFrame() {
			return
		}
		p.keep(ev.LoaderID, document{
			status:     int(ev.Response.Status),
			retryAfter: header(ev.Response.Headers, "Retry-After"),
			refused:    header(ev.Response.Headers, proxyHeader),
		})
	case *network.EventDataReceived:
		p.mu.Lock()
		p.received += ev.DataLength
		over := p.received > maxPageBytes
		p.mu.Unlock()
		if over {
			p.crash(ErrTooLarge)
		}
	case *page.EventFrameNavigated:
		if ev.Frame.ParentID != "" {
			return
		}
		p.mu.Lock()
		p.shown = ev.Frame.LoaderID
		p.mu.Unlock()
		wake(p.navigated)
	case *page.EventJavascriptDialogOpening:
		wake(p.dialogs)
	}
}

// maxDocuments is how many answers to navigations are kept, because a page may begin any number of them.
const maxDocuments = 8

// keep records how the answer to a navigation began.
func (p *Page) keep(id cdp.LoaderID, got document) {
	p.mu.Lock()
	if len(p.documents) >= maxDocuments {
		maps.DeleteFunc(p.documents, func(other cdp.LoaderID, _ document) bool { return other != p.shown })
	}
	p.documents[id] = got
	p.mu.Unlock()
	wake(p.navigated)
}

// header returns the beginning of a response's header, whatever the case of its name.
func header(headers network.Headers, name string) string {
	for key, value := range headers {
		if strings.EqualFold(key, name) {
			return clipped(fmt.Sprint(value))
		}
	}
	return ""
}

// wake sends to a channel that has room for one, unless it is full.
func wake(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// answerDialogs dismisses the page's alert() boxes. A box stops the page's scripts, and with them every
// Eval, until it is answered.
func (p *Page) answerDialogs() {
	for {
		select {
		case <-p.dialogs:
			_, _ = call(p, p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: false})
		case <-p.ctx.Done():
			return
		}
	}
}
