#!/bin/sh
# Runs a command of atalaya as the service runs: as its user, with its settings and its folders. For example
#
#   sudo atalayactl doctor
#
# So it sees what the service sees, and no file of the service becomes root's.
set -e
if [ "$(id -u)" != 0 ]; then
	echo "atalayactl: run it as root, as in: sudo atalayactl doctor" >&2
	exit 1
fi
exec systemd-run --quiet --pipe --wait --collect --uid=atalaya --gid=atalaya \
	--working-directory=/var/lib/atalaya --property=EnvironmentFile=/etc/atalaya/atalaya.env \
	--property=UMask=0077 --property=NoNewPrivileges=yes \
	--setenv=HOME=/var/lib/atalaya --setenv=SPOOL_DIR=/var/lib/atalaya/spool \
	/usr/bin/atalaya "$@"
