# shellcheck shell=sh
# Looks at a machine for a check of its target. Arguments: root, and scratch if there is one.
# Says a line for each thing that is missing or matters, then "complete". It makes the places, and leaves nothing in them.
export LC_ALL=C
for word in cat chmod cp env find grep head kill mkdir mv rm rmdir sed sleep tail tar tr wc; do
  command -v "$word" >/dev/null 2>&1 || printf 'missing %s\n' "$word"
done
command -v sha256sum >/dev/null 2>&1 || command -v shasum >/dev/null 2>&1 || command -v openssl >/dev/null 2>&1 ||
  printf 'hashless\n'
command -v setsid >/dev/null 2>&1 || printf 'sessionless\n'
printf 'clock %s\n' "$(date +%s)"

# one line of TEXT
line() { printf '%s' "$1" | tr '\000-\037' ' '; }

# look WHICH PATH: whether jobs can lie there
look() {
  above=$2
  while [ -n "$above" ] && [ ! -e "$above" ] && [ ! -L "$above" ]; do above=${above%/*}; done
  if [ ! -d "${above:-/}" ]; then printf '%s inside %s\n' "$1" "$(line "$above")"; return; fi
  if ! said=$(mkdir -p -- "$2" 2>&1); then printf '%s closed %s\n' "$1" "$(line "$said")"; return; fi
  df -Pk "$2" 2>/dev/null | { read -r _; read -r _ _ _ free _; printf '%s free %s\n' "$1" "$free"; }
  df -Pi "$2" 2>/dev/null | { read -r _; read -r _ all _ free _; printf '%s names %s %s\n' "$1" "$free" "$all"; }
  probe=$2/.argosy-probe-$$
  if ! said=$({ head -c 65536 /dev/zero >"$probe"; } 2>&1); then
    printf '%s closed %s\n' "$1" "$(line "$said")"
  elif { printf '#!/bin/sh\n' >"$probe" && chmod 0700 "$probe"; } 2>/dev/null && ! "$probe" 2>/dev/null; then
    printf '%s noexec\n' "$1"
  fi
  rm -f -- "$probe"
}
look root "$1"
[ -z "${2-}" ] || look scratch "$2"
if command -v quota >/dev/null 2>&1; then
  said=$(quota -q 2>/dev/null)
  [ -z "$said" ] || printf 'quota %s\n' "$(line "$said")"
fi
printf 'complete\n'
