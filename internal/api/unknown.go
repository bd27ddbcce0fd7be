package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"atalaya/internal/respond"
)

// Unknown collects the parameters of a query that the route does not know, for an answer that names them. It
// is exported for the library, which reads no other embedded fields.
type Unknown struct{ ignored []string }

// Resolve implements huma.Resolver.
func (u *Unknown) Resolve(ctx huma.Context) []error {
	u.ignored, _ = unknownParameters(ctx)
	return nil
}

func (u *Unknown) names() []string { return u.ignored }

// unknownParameters returns the parameters of the request that its route does not know, and those it knows.
func unknownParameters(ctx huma.Context) (unknown, known []string) {
	for _, p := range ctx.Operation().Parameters {
		if p.In == "query" {
			known = append(known, p.Name)
		}
	}
	url := ctx.URL()
	return respond.UnknownParameters(url.Query(), known), known
}

// refuseUnknown answers 422 if the query has parameters that the route does not know: without a misspelt
// filter, a route would answer for everything. A route that takes none ignores them.
func refuseUnknown(ctx huma.Context, next func(huma.Context)) {
	unknown, known := unknownParameters(ctx)
	if len(known) > 0 {
		if err := respond.RefuseParameters(unknown, known); err != nil {
			writeProblem(ctx, respond.NewDocument(ctx.Context(), err))
			return
		}
	}
	nameUnknown(ctx, next)
}

// nameUnknown sets a header that names the parameters that the route does not know.
func nameUnknown(ctx huma.Context, next func(huma.Context)) {
	if unknown, _ := unknownParameters(ctx); len(unknown) > 0 {
		setHeaders(ctx, http.Header{respond.IgnoredHeader: {respond.IgnoredParameters(unknown)}})
	}
	next(ctx)
}
