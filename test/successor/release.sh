#!/usr/bin/env bash
# Builds the API server of a release between PodSecurityPolicy and v1.37, unmodified.
#
#   release.sh v1.N          builds it into the user's cache; prints the folder, as the last line
#   release.sh v1.N --dir    only prints the folder
#   release.sh --list        prints the releases, oldest first
#
# The module is made here out of the release's own go.mod, with its staging folders as they are published. The
# sums of the modules come from the Go checksum database, as no go.sum is kept. The folder is named after a hash
# of the sources. Takes Go 1.26 or later and 8 to 17 minutes of processor time; CI does not do it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# v1.30 is the first with ValidatingAdmissionPolicy as v1; v1.35 the last with MutatingAdmissionPolicy as v1beta1,
# behind a gate.
releases='
v1.30 v1.30.14 v0.30.14
v1.35 v1.35.4 v0.35.4
'

if [[ ${1-} == --list ]]; then
  awk 'NF {print $1}' <<<"$releases"
  exit
fi
minor=${1-}
read -r kubernetes staging < <(awk -v minor="$minor" '$1 == minor {print $2, $3}' <<<"$releases") || {
  printf 'release.sh: there is no release "%s" here: %s\n' "$minor" "$(awk 'NF {printf "%s ", $1}' <<<"$releases")" >&2
  exit 1
}

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

hash=$(cat release.sh main.go | sha256 | cut -c1-16)
dir=${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-psp/successor/$hash/$minor
program=$dir/kube-apiserver
if [[ ${2-} == --dir || -x $program ]]; then
  printf '%s\n' "$dir"
  exit
fi

mkdir -p "$dir"
building=$(mktemp -d "$dir/.building.XXXXXX")
trap 'rm -rf "$building"' EXIT
cp main.go "$building/"

mod=$(go mod download -json "k8s.io/kubernetes@$kubernetes" | awk -F'"' '$2 == "GoMod" {print $4}')
{
  printf 'module kubectl-psp/successor\n\n'
  grep -E '^(go|godebug) ' "$mod"
  printf '\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$kubernetes"
  awk -v staging="$staging" '
    $2 != "=>" { next }
    $3 ~ /^\.\/staging/ { print "\t" $1, "=>", $1, staging; next }
    { print "\t" $1, "=>", $3, $4 }
  ' "$mod"
  printf ')\n'
} >"$building/go.mod"

# The server tells its version by the first of these, and its client by the second.
flags='-s -w'
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags+=" -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=${minor#v1.}"
done

echo "building the API server of $kubernetes into $dir" >&2
(cd "$building" && GOFLAGS=-mod=mod go build -buildvcs=false -trimpath -ldflags "$flags" -o kube-apiserver .) >&2

# A rename within a folder is atomic: whoever looks finds a whole program or none.
mv -f "$building/kube-apiserver" "$program"
printf '%s\n' "$dir"
