#!/bin/sh
# After unpacking: makes the user and the file of settings, and on an upgrade starts the new program, which migrates the database.
set -e

[ "$1" = configure ] || exit 0

if ! getent passwd atalaya >/dev/null; then
	adduser --quiet --system --group --home /var/lib/atalaya --no-create-home --gecos Atalaya atalaya
fi
install -d -o atalaya -g atalaya -m 0750 /var/lib/atalaya
install -d -m 0755 /etc/atalaya
# The settings are the operator's from the first installation on; no upgrade touches or asks about them.
if [ ! -e /etc/atalaya/atalaya.env ]; then
	install -m 0640 /usr/share/atalaya/atalaya.env /etc/atalaya/atalaya.env
fi

if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart atalaya.service || echo "atalaya does not start: see journalctl -u atalaya" >&2
fi
if ! systemctl is-enabled --quiet atalaya.service 2>/dev/null; then
	echo "Write your settings to /etc/atalaya/atalaya.env, let atalayactl doctor check them, then: systemctl enable --now atalaya"
fi
