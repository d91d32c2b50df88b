# shellcheck shell=sh
# What all schedulers do with the directory of an attempt: read the wrapper's records, take the one start.
# Files are made with printf, since a shell may end when ":" cannot open one.
newline='
'

copy() {
  [ -f "$2" ] || return 0
  { while IFS= read -r line || [ -n "$line" ]; do printf '%s %s\n' "$1" "$line"; done < "$2"; } 2> /dev/null
}

# gone DIRECTORY: an attempt's directory is certainly not there. A file system that is not mounted proves nothing.
gone() {
  [ -d "$1" ] && return 1
  job=${1%/*}
  if [ -d "$job" ]; then [ -x "$job" ]; else [ -d "${job%/*}" ] && [ -x "${job%/*}" ]; fi
}

# forbid DIRECTORY: take the one start of an attempt; fails when a wrapper took it before.
forbid() {
  if mkdir "$1/claim" 2> /dev/null; then
    { printf '' > "$1/claim/forbidden"; } 2> /dev/null || { rmdir "$1/claim"; return 1; }
  else [ -f "$1/claim/forbidden" ] || gone "$1"; fi
}
