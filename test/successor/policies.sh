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
. ../kubernetes/building.sh

begin "policies/$(hash_of policies/*.go go.mod go.sum policies.sh)" cel-reference "$@"
echo "building cel-reference into $dir" >&2
go build -buildvcs=false -trimpath -ldflags '-s -w' -o "$building/cel-reference" ./policies >&2
finish cel-reference
