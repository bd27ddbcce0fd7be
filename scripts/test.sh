#!/usr/bin/env bash
# test.sh: everything that `make test` tries; MODULES are the modules. What Node.js needs is fetched while Go
# compiles, and the program is tried from outside (acceptance) beside its own tests: either leaves a core idle now
# and then. What runs beside is shown once it has ended.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The race detector looks at every byte that is read or written, so that decoding a picture takes it twenty times
# as long and most of the time of the tests with pictures. These packages start no goroutine and share nothing
# that is written: it could find nothing in them, and is kept out of them. It stays in all code of ours.
GOFLAGS=$(go env GOFLAGS)
for package in compress/flate compress/zlib hash/adler32 hash/crc32 image image/color image/png; do
  GOFLAGS+=" -gcflags=$package=-race=false"
done
export GOFLAGS

logs=$(mktemp -d)
set -m # what runs beside has a process group, so that all of it can be ended
trap 'for group in $(jobs -p); do kill -- -"$group" 2>/dev/null || true; done; rm -rf "$logs"' EXIT
failed=

# beside NAME COMMAND…: runs a command beside what follows.
beside() {
  "${@:2}" >"$logs/$1" 2>&1 &
  echo $! >"$logs/$1.pid"
}

# ended NAME: waits for what runs beside, and shows what it printed.
ended() {
  local ok=true
  wait "$(cat "$logs/$1.pid")" || ok=false
  echo "--- $1"
  cat "$logs/$1"
  $ok || failed+=" $1"
}

# try NAME COMMAND…: runs a command, and goes on if it fails.
try() {
  echo "--- $1"
  "${@:2}" || failed+=" $1"
}

# vet looks at the packages as they are compiled for the race detector: the tests then find them compiled.
vet() {
  local module race ok=0
  for module in $MODULES; do
    race=-race
    [ "$module" != acceptance/s3server ] || race= # which is built without it
    go vet -C "$module" $race -tags upgrade ./... || ok=1
  done
  return $ok
}

tests() { go test -C "$1" -race -vet=off -timeout 30m "${@:2}" ./...; }

web() { npm --prefix web run --silent typecheck && npm --prefix web test --silent; }

# outside tries one package after the other: each starts browsers and replicas of its own.
outside() {
  local ok=0
  make --no-print-directory parts || return
  tests acceptance -p 1 || ok=1
  tests bench || ok=1
  web || ok=1
  return $ok
}

beside "packages of the page" make --no-print-directory web/node_modules/.package-lock.json
make --no-print-directory s3server
try "go vet" vet
ended "packages of the page"
try page make --no-print-directory page # not beside vet, which would read it half written
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
beside "from outside" outside
try "the program's own tests" tests .
try "fuzzing" make --no-print-directory fuzz FUZZTIME=20000x
ended "from outside"
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
