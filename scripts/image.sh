#!/usr/bin/env bash
# Builds the container's image as one file, dist/atalaya-image.tar, out of Debian's packages and the package that
# make package has built: no base image is pulled and no container engine is needed. Run it as root, and then
#
#   docker load --input dist/atalaya-image.tar    (or podman load)
#
# deploy/Dockerfile is the same image for people with an engine that may pull. SUITE names another Debian, MIRROR
# another mirror of its packages, SECURITY_MIRROR one of its security updates.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "$(id -u)" = 0 ] || { echo "run this as root: debootstrap makes files of other users" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }

arch=$(dpkg --print-architecture)
package=${PACKAGE:-$(find "${DIST:-dist}" -maxdepth 1 -name "atalaya_*_$arch.deb" -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2)}
[ -n "$package" ] || { echo "there is no package: run make package" >&2; exit 1; }
out=${OUT:-dist/atalaya-image.tar}
suite=${SUITE:-bookworm}
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root image=$work/image
install -d -m 0755 "$root" # of the image's root folder: a browser that runs as nobody has to enter it

export DPKG_FORCE=unsafe-io # dpkg need not wait for the disk: what a power cut leaves behind is no image
debootstrap --variant=minbase --include=ca-certificates,chromium-headless-shell,fonts-liberation,fonts-noto-cjk,fonts-noto-color-emoji \
  "$suite" "$root" ${MIRROR:+"$MIRROR"} >&2

# debootstrap installs the suite as it was released. Later fixes, above all of the browser, come from its security
# updates. apt inside has the network settings of apt outside.
mirror=$(awk '/^deb / { print $2; exit }' "$root/etc/apt/sources.list")
echo "deb ${SECURITY_MIRROR:-${mirror%/}-security} $suite-security main" >>"$root/etc/apt/sources.list"
apt-config dump | grep -E '^Acquire::(http|https|Check-)' >"$root/etc/apt/apt.conf.d/99outside" || true
chroot "$root" sh -c 'export DEBIAN_FRONTEND=noninteractive && apt-get update -qq && apt-get dist-upgrade -y -qq --no-install-recommends' >&2
rm "$root/etc/apt/apt.conf.d/99outside"

# Only the program is taken, because the container's engine takes the place of systemd. The service runs as root so
# that its browser can run as another user, as in deploy/Dockerfile.
dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" ./usr/bin/atalaya ./usr/share/doc/atalaya
install -d -m 0711 "$root/var/lib/atalaya" "$root/var/lib/atalaya/pictures"
install -d -m 0700 "$root/var/lib/atalaya/spool"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/usr/share/{man,locale} "$root"/etc/{hostname,resolv.conf}
find "$root/usr/share/doc" -type f ! -name 'copyright*' ! -path '*/atalaya/*' -delete

# The layout is that of docker save, which every engine loads.
mkdir "$image"
tar --create --sort=name --numeric-owner --xattrs --file "$image/layer.tar" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' -C "$root" .
layer=$(sha256sum "$image/layer.tar" | cut -d' ' -f1)
version=$("$root/usr/bin/atalaya" version | cut -d' ' -f2)
created=$(date -u +%Y-%m-%dT%H:%M:%SZ)
cat >"$image/config.json" <<JSON
{"architecture": "$arch", "os": "linux", "created": "$created",
 "config": {"Entrypoint": ["atalaya"], "Cmd": ["serve"], "WorkingDir": "/var/lib/atalaya",
  "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
  "ExposedPorts": {"3000/tcp": {}, "9464/tcp": {}, "9465/tcp": {}}, "Labels": {"org.opencontainers.image.version": "$version"},
  "Healthcheck": {"Test": ["CMD", "atalaya", "ready"], "Interval": 30000000000, "Timeout": 5000000000, "StartPeriod": 60000000000, "StartInterval": 2000000000}},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}, "history": [{"created": "$created", "created_by": "scripts/image.sh"}]}
JSON
echo '[{"Config": "config.json", "RepoTags": ["atalaya:latest"], "Layers": ["layer.tar"]}]' >"$image/manifest.json"
tar --create --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --file "$out" -C "$image" .
echo "$out"
