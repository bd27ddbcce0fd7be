#!/bin/sh
# After the files have gone. Removing keeps settings, pictures and certificates; purging removes them. The
# database belongs to whoever made it.
set -e

if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
if [ "$1" = purge ]; then
	rm -rf /var/lib/atalaya /etc/atalaya
	if getent passwd atalaya >/dev/null; then
		deluser --quiet --system atalaya >/dev/null 2>&1 || true # it complains where there is no cron
	fi
fi
