package api

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// Unknown collects the parameters of a query that no route knows. They are accepted, as they always
// were, and named in the answer. It is exported for the library, which reads no other embedded fields.
type Unknown struct{ ignored []string }

// Resolve implements huma.Resolver.
func (u *Unknown) Resolve(ctx huma.Context) []error {
	u.ignored = []string{}
	url := ctx.URL()
	for name := range url.Query() {
		known := slices.ContainsFunc(ctx.Operation().Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == name })
		if !known && len(u.ignored) < maxIgnored && len(name) <= maxIgnoredName {
			u.ignored = append(u.ignored, name)
		}
	}
	slices.Sort(u.ignored)
	return nil
}

// maxIgnored and maxIgnoredName bound what an answer repeats of a query.
const (
	maxIgnored     = 20
	maxIgnoredName = 100
)

func (u *Unknown) names() []string { return u.ignored }
