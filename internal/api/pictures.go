package api

import (
	"context"
	"io"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"atalaya"
)

// pictureFile is a name that a picture can have: no path in it, and nothing but PNG.
var pictureFile = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,250}\.png$`)

type pictureInput struct {
	UserID string `path:"user_id"`
	File   string `path:"file"`
}

// pictureOutput streams; the library has no schema for it, so finishDocument describes it.
type pictureOutput struct{ Body func(huma.Context) }

// getPicture serves a picture to whoever has its unguessable name: an image tag carries no token.
func (s *server) getPicture(ctx context.Context, in *pictureInput) (*pictureOutput, error) {
	absent := atalaya.Errorf(atalaya.CodeNotFound, "There is no such picture.")
	user, err := atalaya.ParseUserID(in.UserID)
	if err != nil || !pictureFile.MatchString(in.File) {
		return nil, absent
	}
	picture, err := s.Pictures.Open(ctx, string(user)+"/"+in.File)
	if atalaya.CodeOf(err) == atalaya.CodeNotFound {
		return nil, absent
	}
	if err != nil {
		return nil, err
	}
	return &pictureOutput{Body: func(ctx huma.Context) {
		defer picture.Close()
		ctx.SetHeader("Content-Type", "image/png")
		ctx.SetHeader("Cache-Control", "public, max-age=31536000, immutable") // a new capture has a new name
		ctx.SetHeader("Cross-Origin-Resource-Policy", "cross-origin")         // front ends of other origins show it
		ctx.SetStatus(http.StatusOK)
		_, _ = io.Copy(ctx.BodyWriter(), picture)
	}}, nil
}
