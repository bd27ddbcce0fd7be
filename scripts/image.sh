#!/usr/bin/env bash
# Builds the container's image as one file, dist/atalaya-image.tar, out of Debian's packages and the package that
# make package has built: no base image is pulled and no container engine is needed. Run it as root, and then
#
#   docker load --input dist/atalaya-image.tar    (or podman load)
#
# deploy/Dockerfile is the same image for people with an engine that may pull.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "$(id -u)" = 0 ] || { echo "run this as root: debootstrap makes files of other users" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }

arch=$(dpkg --print-architecture)
package=${PACKAGE:-$(find "${DIST:-dist}" -maxdepth 1 -name "atalaya_*_$arch.deb" -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2)}
out=${OUT:-dist/atalaya-image.tar}
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root image=$work/image

debootstrap --variant=minbase --include=ca-certificates,adduser,chromium-headless-shell,fonts-liberation,fonts-noto-cjk,fonts-noto-color-emoji \
  "${SUITE:-bookworm}" "$root" ${MIRROR:+"$MIRROR"} >&2
# The program alone: the container's engine takes the place of systemd, and the service runs as root so that its
# browser can be somebody else, as in deploy/Dockerfile.
dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" ./usr/bin/atalaya
install -d -m 0711 "$root/var/lib/atalaya" "$root/var/lib/atalaya/pictures"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/usr/share/{doc,man,locale} "$root"/etc/{hostname,resolv.conf}

mkdir "$image"
tar --create --sort=name --numeric-owner --xattrs --mtime=@0 --file "$image/layer.tar" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' -C "$root" .
layer=$(sha256sum "$image/layer.tar" | cut -d' ' -f1)
version=$("$root/usr/bin/atalaya" version | cut -d' ' -f2)
cat >"$image/config.json" <<JSON
{"architecture": "$arch", "os": "linux", "created": "1970-01-01T00:00:00Z",
 "config": {"Entrypoint": ["atalaya"], "Cmd": ["serve"], "WorkingDir": "/var/lib/atalaya",
  "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
  "ExposedPorts": {"3000/tcp": {}, "9464/tcp": {}}, "Labels": {"org.opencontainers.image.version": "$version"},
  "Healthcheck": {"Test": ["CMD", "atalaya", "ready"], "Interval": 30000000000, "Timeout": 5000000000, "StartPeriod": 60000000000}},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}, "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "scripts/image.sh"}]}
JSON
echo '[{"Config": "config.json", "RepoTags": ["atalaya:latest"], "Layers": ["layer.tar"]}]' >"$image/manifest.json"
tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --file "$out" -C "$image" .
echo "$out"
