# How much room there is where the files of jobs lie. It changes nothing.
# Usage: sh -c THIS argosy PLACE PATH ...
# Says "PLACE WORD NUMBER..." for each thing that is known, then "complete".
LC_ALL=C
export LC_ALL

# A file server that is away must not hold up the answer.
soon() { if command -v timeout > /dev/null 2>&1; then timeout -k 2 10 "$@"; else "$@"; fi; }

# of PLACE PATH: the last directory on the way there that is there already
of() {
  above=$2
  while [ -n "$above" ] && [ ! -d "$above" ]; do above=${above%/*}; done
  above=${above:-/}
  soon df -Pk "$above" 2> /dev/null | {
    read -r _
    read -r device _ _ free _ && printf '%s on %s\n%s free %s\n' "$1" "$device" "$1" "$free"
  }
  soon df -Pi "$above" 2> /dev/null | {
    read -r _
    read -r _ _ _ free _ && printf '%s names %s\n' "$1" "$free"
  }
  if command -v lfs > /dev/null 2>&1; then
    soon lfs quota -q -u "$(id -un)" "$above" 2> /dev/null | while read -r row; do printf '%s lustre %s\n' "$1" "$row"; done
  fi
  printf '%s\n' "$rows" | while read -r row; do printf '%s quota %s\n' "$1" "$row"; done
}

rows=
if command -v quota > /dev/null 2>&1; then rows=$(soon quota -wp 2> /dev/null); fi
while [ $# -gt 0 ]; do
  of "$1" "$2"
  shift 2
done
printf 'complete\n'
