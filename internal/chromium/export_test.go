package chromium

import "context"

// Target is chromedp's context of the page's target.
func (p *Page) Target() context.Context { return p.ctx }
