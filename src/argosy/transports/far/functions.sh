# shellcheck shell=sh
# What a long-lived shell knows from its beginning: POSIX sh, and no more than tail, head, wc, find, mv, rm and df.
# Every answer is of lines that begin with a fixed word, and of bytes whose number was said before them.

command -v tail >/dev/null 2>&1 || PATH=$PATH:/usr/local/bin:/usr/bin:/bin
argosy_setsid=0 argosy_printf=0
# shellcheck disable=SC2034
command -v setsid >/dev/null 2>&1 && argosy_setsid=1
find / -maxdepth 0 -printf '' >/dev/null 2>&1 && argosy_printf=1

# one line of TEXT, without what a terminal or a parser would stumble over
argosy_line() { printf '%s\n' "$1" | tr '\000-\037' ' '; }

# argosy_why FILE: why it cannot be read
argosy_why() {
  if [ ! -e "$1" ]; then printf 'No such file or directory'
  elif [ ! -f "$1" ]; then printf 'is not a regular file'
  else printf 'Permission denied'; fi
}

# argosy_read FILE START LIMIT: "piece SIZE BEGIN COUNT" and that many bytes, or "no WHY"
argosy_read() {
  size=''
  { [ -f "$1" ] && size=$(wc -c <"$1"); } 2>/dev/null
  if [ -z "$size" ]; then printf 'no %s\n' "$(argosy_why "$1")"; return; fi
  size=$((size)) begin=$2
  if [ "$begin" -lt 0 ]; then
    begin=$((size + begin))
    [ "$begin" -ge 0 ] || begin=0
  fi
  count=$((size - begin))
  [ "$count" -ge 0 ] || count=0
  [ "$count" -le "$3" ] || count=$3
  printf 'piece %s %s %s\n' "$size" "$begin" "$count"
  [ "$count" -eq 0 ] || tail -c "+$((begin + 1))" "$1" | head -c "$count"
}

# argosy_files DIRECTORY: "SIZE TIME KIND PATH" and NUL for each file and link below it; an empty one ends the list
argosy_files() {
  if [ ! -d "$1/." ]; then :
  elif [ "$argosy_printf" = 1 ]; then
    find "$1/." \( -type f -o -type l \) -printf '%s %T@ %y %P\0' 2>/dev/null
  else
    find "$1/." \( -type f -o -type l \) -exec sh -c '
      cut=$1; shift
      for file; do
        facts=$(stat -c "%s %Y" -- "$file" 2>/dev/null || stat -f "%z %m" -- "$file" 2>/dev/null) || continue
        kind=f; [ ! -L "$file" ] || kind=l
        printf "%s %s %s\0" "$facts" "$kind" "${file#"$cut"}"
      done' sh "$1/./" {} + 2>/dev/null
  fi
  printf '\0'
}

# argosy_hollows DIRECTORY: PATH and NUL for each empty directory below it; an empty one ends the list
argosy_hollows() {
  if [ ! -d "$1/." ]; then :
  elif [ "$argosy_printf" = 1 ]; then
    find "$1/." -mindepth 1 -type d -empty -printf '%P\0' 2>/dev/null
  else
    find "$1/." -type d -exec sh -c '
      cut=$1; shift
      for folder; do
        [ -r "$folder" ] && [ "$folder/" != "$cut" ] && [ -z "$(ls -A -- "$folder" | head -c 1)" ] || continue
        printf "%s\0" "${folder#"$cut"}"
      done' sh "$1/./" {} + 2>/dev/null
  fi
  printf '\0'
}

# argosy_write FILE BYTES: "ok", or "no WHY"; a reader sees the old bytes or the new ones
argosy_write() {
  part=${1%/*}/.argosy-part-$$
  if [ -d "$1" ]; then printf 'no Is a directory\n'
  elif { printf '%b' "$2" >"$part" && mv -f -- "$part" "$1"; } 2>/dev/null; then printf 'ok\n'
  else
    said=$({ printf '%b' "$2" >"$part" && mv -f -- "$part" "$1"; } 2>&1) && said='it failed once'
    rm -f -- "$part" 2>/dev/null
    printf 'no %s\n' "$(argosy_line "$said")"
  fi
}

# argosy_missing CONTENTS HASH...: "free KIB", "missing HASH BYTES" with the bytes of a part that came before, and when
# something is missing what is known of quotas
argosy_missing() {
  contents=$1
  shift
  mkdir -p -- "$contents" || return
  df -Pk "$contents" 2>/dev/null | { read -r _; read -r _ _ _ free _; printf 'free %s\n' "$free"; }
  for hash; do
    [ ! -f "$contents/$hash" ] || continue
    size=0
    [ ! -f "$contents/.part-$hash" ] || size=$(($(wc -c <"$contents/.part-$hash")))
    printf 'missing %s %s\n' "$hash" "$size"
    contents=$contents/
  done
  case $contents in */) argosy_quotas "$contents" ;; esac
}

# argosy_rid ENTRY...: remove trees, also where a program has closed its own directories
argosy_rid() {
  rm -rf -- "$@" 2>/dev/null && return
  for entry; do
    [ -L "$entry" ] || [ ! -d "$entry" ] || chmod -R u+rwx -- "$entry" 2>/dev/null
  done
  rm -rf -- "$@"
}

# argosy_weigh DIRECTORY: how many bytes the files below it have; nothing where that cannot be found out
argosy_weigh() {
  argosy_files "$1" | tr '\n\0' '\1\n' | awk '{ sum += $1 } END { printf "%.0f", sum }'
}

# argosy_remove DIRECTORY MARKER TEXT KEEP: "removed BYTES", "absent", "unmarked", or "no WHY". The marker goes last, so
# that a second call can finish what this one could not; it stays when KEEP is not empty.
argosy_remove() {
  if [ -L "$1" ] || [ ! -d "$1" ]; then printf 'absent\n'; return; fi
  if [ ! -f "$1/$2" ] || [ ! -r "$1/$2" ]; then printf 'unmarked\n'; return; fi
  mark=$(cat -- "$1/$2"; printf x)
  mark=${mark%x}
  case $mark in *"$3"*) ;; *) printf 'unmarked\n'; return ;; esac
  size=$(argosy_weigh "$1")
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ "$entry" != "$1/$2" ] || continue
    [ -e "$entry" ] || [ -L "$entry" ] || continue
    if ! said=$(argosy_rid "$entry" 2>&1); then printf 'no %s\n' "$(argosy_line "$said")"; return; fi
  done
  if [ -n "$4" ]; then printf 'removed %s\n' "${size:-0}"
  elif ! said=$(rm -f -- "$1/$2" 2>&1); then printf 'no %s\n' "$(argosy_line "$said")"
  elif said=$(rmdir -- "$1" 2>&1); then printf 'removed %s\n' "${size:-0}"
  else
    printf '%s' "$mark" >"$1/$2" # something new has appeared: it stays marked, and can be removed later
    printf 'no %s\n' "$(argosy_line "$said")"
  fi
}
