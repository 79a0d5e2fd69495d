#!/usr/bin/env bash
# Builds the command line of another policy engine, unmodified: that of Kyverno, or gator of Gatekeeper.
#
#   build.sh kyverno|gator          builds it into the user's cache; prints the folder, as the last line
#   build.sh kyverno|gator --dir    only prints the folder
#
# The module that requires it is made here, with the replacements of its own go.mod. The sums of the modules come from
# the Go checksum database, as no go.sum is kept. Takes Go 1.26 or later, and 8 to 20 minutes of processor time: CI does
# not do it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../kubernetes/building.sh

name=${1-}
case $name in
  kyverno) module=github.com/kyverno/kyverno version=v1.19.1 package=cmd/cli/kubectl-kyverno ;;
  gator) module=github.com/open-policy-agent/gatekeeper/v3 version=v3.23.1 package=cmd/gator ;;
  *) echo "build.sh: there is no engine \"$name\" here: kyverno, gator" >&2 && exit 1 ;;
esac

begin "engines/$(hash_of build.sh)/$name" "$name" "${@:2}"
mod=$(module_file GoMod "$module@$version")
{
  printf 'module kubectl-psp/engines\n\n'
  grep -E '^(go|godebug) ' "$mod"
  printf '\nrequire %s %s\n\nreplace (\n' "$module" "$version"
  sed -n 's/^replace \(.*=>.*\)$/\t\1/p' "$mod"
  printf ')\n'
} >"$building/go.mod"

echo "building $name of $module $version into $dir" >&2
(cd "$building" && GOFLAGS=-mod=mod go build -buildvcs=false -trimpath -ldflags '-s -w' -o "$name" "$module/$package") >&2
finish "$name"
