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
. ../kubernetes/building.sh

# v1.30 is the first with ValidatingAdmissionPolicy as v1; v1.35 the last with MutatingAdmissionPolicy as v1beta1,
# behind a gate.
releases='
v1.30 v1.30.14 v0.30.14
v1.35 v1.35.4 v0.35.4
'

pick_release "$releases" "${1-}"

begin "successor/$(hash_of release.sh main.go)/$minor" kube-apiserver "${@:2}"
cp main.go "$building/"

mod=$(module_file GoMod "k8s.io/kubernetes@$kubernetes")
{
  printf 'module kubectl-psp/successor\n\n'
  grep -E '^(go|godebug) ' "$mod"
  printf '\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$kubernetes"
  replaced "$mod" "$staging"
  printf ')\n'
} >"$building/go.mod"

echo "building the API server of $kubernetes into $dir" >&2
(cd "$building" && GOFLAGS=-mod=mod go build -buildvcs=false -trimpath -ldflags "$(version_flags "$kubernetes")" \
  -o kube-apiserver .) >&2
finish kube-apiserver
