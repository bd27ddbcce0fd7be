#!/usr/bin/env bash
# Builds what is released into dist/. It needs GNU's date and tar, as Linux has them.
#
#   scripts/release.sh package   the Debian package for this machine's architecture
#   scripts/release.sh           static programs for Linux and macOS (amd64, arm64), Debian packages, lists of
#                                everything inside (SBOM, CycloneDX), and SHA-256 checksums
#
# VERSION=1.2.3 names the version; otherwise Git does. A release is made of a commit, never of a tree with changes
# of its own. The same commit gives the same bytes with the same Go and Node.js; make test-install builds one twice.
set -euo pipefail
shopt -s nocaseglob # of licences' files
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# changed prints its argument if the tree has changes that are in no commit.
changed() { [ -z "$(git status --porcelain)" ] || echo "$1"; }

# version prints the tag's version, or one that sorts after the last tag and before the next.
version() {
  local described
  if described=$(git describe --tags --match 'v[0-9]*' 2>/dev/null); then
    described=$(sed -E 's/^v//; s/^([0-9.]+)-(alpha|beta|rc)/\1~\2/' <<<"$described") # a pre-release sorts before its release
    echo "${described/-/+}$(changed +changed)" | tr - .
  else
    echo "0.0.0~$(TZ=UTC git show -s --date=format-local:%Y%m%d%H%M%S --format=%cd).$(git rev-parse --short HEAD)$(changed +changed)"
  fi
}

VERSION=${VERSION:-$(version)}
COMMIT=${COMMIT:-$(git rev-parse HEAD)$(changed +changed)}
DATE=${DATE:-$(TZ=UTC git show -s --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd)}
SOURCE_DATE_EPOCH=$(date -d "$DATE" +%s)
export VERSION SOURCE_DATE_EPOCH # the latter for nfpm
# Settings of the person who builds would change the bytes. Empty values would not help: Go then reads go env -w's.
export CGO_ENABLED=0 GOFLAGS=-trimpath GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT='' LC_ALL=C
readonly dist=${DIST:-dist} page=internal/dashboard/page/built/index.html
readonly flags="-s -w -X atalaya/internal/app.version=$VERSION -X atalaya/internal/app.commit=$COMMIT -X atalaya/internal/app.date=$DATE"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# program OS ARCH: builds the program for one platform.
program() {
  local stage=$work/$1_$2
  mkdir -p "$stage"
  GOOS=$1 GOARCH=$2 go build -buildvcs=false -ldflags "$flags" -o "$stage/atalaya" ./cmd/atalaya
}

# modules prints name and folder of everything that is linked into the program or its page.
modules() {
  go list -deps -f '{{with .Module}}{{if .Version}}{{.Path}} {{.Version}}	{{.Dir}}{{end}}{{end}}' ./cmd/atalaya | sort -u
  printf 'lightweight-charts\t%s\n@scalar/api-reference\t%s\n' internal/chartsite/assets/vendor internal/api/docs/vendor
  printf 'Go\t%s\n' "$(go env GOROOT)"
  [ ! -e $page ] || npm --prefix web ls --workspace dashboard --omit=dev --all --parseable --long |
    awk -F: '$1 ~ /\/node_modules\// && $2 !~ /^atalaya/ { print $2 "\t" $1 }' | sort -u
}

# licences prints our licence and those of everything inside, as they ask for.
licences() {
  local name folder file
  cat LICENSE
  modules | while IFS=$'\t' read -r name folder; do
    for file in "$folder"/{licen[cs]e,copying,copyright,notice,patents}*; do
      [[ -f $file && $file != *.go ]] || continue
      printf '\n==== %s: %s ====\n\n' "$name" "${file##*/}"
      cat "$file"
    done
  done
}

# words FOLDER: writes the manual page, completions, changelog and licences, which are the same on every platform.
words() {
  local native
  native=$work/$(go env GOHOSTOS)_$(go env GOHOSTARCH)/atalaya
  "$native" man | gzip -9n >"$1/atalaya.1.gz"
  "$native" completion bash >"$1/atalaya.bash"
  "$native" completion zsh >"$1/_atalaya"
  "$native" completion fish >"$1/atalaya.fish"
  gzip -9nc CHANGELOG.md >"$1/changelog.gz"
  cp "$work/licences.gz" "$1"
}

# package ARCH: makes the Debian package of a built program.
package() {
  STAGE=$work/linux_$1 ARCH=$1 bin/nfpm package --config deploy/package/nfpm.yaml --packager deb --target "$dist/atalaya_${VERSION}_$1.deb"
}

# archive OS ARCH: makes the archive for people without Debian.
archive() {
  local folder=atalaya_${VERSION}_$1_$2
  mkdir "$work/$folder"
  cp "$work/$1_$2"/{atalaya,atalaya.1.gz,atalaya.bash,_atalaya,atalaya.fish,licences.gz} README.md LICENSE CHANGELOG.md .env.example "$work/$folder"
  [ "$1" != linux ] || cp deploy/package/atalaya.service "$work/$folder"
  tar --create --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime="$DATE" -C "$work" "$folder" | gzip -9n >"$dist/$folder.tar.gz"
}

# contents writes the lists of everything inside, without their serial number and the time at which they were made.
contents() {
  GOOS=linux GOARCH=amd64 bin/cyclonedx-gomod app -json -licenses -std -noserial -notimestamp -main cmd/atalaya -output "$dist/atalaya_$VERSION.cdx.json" .
  npm --prefix web sbom --workspace dashboard --omit=dev --sbom-format cyclonedx |
    node -e 'const list = JSON.parse(require("fs").readFileSync(0)); delete list.serialNumber; delete list.metadata.timestamp; console.log(JSON.stringify(list, null, 2))' >"$dist/atalaya_${VERSION}_dashboard.cdx.json"
}

mkdir -p "$dist"
if [ "${1:-}" = package ]; then
  [ -e $page ] || echo "npm is missing, so the package has no dashboard; everything else is there." >&2
  arch=$(go env GOHOSTARCH)
  program linux "$arch"
  licences | gzip -9n >"$work/licences.gz"
  words "$work/linux_$arch"
  package "$arch"
  exit
fi

if [[ $COMMIT == *+changed ]]; then
  echo "A release is made of a commit, and this tree has changes of its own: commit or stash them." >&2
  git status --short >&2
  exit 1
fi
rm -f "$dist"/atalaya_* "$dist"/SHA256SUMS
licences | gzip -9n >"$work/licences.gz"
for os in linux darwin; do
  for arch in amd64 arm64; do program "$os" "$arch"; done
done
for os in linux darwin; do
  for arch in amd64 arm64; do
    words "$work/${os}_$arch"
    archive "$os" "$arch"
    [ "$os" = darwin ] || package "$arch"
  done
done
contents
(cd "$dist" && sha256sum atalaya_* >SHA256SUMS && cat SHA256SUMS)
