package chromium

import "context"

// Target returns chromedp's context of the page's target.
func (p *Page) Target() context.Context { return p.ctx }

// Spare returns the page that is kept for the next caller, or nil.
func (b *Browser) Spare() *Page {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.current == nil {
		return nil
	}
	b.current.mu.Lock()
	defer b.current.mu.Unlock()
	return b.current.spare
}
