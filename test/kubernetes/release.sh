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

sources() { find cmd/psp-reference cmd/psp-cases internal -name '*.go' -type f | LC_ALL=C sort; }

hash=$({ cat release.sh; sources | while IFS= read -r file; do printf '%s\n' "$file"; cat "$file"; done; } |
  sha256 | cut -c1-16)
dir=${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-psp/releases/$hash/$minor
if [[ ${2-} == --dir ]]; then
  printf '%s\n' "$dir"
  exit
fi
# Written last, by a rename: a folder without it is not finished.
if [[ -x $dir/psp-reference ]]; then
  printf '%s\n' "$dir"
  exit
fi

mkdir -p "$dir"
building=$(mktemp -d "$dir/.building.XXXXXX")
trap 'rm -rf "$building"' EXIT
module=$building/module
mkdir -p "$module"
tar -cf - $(sources) | tar -xf - -C "$module"

# The modules that the release pins, its staging folders as they are published, and newer ones of those
# that today's Go can't link or that have moved.
overrides='
golang.org/x/sys golang.org/x/sys v0.6.0
golang.org/x/net golang.org/x/net v0.8.0
golang.org/x/tools golang.org/x/tools v0.6.0
vbom.ml/util github.com/fvbommel/util v0.0.0-20160121211510-db5cfe13f5cc
'
mod=$(go mod download -json "k8s.io/kubernetes@$kubernetes" | awk -F'"' '$2 == "GoMod" {print $4}')
{
  printf 'module kubectl-psp/reference\n\ngo 1.19\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$kubernetes"
  awk -v staging="$staging" -v overrides="$overrides" '
    BEGIN {
      n = split(overrides, lines, "\n")
      for (i = 1; i <= n; i++) if (split(lines[i], part, " ") == 3) newer[part[1]] = part[2] " " part[3]
    }
    $2 != "=>" || $1 in newer { next }
    $3 ~ /^\.\/staging/ { print "\t" $1, "=>", $1, staging; next }
    { print "\t" $1, "=>", $3, $4 }
    END { for (name in newer) print "\t" name, "=>", newer[name] }
  ' "$mod"
  printf ')\n'
} >"$module/go.mod"

# A tag for each release from which on something is as the sources write it, if this one is older.
tags=$(awk -v minor="${minor#v1.}" 'NF {split($1, part, "."); if (part[2] > minor) printf "before%s,", part[2]}' <<<"$releases")before24

echo "building the programs of $kubernetes into $dir" >&2
# Not optimized: building takes longer than running. Flags of one's own may come from PSP_BUILD_FLAGS.
(cd "$module" && GOFLAGS=-mod=mod \
  go build ${PSP_BUILD_FLAGS-} -buildvcs=false -trimpath -gcflags 'all=-N -l' -tags "$tags" \
  -ldflags "-s -w -X kubectl-psp/reference/internal/oracle.minor=${minor#v1.}" -o "$building/" ./cmd/psp-cases ./cmd/psp-reference) >&2

mv -f "$building/psp-cases" "$dir/"
mv -f "$building/psp-reference" "$dir/"
printf '%s\n' "$dir"
