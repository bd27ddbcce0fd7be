#!/bin/sh
# Before the files go. An upgrade leaves the service running until the new program is there.
set -e

if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
	systemctl disable --now atalaya.service
fi
