#!/usr/bin/env bash
# build-before.sh COMMIT FILE: builds the program of an earlier commit beside the working tree.
set -euo pipefail
commit=$1 file=$(realpath -m "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source=$(mktemp -d)
trap 'git worktree remove --force "$source"' EXIT
git worktree add --quiet --force --detach "$source" "$commit"
go build -C "$source" -o "$file" ./cmd/atalaya
