package api

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"atalaya"
)

// pictureFile is a name that a picture can have: no path in it, and nothing but PNG.
var pictureFile = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,250}\.png$`)

type pictureInput struct {
	UserID    string `path:"user_id"`
	File      string `path:"file"`
	Expires   string `query:"expires" maxLength:"20" doc:"Of a signed address: when it ends, in Unix seconds."`
	Signature string `query:"signature" maxLength:"100" doc:"Of a signed address."`
}

// pictureOutput streams; the library has no schema for it, so finishDocument describes it.
type pictureOutput struct{ Body func(huma.Context) }

// getPicture serves a picture to whoever has its address, which cannot be guessed and may be signed: an image tag
// carries no token.
func (s *server) getPicture(ctx context.Context, in *pictureInput) (*pictureOutput, error) {
	absent := atalaya.Errorf(atalaya.CodeNotFound, "There is no such picture.")
	user, err := atalaya.ParseUserID(in.UserID)
	if err != nil || !pictureFile.MatchString(in.File) {
		return nil, absent
	}
	picture, left, err := s.Pictures.Open(ctx, string(user)+"/"+in.File, in.Expires, in.Signature)
	if atalaya.CodeOf(err) == atalaya.CodeNotFound {
		return nil, absent
	}
	if err != nil {
		return nil, err
	}
	return &pictureOutput{Body: func(ctx huma.Context) {
		defer picture.Close()
		ctx.SetHeader("Content-Type", "image/png")
		ctx.SetHeader("Cache-Control", caching(left))
		ctx.SetHeader("Cross-Origin-Resource-Policy", "cross-origin") // front ends of other origins show it
		ctx.SetStatus(http.StatusOK)
		_, _ = io.Copy(ctx.BodyWriter(), picture)
	}}, nil
}

// year is longer than any cache keeps.
const year = 365 * 24 * time.Hour

// caching returns the Cache-Control of a picture whose address works for so long. The picture never changes: a new
// capture has a new name. Shared caches may not keep a picture whose address expires.
func caching(left time.Duration) string {
	if left >= year {
		return "public, max-age=31536000, immutable"
	}
	return "private, max-age=" + strconv.FormatInt(int64(left.Seconds()), 10) + ", immutable"
}
