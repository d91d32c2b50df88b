# shellcheck shell=sh
# What all schedulers do with the directory of an attempt: read the wrapper's records, take the one start.
# Files are made with printf, since a shell may end when ":" cannot open one.
argosy_newline='
'

copy() {
  [ -f "$2" ] || return 0
  {
    while IFS= read -r argosy_line || [ -n "$argosy_line" ]; do printf '%s %s\n' "$1" "$argosy_line"; done < "$2"
  } 2> /dev/null
}

# gone DIRECTORY: an attempt's directory is certainly not there. A file system that is not mounted proves nothing.
gone() {
  [ -d "$1" ] && return 1
  argosy_job=${1%/*}
  if [ -d "$argosy_job" ]; then [ -x "$argosy_job" ]; else [ -d "${argosy_job%/*}" ] && [ -x "${argosy_job%/*}" ]; fi
}

# forbid DIRECTORY: take the one start of an attempt; fails when a wrapper took it before.
forbid() {
  if take_start "$1"; then
    { printf '' > "$1/claim/forbidden"; } 2> /dev/null || { rm -f "$1/claim/taken"; return 1; }
  else [ -f "$1/claim/forbidden" ] || gone "$1"; fi
}

# without_grace DIRECTORY: what is told to stop is killed at once; also what was told before, and still has its grace.
without_grace() {
  { printf '' > "$1/claim/kill"; } 2> /dev/null
}

take_start() {
  [ -d "$1/claim" ] || mkdir "$1/claim"
  set -C
  printf '' > "$1/claim/taken"
  argosy_first=$?
  set +C
  return "$argosy_first"
} 2> /dev/null
