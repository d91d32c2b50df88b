# shellcheck shell=sh disable=SC2154,SC1091
# Places parcels: a tar on standard input with one directory for each parcel, and a plan of what is to be done with them.
# Before this text stand: root, nonce. Says "N ok", "N lost HASH" or "N no WHY" for each parcel, then "complete"; or "no WHY"
# for all, or "unfit WHY" when this place would refuse whatever comes.
export LC_ALL=C
in=$root/.argosy-in-$nonce
fail() { printf '%s %s\n' "${2:-no}" "$(printf '%s' "$1" | tr '\000-\037' ' ')"; rm -rf -- "$in"; exit; }
said=$(mkdir -p -- "$in" 2>&1) || fail "$said" unfit
command -v tar >/dev/null 2>&1 || fail 'tar: command not found' unfit
cd -- "$root" || exit
# What is linked to contents is in the tar as links; a file system that has none gets copies.
whole=''
{ said=$(tar -xof - 2>&1) && whole=yes; } || [ -f "$in/plan" ] || fail "$said"
[ ! -f "$in/plan" ] || tail -n 1 "$in/plan" 2>/dev/null | grep -q '^end$' || fail "${said:-the plan did not arrive}"

# fleet DIRECTORY PARCEL...: parcels that need nothing more than to have come go into a directory by one call for all. What
# lies there already keeps its parcel out.
fleet() {
  [ -n "$whole" ] || return 0
  to=$1
  shift
  { [ -d "$to" ] || mkdir -p -- "$to"; } 2>/dev/null && (cd -- "$in" && mv -- "$@" "$to/") 2>/dev/null
}
# here PARCEL: what follows is about this one; fails when it went with a fleet
here() {
  parcel=$1 bad='' lost=''
  if [ -z "$whole" ] || [ -d "$in/$1" ]; then return 0; fi
  done_with
  return 1
}
refuse() { [ -n "$bad" ] || bad=${1:-it failed}; }
try() { [ -z "$bad" ] || return 1; "$@" 2>"$in/said" && return; refuse "$(head -c 500 "$in/said" | tr '\000-\037' ' ')"; }

# A file has come when it lies there; else it is copied from the cache, as where no links are to be had.
linked() { [ -f "$in/$parcel/$2" ] || copied "$@"; }
# A content that was cleared away since it was asked for is sent again.
copied() {
  if try made "$in/$parcel/$2" && try cp -- "$root/content/$1" "$in/$parcel/$2" && try chmod "$3" "$in/$parcel/$2"; then return
  elif [ ! -f "$root/content/$1" ]; then lost=$1; fi
}
came() { [ -f "$in/$parcel/$1" ] || refuse "$1 did not arrive"; }
made() { [ -d "${1%/*}" ] || mkdir -p -- "${1%/*}"; }
there() {
  if [ ! -e "$1" ]; then refuse "$1: No such file or directory"
  elif [ ! -f "$1" ]; then refuse "$1 is not a regular file"
  else try made "$in/$parcel/$2" && try cp -- "$1" "$in/$parcel/$2" && try chmod "$3" "$in/$parcel/$2"; fi
}

# put DIRECTORY: a parcel whose directory is not there yet comes into place whole; fails when it is there
put() {
  [ -z "$bad" ] || return 0
  [ ! -e "$1" ] && [ ! -L "$1" ] || return 1
  try made "$1" && try mv -- "$in/$parcel" "$1"
  return 0
}
# item DIRECTORY NAME: one file of it; what lies there already stays
item() {
  [ -z "$bad" ] || return
  if [ -f "$1/$2" ] && [ ! -L "$1/$2" ]; then return; fi
  if [ -e "$1/$2" ] || [ -L "$1/$2" ]; then refuse "$1/$2: something lies there already that is no file"; return; fi
  try made "$1/$2" && try mv -- "$in/$parcel/$2" "$1/$2"
}
# last DIRECTORY NAME: a file that takes the place of what lies there
last() {
  if [ -d "$1/$2" ]; then refuse "$1/$2: something lies there already that is no file"
  else try mv -f -- "$in/$parcel/$2" "$1/$2"; fi
}
folder() { try mkdir -p -- "$1"; }
done_with() {
  if [ -n "$lost" ]; then printf '%s lost %s\n' "${parcel%%/*}" "$lost"
  elif [ -z "$bad" ]; then printf '%s ok\n' "${parcel%%/*}"
  else printf '%s no %s\n' "${parcel%%/*}" "$bad"; fi
}
end() { cd /; rm -rf -- "$in"; printf 'complete\n'; }
. "$in/plan"
