# What the scripts have in common that build programs out of the Go module proxy; they source it.

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# hash_of FILE…: names a folder of the cache after its sources, and how they are built.
hash_of() { cat "$@" "${BASH_SOURCE[0]}" | sha256 | cut -c1-16; }

# pick_release RELEASES WANTED: sets `minor`, `kubernetes` and `staging` from the line of a release, v1.N; with --list, prints
# the releases and ends the script.
pick_release() {
  if [[ $2 == --list ]]; then
    awk 'NF {print $1}' <<<"$1"
    exit
  fi
  minor=$2
  read -r kubernetes staging < <(awk -v minor="$minor" '$1 == minor {print $2, $3}' <<<"$1") || {
    printf '%s: there is no release "%s" here: %s\n' "${0##*/}" "$minor" "$(awk 'NF {printf "%s ", $1}' <<<"$1")" >&2
    exit 1
  }
}

# begin FOLDER PROGRAM [--dir]: sets `dir`, the folder in the user's cache, and `building`, one in it that is removed at the
# end. Where the folder alone is asked for, or the program is there already, it prints the folder and ends the script.
begin() {
  dir=${XDG_CACHE_HOME:-$HOME/.cache}/kubectl-psp/$1
  if [[ ${3-} == --dir || -x $dir/$2 ]]; then
    printf '%s\n' "$dir"
    exit
  fi
  mkdir -p "$dir"
  building=$(mktemp -d "$dir/.building.XXXXXX")
  trap 'rm -rf "$building"' EXIT
}

# finish PROGRAM…: moves what was built to its place, and prints the folder.
finish() {
  local program
  # A rename within a folder is atomic: whoever looks finds a whole program or none.
  for program; do mv -f "$building/$program" "$dir/$program"; done
  printf '%s\n' "$dir"
}

# module_file FIELD MODULE@VERSION: where the proxy's file of a module is: GoMod, or Dir for its sources.
module_file() { go mod download -json "$2" | awk -F'"' -v field="$1" '$2 == field {print $4}'; }

# version_flags v1.N.P: linker flags. A server tells its version by the first of these, and its client by the second.
version_flags() {
  local minor=${1#v1.} package
  minor=${minor%%.*}
  printf '%s' '-s -w'
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf ' -X %s.gitVersion=%s -X %s.gitMajor=1 -X %s.gitMinor=%s' $package "$1" $package $package "$minor"
  done
}

# replaced GO.MOD STAGING [NEWER]: the replacements of a release's own go.mod, with its staging folders as they are published.
# A line of NEWER is a module with what stands for it instead: those that today's Go can't link, or that have moved.
replaced() {
  awk -v staging="$2" -v newer_lines="${3-}" '
    BEGIN {
      n = split(newer_lines, lines, "\n")
      for (i = 1; i <= n; i++) if (split(lines[i], part, " ") == 3) newer[part[1]] = part[2] " " part[3]
    }
    $2 != "=>" || $1 in newer { next }
    $3 ~ /^\.\/staging/ { print "\t" $1, "=>", $1, staging; next }
    { print "\t" $1, "=>", $3, $4 }
    END { for (name in newer) print "\t" name, "=>", newer[name] }
  ' "$1"
}
