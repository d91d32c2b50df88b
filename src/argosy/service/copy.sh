# Copies what an attempt left from scratch into its project directory, which appears whole and compared, or not at all.
# Usage: sh -c THIS argosy-mirror SOURCE GOAL STATE
# STATE/going says who copies; at the end it is gone, and STATE/failed says why when there is no GOAL.
source=$1 goal=$2 state=$3
part=${goal%/*}/.${goal##*/}.part
LC_ALL=C
export LC_ALL
trap '' HUP

# listing DIRECTORY: kind, size and name of all that is to be copied.
listing() {
  (cd "$1" && find . -type d && find . \( -type f -o -type l \) -exec ls -ldn {} +) |
    sed 's/^\(.\)[^ ]*  *[^ ]*  *[^ ]*  *[^ ]*  *\([0-9]*\)  *[^ ]*  *[^ ]*  *[^ ]* /\1 \2 /'
}

pour() {
  if command -v rsync > /dev/null 2>&1; then
    # Goes on where an earlier copy broke off. Owner and group are those of the place that it comes to.
    rsync -rlptS --delete "$source/" "$part/"
  else
    rm -rf "$part" && mkdir "$part" || return
    { (cd "$source" && tar cf - .) && printf '' > "$state/packed"; } | (cd "$part" && tar xf -) && [ -f "$state/packed" ]
  fi
}

copy() {
  mkdir -p "$part" && pour || return
  # What is in both stands three times here, what only the copy has twice.
  different=$({ listing "$source"; listing "$part"; listing "$part"; } | sort | uniq -u | head -n 3)
  [ -z "$different" ] || { printf 'after the copy these are not the same: %s\n' "$different" >&2; return 1; }
  [ -e "$goal" ] || mv "$part" "$goal"
}

rm -f "$state/packed" "$state/failed"
printf '%s %s\n' "$$" "$(uname -n)" > "$state/going"
if said=$(copy 2>&1); then rm -rf "$part" "$state"
else
  printf '%s\n' "${said:-the copy failed and did not say why}" > "$state/failed"
  rm -f "$state/going"
fi
