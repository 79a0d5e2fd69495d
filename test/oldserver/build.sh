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
. ../kubernetes/building.sh

kubernetes=v1.20.15
staging=v0.20.15

begin "oldserver/$(hash_of build.sh main.go openapi/openapi.go)" kube-apiserver "$@"
module=$(module_file Dir "k8s.io/kubernetes@$kubernetes")
mkdir "$building/kubernetes" "$building/server"
for part in cmd pkg plugin third_party go.mod; do cp -R "$module/$part" "$building/kubernetes/"; done
chmod -R u+w "$building/kubernetes"
cp openapi/openapi.go "$building/kubernetes/pkg/generated/openapi/zz_generated.openapi.go"
cp main.go "$building/server/"

newer='
golang.org/x/sys golang.org/x/sys v0.6.0
golang.org/x/net golang.org/x/net v0.8.0
golang.org/x/tools golang.org/x/tools v0.6.0
'
{
  printf 'module kubectl-psp/oldserver\n\ngo 1.19\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$kubernetes"
  printf '\tk8s.io/kubernetes => ../kubernetes\n'
  replaced "$building/kubernetes/go.mod" "$staging" "$newer"
  printf ')\n'
} >"$building/server/go.mod"

# Not optimized, as building takes longer than running.
echo "building the API server of $kubernetes into $dir" >&2
(cd "$building/server" && GOFLAGS=-mod=mod go build -tags oldserver -buildvcs=false -trimpath -gcflags 'all=-N -l' \
  -ldflags "$(version_flags "$kubernetes")" -o "$building/kube-apiserver" .) >&2
finish kube-apiserver
