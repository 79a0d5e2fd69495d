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
. ../kubernetes/building.sh

kubernetes=v1.37.2

begin "successor/$(hash_of main.go go.mod go.sum build.sh)" kube-apiserver "$@"
echo "building the API server of $kubernetes into $dir" >&2
go build -buildvcs=false -trimpath -ldflags "$(version_flags $kubernetes)" -o "$building/kube-apiserver" . >&2
finish kube-apiserver
