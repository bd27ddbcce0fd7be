#!/usr/bin/env bash
# Prepares plain PostgreSQL for the service, once, as a superuser: what a Supabase project has and PostgreSQL
# lacks, and a role of the service's own, which is no superuser and owns the database alone.
#
# The image of compose.yaml runs it with an empty volume. By hand, from the root of the repository:
#
#   ATALAYA_PASSWORD=… POSTGRES_DB=atalaya deploy/database.sh
#
# POSTGRES_USER and POSTGRES_DB are postgres unless they are set, as in that image.
set -euo pipefail
shim=${ATALAYA_SHIM:-supabase/shim.sql}
: "${ATALAYA_PASSWORD:?a password for the role atalaya}"
# The password is read from the environment: it stands in no argument and needs no quoting.
psql -X -q -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" -f "$shim" -f - <<'SQL'
\getenv password ATALAYA_PASSWORD
create role atalaya login bypassrls password :'password';
grant anon, authenticated, service_role to atalaya;
select format('alter database %I owner to atalaya', current_database()) \gexec
grant usage, create on schema public to atalaya;
grant usage on schema auth, storage to atalaya;
grant all on auth.users, storage.buckets, storage.objects to atalaya;
alter publication supabase_realtime owner to atalaya;
SQL
