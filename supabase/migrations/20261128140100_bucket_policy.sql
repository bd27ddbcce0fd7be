-- +goose Up
-- +goose StatementBegin
-- Whatever permissive policies others made on storage.objects, the bucket of the pictures is the service's
-- alone: to anon and authenticated it is neither listed, nor read, nor written. Public addresses pass no
-- policy and go on working. Policies of other buckets are left as they are.
do $$
begin
  drop policy if exists atalaya_pictures on storage.objects;
  create policy atalaya_pictures on storage.objects as restrictive for all to anon, authenticated
    using (bucket_id is distinct from 'trading-screenshots') with check (bucket_id is distinct from 'trading-screenshots');
exception when insufficient_privilege then
  raise warning 'storage.objects belongs to another role: `atalaya doctor` names the policies that reach the bucket, with the SQL that narrows them';
end
$$;
-- +goose StatementEnd
