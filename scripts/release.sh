#!/usr/bin/env bash
# Builds what is given to others into dist/.
#
#   scripts/release.sh package   the Debian package for this machine's architecture
#   scripts/release.sh           static programs for Linux and macOS (amd64, arm64), Debian packages, a list of
#                                everything inside (SBOM, CycloneDX), and SHA-256 checksums
#
# VERSION=1.2.3 names the version; otherwise Git does. The same commit gives the same bytes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# version prints the tag, or what sorts after the last one and before the next.
version() {
  local described
  if described=$(git describe --tags --match 'v[0-9]*' 2>/dev/null); then
    described=$(sed -E 's/^v//; s/^([0-9.]+)-(alpha|beta|rc)/\1~\2/' <<<"$described") # a pre-release sorts before its release
    echo "${described/-/+}" | tr - .
  else
    echo "0.0.0~$(TZ=UTC git show -s --date=format-local:%Y%m%d%H%M%S --format=%cd).$(git rev-parse --short HEAD)"
  fi
}

VERSION=${VERSION:-$(version)}
COMMIT=${COMMIT:-$(git rev-parse HEAD)}
DATE=${DATE:-$(TZ=UTC git show -s --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd)}
SOURCE_DATE_EPOCH=$(date -d "$DATE" +%s)
export VERSION SOURCE_DATE_EPOCH # the latter for nfpm
readonly dist=${DIST:-dist} flags="-s -w -X atalaya/internal/app.version=$VERSION -X atalaya/internal/app.commit=$COMMIT -X atalaya/internal/app.date=$DATE"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# program OS ARCH: builds the program for one platform.
program() {
  local stage=$work/$1_$2
  mkdir -p "$stage"
  CGO_ENABLED=0 GOOS=$1 GOARCH=$2 go build -trimpath -buildvcs=false -ldflags "$flags" -o "$stage/atalaya" ./cmd/atalaya
}

# words FOLDER: writes what the program prints about itself, which is the same on every platform.
words() {
  local native
  native=$work/$(go env GOHOSTOS)_$(go env GOHOSTARCH)/atalaya
  "$native" man | gzip -9n >"$1/atalaya.1.gz"
  "$native" completion bash >"$1/atalaya.bash"
  "$native" completion zsh >"$1/_atalaya"
  "$native" completion fish >"$1/atalaya.fish"
  gzip -9nc CHANGELOG.md >"$1/changelog.gz"
}

# package ARCH: makes the Debian package of a built program.
package() {
  STAGE=$work/linux_$1 ARCH=$1 bin/nfpm package --config deploy/package/nfpm.yaml --packager deb --target "$dist/atalaya_${VERSION}_$1.deb"
}

# archive OS ARCH: makes the archive for people without Debian.
archive() {
  local folder=atalaya_${VERSION}_$1_$2
  mkdir "$work/$folder"
  cp "$work/$1_$2"/{atalaya,atalaya.1.gz,atalaya.bash,_atalaya,atalaya.fish} README.md LICENSE CHANGELOG.md .env.example "$work/$folder"
  [ "$1" = linux ] && cp deploy/package/atalaya.service "$work/$folder"
  tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime="$DATE" -C "$work" "$folder" | gzip -9n >"$dist/$folder.tar.gz"
}

mkdir -p "$dist"
if [ "${1:-}" = package ]; then
  arch=$(go env GOHOSTARCH)
  program linux "$arch"
  words "$work/linux_$arch"
  package "$arch"
  exit
fi

rm -f "$dist"/atalaya_* "$dist"/SHA256SUMS
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
bin/cyclonedx-gomod app -json -licenses -main cmd/atalaya -output "$dist/atalaya_$VERSION.cdx.json" .
npm --prefix web sbom --omit=dev --sbom-format cyclonedx >"$dist/atalaya_${VERSION}_dashboard.cdx.json"
(cd "$dist" && sha256sum atalaya_* >SHA256SUMS && cat SHA256SUMS)
