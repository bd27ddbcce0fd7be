package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// bucketPolicy is the restrictive policy that keeps anon and authenticated out of the pictures' bucket.
const bucketPolicy = "atalaya_pictures"

// OpenPolicy is another owner's policy that lets users reach the bucket.
type OpenPolicy struct {
	Name   string
	Narrow string // the SQL statement that leaves the bucket out of it
}

// ShutBucket keeps anon and authenticated out of a bucket of Supabase Storage by a restrictive policy. If this
// role may not create the policy, it returns the policies that reach the bucket. Migrations do this for the
// default bucket; ShutBucket does it for one of another name.
func (s *Store) ShutBucket(ctx context.Context, bucket string) ([]OpenPolicy, error) {
	open, err := s.OpenPolicies(ctx, bucket)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	const rule = `bucket_id is distinct from `
	literal := quoteLiteral(bucket)
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "drop policy if exists "+bucketPolicy+" on storage.objects"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "create policy "+bucketPolicy+" on storage.objects as restrictive for all to anon, authenticated using ("+rule+literal+") with check ("+rule+literal+")")
		return err
	})
	var said *pgconn.PgError
	if errors.As(err, &said) && said.Code == "42501" { // insufficient_privilege: the table is another role's
		return open, nil
	}
	if err != nil {
		return nil, fmt.Errorf("shut the bucket: %w", err)
	}
	return nil, nil
}

// OpenPolicies returns the permissive policies of storage.objects that reach a bucket for anon or
// authenticated, none if the restrictive one holds. A policy is left out if its expressions mention bucket_id but not this
// bucket's name.
func (s *Store) OpenPolicies(ctx context.Context, bucket string) ([]OpenPolicy, error) {
	found, err := s.pool.Query(ctx, `
		select p.policyname::text, coalesce(p.qual, ''), coalesce(p.with_check, '')
		from pg_policies p
		where p.schemaname = 'storage' and p.tablename = 'objects' and p.permissive = 'PERMISSIVE'
		  and p.roles && array['anon', 'authenticated', 'public']::name[]
		  and (position('bucket_id' in coalesce(p.qual, '') || coalesce(p.with_check, '')) = 0
		       or position(quote_literal($1) in coalesce(p.qual, '') || coalesce(p.with_check, '')) > 0)
		  and not exists (
		    select from pg_policies r
		    where r.schemaname = 'storage' and r.tablename = 'objects' and r.permissive = 'RESTRICTIVE' and r.policyname = $2 and r.cmd = 'ALL'
		      and r.roles @> array['anon', 'authenticated']::name[] and position(quote_literal($1) in r.qual) > 0)
		order by 1`, bucket, bucketPolicy)
	if err != nil {
		return nil, fmt.Errorf("look at the policies of storage.objects: %w", err)
	}
	return pgx.CollectRows(found, func(row pgx.CollectableRow) (OpenPolicy, error) {
		var name, using, check string
		if err := row.Scan(&name, &using, &check); err != nil {
			return OpenPolicy{}, err
		}
		return OpenPolicy{Name: name, Narrow: narrowed(name, bucket, using, check)}, nil
	})
}

// narrowed returns the statement that leaves a bucket out of a policy.
func narrowed(name, bucket, using, check string) string {
	statement := "alter policy " + pgx.Identifier{name}.Sanitize() + " on storage.objects"
	for _, clause := range []struct{ word, expression string }{{" using", using}, {" with check", check}} {
		if clause.expression != "" {
			statement += clause.word + " ((" + clause.expression + ") and bucket_id is distinct from " + quoteLiteral(bucket) + ")"
		}
	}
	return statement + ";"
}

// quoteLiteral quotes a bucket's name, which config has checked, for SQL that takes no parameters.
func quoteLiteral(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
