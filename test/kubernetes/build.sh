#!/usr/bin/env bash
# Builds the reference programs that tests compare with: see README.md here.
#
#   build.sh [DIR]   builds into DIR; prints DIR, as the last line
#   build.sh --dir   only prints the folder used if no DIR is given
#
# Without DIR it is a folder of the user's cache, named after a hash of the sources, so that
# another version of the sources gets another folder. What is there already is not built again.
# Needs Go 1.26 or later. About 7 minutes on two cores the first time.
set -euo pipefail
started_in=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"

commands=(psp-reference psp-cases psp-coverage psp-bench yaml-reference kube-apiserver)
kubernetes=v1.24.17
commit=22a9682c8fe855c321be75c5faacde343f909b04

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

hash_of_sources() {
  find . \( -name '*.go' -o -name go.mod -o -name go.sum -o -name build.sh \) -type f |
    LC_ALL=C sort | while IFS= read -r file; do printf '%s\n' "$file"; cat "$file"; done |
    sha256 | cut -c1-16
}

hash=$(hash_of_sources)
dir=${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-psp/reference/$hash
if [[ ${1-} == --dir ]]; then
  printf '%s\n' "$dir"
  exit
fi
if [[ $# -gt 0 ]]; then
  case $1 in
    /*) dir=$1 ;;
    *) dir=$started_in/$1 ;;
  esac
fi

# The stamp is written last: a folder without it is not finished.
stamp=$dir/.sources
if [[ -f $stamp && $(<"$stamp") == "$hash" ]]; then
  printf '%s\n' "$dir"
  exit
fi

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
building=$(mktemp -d "$dir/.building.XXXXXX")
trap 'rm -rf "$building"' EXIT

# The server tells its version by the first of these, and its client by the second.
flags='-s -w'
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags+=" -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=24"
  flags+=" -X $package.gitTreeState=clean -X $package.gitCommit=$commit"
done

echo "building the reference programs into $dir" >&2
go build -buildvcs=false -trimpath -ldflags "$flags" -o "$building/" "${commands[@]/#/./cmd/}" >&2
(cd etcd && go build -buildvcs=false -trimpath -ldflags '-s -w' -o "$building/etcd" .) >&2
(cd podsecurity && go build -buildvcs=false -trimpath -ldflags '-s -w' -o "$building/psa-reference" .) >&2

# A rename within a folder is atomic: whoever looks finds whole programs only.
mv -f "$building"/* "$dir/"
printf '%s\n' "$hash" >"$building/.sources"
mv -f "$building/.sources" "$stamp"
printf '%s\n' "$dir"
