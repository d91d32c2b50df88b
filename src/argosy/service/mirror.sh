# Has attempts copied from scratch into their project directories, by programs of their own that may take hours.
# Usage: sh -c THIS argosy COPY (TOKEN SOURCE GOAL)...      where COPY is the text of copy.sh
# Says of each: "mirrored", "gone" (there is nothing to copy), "hidden", "copying", "waiting", or "failed" and why.
most=8
copy=$1 host=$(uname -n)
shift

state_of() { state=${1%/*/*}/.mirrors/$2; }

# gone DIRECTORY: an attempt's directory is certainly not there. A file system that is not mounted proves nothing.
gone() {
  [ -d "$1" ] && return 1
  job=${1%/*}
  if [ -d "$job" ]; then [ -x "$job" ]; else [ -d "${job%/*}" ] && [ -x "${job%/*}" ]; fi
}

# going STATE: somebody copies. Whether one on another host lives cannot be seen from here; it is given a day.
going() {
  { read -r pid where < "$1/going"; } 2> /dev/null || return 1
  if [ "$where" != "$host" ]; then [ -z "$(find "$1/going" -mtime +0)" ]; return; fi
  kill -0 "$pid" 2> /dev/null || return 1
  [ ! -r "/proc/$pid/cmdline" ] || grep -q argosy-mirror "/proc/$pid/cmdline"
}

has_room() {
  set -- "$1"/*/going
  [ $# -lt "$most" ] || [ ! -e "$1" ]
}

# begin TOKEN SOURCE GOAL
begin() {
  state_of "$2" "$1"
  if [ -d "$3" ] || ! [ -d "$2" ] || [ -f "$state/failed" ] || going "$state" || ! has_room "${state%/*}"; then return; fi
  mkdir -p "$state" || return
  printf '%s %s\n' "$$" "$host" > "$state/going" || return
  if command -v setsid > /dev/null 2>&1; then
    setsid sh -c "$copy" argosy-mirror "$2" "$3" "$state" < /dev/null > /dev/null 2>&1 &
  else
    nohup sh -c "$copy" argosy-mirror "$2" "$3" "$state" < /dev/null > /dev/null 2>&1 &
  fi
}

# at_work (TOKEN SOURCE GOAL)...: one of them is being copied.
at_work() {
  while [ $# -gt 0 ]; do
    state_of "$2" "$1"
    [ -f "$state/going" ] && return
    shift 3
  done
  return 1
}

# tell TOKEN SOURCE GOAL
tell() {
  state_of "$2" "$1"
  if [ -d "$3" ]; then printf 'mirrored %s\n' "$1"
  elif gone "$2"; then printf 'gone %s\n' "$1"
  elif ! [ -d "$2" ]; then printf 'hidden %s\n' "$1"
  elif [ -f "$state/failed" ]; then
    printf 'failed %s %s\n' "$1" "$(tr '\n' ' ' < "$state/failed" | cut -c 1-600)"
    rm -rf "$state"
  elif going "$state"; then printf 'copying %s\n' "$1"
  else printf 'waiting %s\n' "$1"; fi
}

each() {
  act=$1
  shift
  while [ $# -gt 0 ]; do
    "$act" "$1" "$2" "$3"
    shift 3
  done
}

count=$(($# / 3)) tries=15
each begin "$@"
# What is small is there at once.
while [ "$tries" -gt 0 ] && at_work "$@"; do
  sleep 0.1 2> /dev/null || sleep 1
  tries=$((tries - 1))
done
each tell "$@"
printf 'complete %s\n' "$count"
