#!/usr/bin/env bash
# docs-page.sh fetch|check: the page at /docs is Scalar's API reference, as its package publishes it. It is
# committed, compressed, so that a build needs no Node.js. fetch writes it anew. check fails if the committed file
# is not the package's. Both check the package's checksum.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=1.76.0
checksum=pjqwnzmA9YK3ZX+IZSICMsywm4qI6HLSngR2py9H6TvFApHHuJjkTAd+gFJfnqJDzJuro8k7ji6JCtJ2U+Byng==
kept=internal/api/docs/vendor/reference.js.gz

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --pack-destination "$folder" "@scalar/api-reference@$version" >/dev/null
found=$(openssl dgst -sha512 -binary "$folder"/*.tgz | base64 -w0)
[ "$found" = "$checksum" ] || { echo "@scalar/api-reference $version has the checksum $found, not $checksum"; exit 1; }
tar -xzf "$folder"/*.tgz -C "$folder" package/dist/browser/standalone.js
page=$folder/package/dist/browser/standalone.js

case ${1:?fetch or check} in
fetch) gzip -9nc "$page" >"$kept" ;;
check) gunzip -c "$kept" | cmp - "$page" || { echo "$kept is not the package's file: run make docs-page"; exit 1; } ;;
esac
