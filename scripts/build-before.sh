#!/usr/bin/env bash
# build-before.sh COMMIT FILE: builds the program of an earlier commit beside the working tree.
set -euo pipefail
commit=$1 file=$(realpath -m "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source=$(mktemp -d)
trap 'git worktree remove --force "$source"' EXIT
git worktree add --quiet --force --detach "$source" "$commit"
# Without the path of its folder, a second build of the commit finds everything in Go's cache.
go build -C "$source" -trimpath -o "$file" ./cmd/atalaya
