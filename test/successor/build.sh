#!/usr/bin/env bash
# Builds the API server that a cluster goes to after PodSecurityPolicy, unmodified: Kubernetes v1.37.
#
#   build.sh         builds it into the user's cache; prints the folder, as the last line
#   build.sh --dir   only prints the folder
#
# The folder is named after a hash of the sources. What is there already is not built again. Takes Go
# 1.26 or later and 8 to 17 minutes of processor time, so .ci/run does it only if asked to.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

kubernetes=v1.37.2

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

hash=$(cat main.go go.mod go.sum build.sh | sha256 | cut -c1-16)
dir=${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-psp/successor/$hash
program=$dir/kube-apiserver
if [[ ${1-} == --dir || -x $program ]]; then
  printf '%s\n' "$dir"
  exit
fi

mkdir -p "$dir"
building=$(mktemp -d "$dir/.building.XXXXXX")
trap 'rm -rf "$building"' EXIT

# The server tells its version by the first of these, and its client by the second.
flags='-s -w'
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags+=" -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=37"
done

echo "building the API server of $kubernetes into $dir" >&2
go build -buildvcs=false -trimpath -ldflags "$flags" -o "$building/kube-apiserver" . >&2

# A rename within a folder is atomic: whoever looks finds a whole program or none.
mv -f "$building/kube-apiserver" "$program"
printf '%s\n' "$dir"
