package acceptance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"atalaya/internal/blob/blobtest"
)

// bucket is where the program keeps pictures.
const bucket = "trading-screenshots"

// hostedStorage sets up the storage tables as in a hosted project: with row level security, and every privilege for
// the roles of the Data API, so that only policies decide.
const hostedStorage = `
	alter table storage.objects enable row level security;
	alter table storage.buckets enable row level security;
	grant all on storage.objects, storage.buckets to anon, authenticated, service_role`

// storePictures stores a picture for each of the users, as bytes in the double and as a row in the database. It lets the
// database's policies judge what others do with the pictures.
func (r *run) storePictures(ctx context.Context, database string, keys *signer, g *gateway, told *story) error {
	var blank bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		return err
	}
	if err := execute(ctx, database, hostedStorage); err != nil {
		return err
	}
	limit := int64(5 << 20)
	g.storage.MakeBucket(blobtest.Bucket{ID: bucket, Public: true, FileSizeLimit: &limit, AllowedMimeTypes: []string{"image/png"}})
	told.Pictures = map[string]string{}
	for name, who := range map[string]account{"ana": told.Ana, "bruno": told.Bruno} {
		path := who.ID + "/BTCUSDT_20260101T000000Z-ABCDEFGHIJKLMNOPQRSTUVWXYZ.png"
		told.Pictures[name] = path
		g.storage.SetObject(bucket, path, blobtest.Object{
			Data: blank.Bytes(), ContentType: "image/png", CacheControl: "public, max-age=31536000, immutable", StoredAt: time.Now(),
		})
		if err := execute(ctx, database, "insert into storage.objects (bucket_id, name) values ($1, $2)", bucket, path); err != nil {
			return err
		}
	}
	judge := policies{database: database, keys: keys}
	g.storage.Judge = func(token string, action blobtest.Action, bucketID, path string) (bool, error) {
		return judge.judge(ctx, token, action, bucketID, path)
	}
	r.check("pictures: a policy that lets users read would show", judge.wouldShow(ctx, told.Ana.Token, told.Pictures["bruno"]))
	return nil
}

// policies judges requests in the project's own database, as the Storage server does: by a statement on
// storage.objects with the role and the claims of the token, which is rolled back.
type policies struct {
	database string
	keys     *signer
}

// statements are the statements of each action. They have the effect of Storage's own, not their text.
var statements = map[blobtest.Action]string{
	blobtest.ActionSelect: "select from storage.objects where bucket_id = $1 and name = $2",
	blobtest.ActionInsert: "insert into storage.objects (bucket_id, name) values ($1, $2)",
	blobtest.ActionDelete: "delete from storage.objects where bucket_id = $1 and name = $2",
}

func (p policies) judge(ctx context.Context, token string, action blobtest.Action, bucketID, path string) (bool, error) {
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return &p.keys.key.PublicKey, nil }, jwt.WithValidMethods([]string{"ES256"}))
	if err != nil {
		return false, err
	}
	statement, known := statements[action]
	if !known {
		return false, nil
	}
	conn, err := pgx.Connect(ctx, p.database)
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	return attempt(ctx, tx, claims, statement, bucketID, path)
}

// attempt runs a statement as a caller and reports whether it reached anything.
func attempt(ctx context.Context, tx pgx.Tx, claims jwt.MapClaims, statement, bucketID, path string) (bool, error) {
	role, _ := claims["role"].(string)
	if role != "anon" && role != "authenticated" {
		return false, fmt.Errorf("no such role: %q", role)
	}
	_, err := tx.Exec(ctx, "select set_config('request.jwt.claims', $1::jsonb::text, true), set_config('role', $2, true)", claims, role)
	if err != nil {
		return false, err
	}
	tag, err := tx.Exec(ctx, statement, bucketID, path)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42501" {
		return false, nil
	}
	return tag.RowsAffected() > 0, err
}

// wouldShow fails if a policy that others made shows anything beside our restrictive one. It also fails if the
// judge refuses what that policy allows once ours is open: the check would then prove nothing.
func (p policies) wouldShow(ctx context.Context, token, path string) error {
	const ours = "alter policy atalaya_pictures on storage.objects using (%[1]s) with check (%[1]s)"
	steps := []struct {
		statement string
		shown     bool
	}{
		{"create policy open on storage.objects for select to authenticated using (true)", false},
		{fmt.Sprintf(ours, "true"), true},
		{fmt.Sprintf(ours, "bucket_id is distinct from '"+bucket+"'"), false},
		{"drop policy open on storage.objects", false},
	}
	for _, step := range steps {
		if err := execute(ctx, p.database, step.statement); err != nil {
			return err
		}
		if ok, err := p.judge(ctx, token, blobtest.ActionSelect, bucket, path); ok != step.shown || err != nil {
			return fmt.Errorf("after %q: shown %t, %w", step.statement, ok, err)
		}
	}
	return nil
}
