#!/usr/bin/env bash
# Builds the programs of an old release that tests compare with: see README.md here.
#
#   release.sh v1.N          builds psp-reference and psp-cases of that release; prints their folder, as the last line
#   release.sh v1.N --dir    only prints the folder
#   release.sh --list        prints the releases, oldest first
#
# The sources are the same as for v1.24 (cmd, internal), with a build tag for each change of Kubernetes'
# own Go API, in a module made here out of the release's go.mod. The folder is one of the user's
# cache, named after a hash of the sources. Needs Go 1.26 or later, and some 5 minutes for a release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./building.sh

# The last patch of each minor, and the version of the modules that its staging folders are published as.
releases='
v1.16 v1.16.15 v0.16.15
v1.17 v1.17.17 v0.17.17
v1.18 v1.18.20 v0.18.19
v1.19 v1.19.16 v0.19.16
v1.20 v1.20.15 v0.20.15
v1.21 v1.21.14 v0.21.14
v1.22 v1.22.17 v0.22.17
v1.23 v1.23.17 v0.23.17
'

pick_release "$releases" "${1-}"

sources() { find cmd/psp-reference cmd/psp-cases internal -name '*.go' -type f | LC_ALL=C sort; }

# psp-reference is moved last: a folder without it is not finished.
begin "releases/$(hash_of release.sh $(sources))/$minor" psp-reference "${@:2}"
module=$building/module
mkdir -p "$module"
tar -cf - $(sources) | tar -xf - -C "$module"

newer='
golang.org/x/sys golang.org/x/sys v0.6.0
golang.org/x/net golang.org/x/net v0.8.0
golang.org/x/tools golang.org/x/tools v0.6.0
vbom.ml/util github.com/fvbommel/util v0.0.0-20160121211510-db5cfe13f5cc
'
{
  printf 'module kubectl-psp/reference\n\ngo 1.19\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$kubernetes"
  replaced "$(module_file GoMod "k8s.io/kubernetes@$kubernetes")" "$staging" "$newer"
  printf ')\n'
} >"$module/go.mod"

# A tag for each release from which on something is as the sources write it, if this one is older.
tags=$(awk -v minor="${minor#v1.}" 'NF {split($1, part, "."); if (part[2] > minor) printf "before%s,", part[2]}' <<<"$releases")before24

echo "building the programs of $kubernetes into $dir" >&2
# Not optimized: building takes longer than running. Flags of one's own may come from PSP_BUILD_FLAGS.
(cd "$module" && GOFLAGS=-mod=mod \
  go build ${PSP_BUILD_FLAGS-} -buildvcs=false -trimpath -gcflags 'all=-N -l' -tags "$tags" \
  -ldflags "-s -w -X kubectl-psp/reference/internal/oracle.minor=${minor#v1.}" -o "$building/" ./cmd/psp-cases ./cmd/psp-reference) >&2

finish psp-cases psp-reference
