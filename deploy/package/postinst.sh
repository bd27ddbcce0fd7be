#!/bin/sh
# After unpacking: makes the user, and on an upgrade starts the new program, which migrates the database.
set -e

[ "$1" = configure ] || exit 0

if ! getent passwd atalaya >/dev/null; then
	adduser --quiet --system --group --home /var/lib/atalaya --no-create-home --gecos Atalaya atalaya
fi
install -d -o atalaya -g atalaya -m 0750 /var/lib/atalaya

if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	if [ -n "$2" ]; then
		systemctl try-restart atalaya.service || echo "atalaya does not start: see journalctl -u atalaya" >&2
	fi
fi
if [ -z "$2" ]; then
	echo "Write your settings to /etc/atalaya/atalaya.env, then: systemctl enable --now atalaya"
fi
