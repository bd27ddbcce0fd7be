#!/usr/bin/env bash
# test.sh: runs everything that `make test` tests; MODULES are the modules. It fetches what Node.js needs while Go
# compiles, and runs the tests from outside (acceptance) beside the program's own, because each leaves a core idle
# now and then. The output of what runs beside is shown once it has ended.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The race detector makes decoding a picture take twenty times as long, which is most of the time of the tests with
# pictures. These packages are compiled without it: they start no goroutine and share nothing that is written, so it
# could find nothing in them. All code of ours is compiled with it.
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

# try NAME COMMAND…: runs a command. If it fails, try records the name and the script goes on.
try() {
  echo "--- $1"
  "${@:2}" || failed+=" $1"
}

# vet compiles the packages for the race detector, so that the tests find them compiled.
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
