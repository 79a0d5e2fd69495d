#!/usr/bin/env bash
# Builds the API server of an old release, v1.20: see ../kubernetes/README.md.
#
#   build.sh         builds kube-apiserver; prints its folder, as the last line
#   build.sh --dir   only prints the folder
#
# The module of that release lacks one file, which Kubernetes generates when it is built: the OpenAPI document. Here
# it is one that has the names of all types and nothing about them, in a copy of the module. Needs Go 1.26 or later.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

kubernetes=v1.20.15
staging=v0.20.15

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

hash=$(cat build.sh main.go openapi/openapi.go | sha256 | cut -c1-16)
dir=${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-psp/oldserver/$hash
if [[ ${1-} == --dir ]] || [[ -x $dir/kube-apiserver ]]; then
  printf '%s\n' "$dir"
  exit
fi

mkdir -p "$dir"
building=$(mktemp -d "$dir/.building.XXXXXX")
trap 'rm -rf "$building"' EXIT

module=$(go mod download -json "k8s.io/kubernetes@$kubernetes" | awk -F'"' '$2 == "Dir" {print $4}')
mkdir "$building/kubernetes" "$building/server"
for part in cmd pkg plugin third_party go.mod; do cp -R "$module/$part" "$building/kubernetes/"; done
chmod -R u+w "$building/kubernetes"
cp openapi/openapi.go "$building/kubernetes/pkg/generated/openapi/zz_generated.openapi.go"
cp main.go "$building/server/"

# The modules that the release pins, its staging folders as they are published, and newer ones of those that
# today's Go can't link.
{
  printf 'module kubectl-psp/oldserver\n\ngo 1.19\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$kubernetes"
  printf '\tk8s.io/kubernetes => ../kubernetes\n'
  printf '\tgolang.org/x/%s\n' 'sys => golang.org/x/sys v0.6.0' 'net => golang.org/x/net v0.8.0' 'tools => golang.org/x/tools v0.6.0'
  awk -v staging="$staging" '
    $2 != "=>" || $1 ~ /^golang.org\/x\/(sys|net|tools)$/ { next }
    $3 ~ /^\.\/staging/ { print "\t" $1, "=>", $1, staging; next }
    { print "\t" $1, "=>", $3, $4 }
  ' "$building/kubernetes/go.mod"
  printf ')\n'
} >"$building/server/go.mod"

# The aggregator, which answers for all, has the version of client-go.
flags='-s -w'
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags+=" -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=20"
done

# Not optimized, as building takes longer than running.
echo "building the API server of $kubernetes into $dir" >&2
(cd "$building/server" && GOFLAGS=-mod=mod go build -tags oldserver -buildvcs=false -trimpath -gcflags 'all=-N -l' \
  -ldflags "$flags" -o "$building/kube-apiserver" .) >&2

# A rename within a folder is atomic: whoever looks finds a whole program only.
mv -f "$building/kube-apiserver" "$dir/"
printf '%s\n' "$dir"
