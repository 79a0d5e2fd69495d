#!/usr/bin/env bash
# Builds cel-reference, which judges pods by admission policies of Kubernetes v1.37: see README.md here.
#
#   policies.sh         builds it into the user's cache; prints the folder, as the last line
#   policies.sh --dir   only prints the folder
#
# The folder is named after a hash of the sources. What is there already is not built again. Takes Go
# 1.26 or later and about 4 minutes on two cores the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

hash=$(cat policies/*.go go.mod go.sum policies.sh | sha256 | cut -c1-16)
dir=${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-psp/policies/$hash
program=$dir/cel-reference
if [[ ${1-} == --dir || -x $program ]]; then
  printf '%s\n' "$dir"
  exit
fi

mkdir -p "$dir"
building=$(mktemp -d "$dir/.building.XXXXXX")
trap 'rm -rf "$building"' EXIT

echo "building cel-reference into $dir" >&2
go build -buildvcs=false -trimpath -ldflags '-s -w' -o "$building/cel-reference" ./policies >&2

# A rename within a folder is atomic: whoever looks finds a whole program or none.
mv -f "$building/cel-reference" "$program"
printf '%s\n' "$dir"
