# Jobs that wait are held, let go or changed, and read back.
# Usage: sh -c THIS argosy WALLTIME COUNT hold | release | KEY=VALUE... TOKEN DIRECTORY...
#   WALLTIME: seconds that the wrapper shall hold the program to from now on; empty: as before.
#   COUNT: how many words follow that say what is done.
# For each it says "attempt TOKEN NUMBER..." with its numbers in the queue, then one of "steer missing", "steer begun" and
# "steer CODE COUNT" with all that scontrol said; and in the end the rows of all. "queue CODE COUNT" alone tells that the
# queue cannot be read.

# What the wrapper will read at its start. It must be there first: the job may start right after Slurm was told.
note_walltime() {
  [ -n "$2" ] || return 0
  printf '%s\n' "$2" > "$1/walltime.new" && mv -f "$1/walltime.new" "$1/walltime"
}

put_back() {
  if [ -n "$before" ]; then note_walltime "$1" "$before"; else rm -f "$1/walltime"; fi
}

# In a shell of its own: the words of the deed stand on lines.
do_it() {
  set -f
  IFS=$argosy_newline
  # shellcheck disable=SC2086
  set -- $words
  unset IFS
  together "$ids"
  # Root, too, holds as a user does: so that whoever owns the job can let it go.
  # shellcheck disable=SC2086
  case $1 in
    hold) scontrol $cluster uhold $together ;;
    release) scontrol $cluster release $together ;;
    *) scontrol $cluster update "jobid=${ids# }" "$@" ;;
  esac 2>&1
}

# steer DIRECTORY: one of them.
steer() {
  before=''
  if [ -e "$1/claim/taken" ]; then printf 'steer begun\n'; return; fi
  { read -r before < "$1/walltime"; } 2> /dev/null
  note_walltime "$1" "$walltime"
  said='' code=0
  if [ -z "$at_once" ]; then
    said=$(do_it)
    code=$?
  fi
  [ "$code" -eq 0 ] || [ -z "$walltime" ] || put_back "$1"
  tell "steer $code" "$said"
}

# numbers_of TOKEN DIRECTORY: its numbers, from among the rows of all, which are few.
numbers_of() {
  names='' directories='' adopted=''
  known_as "$1" "$2"
  ours "$rows"
}

# Several are told by one call. Only when that fails each is told by itself, to learn which cannot be.
all_at_once() {
  pending=''
  while [ $# -gt 0 ]; do
    numbers_of "$1" "$2"
    [ -e "$2/claim/taken" ] || pending=$pending$ids
    shift 2
  done
  ids=$pending
  [ -n "$ids" ] && do_it > /dev/null
}

one() {
  numbers_of "$1" "$2"
  printf 'attempt %s%s\n' "$1" "$ids"
  if [ -z "$ids" ]; then printf 'steer missing\n'
  else
    all=$all$ids
    steer "$2"
  fi
}

read_back() {
  [ -n "$all" ] || return 0
  # shellcheck disable=SC2086
  set -- $all
  numbers=$(IFS=,; printf '%s' "$*")
  # shellcheck disable=SC2086
  squeue $cluster -h -r -j "$numbers" -o 'row %i|%T|%r|%y|%l|%P|%q|%a|%m|%v|' 2>&1
}

walltime=$1 left=$2 words='' all=''
shift 2
while [ "$left" -gt 0 ]; do
  words=$words$1$argosy_newline left=$((left - 1))
  shift
done

names='' directories='' adopted='' token='' rows_too=1 attempts=$(($# / 2))
for word; do
  [ -n "$token" ] || { token=$word; continue; }
  known_as "$token" "$word"
  token=''
done
# shellcheck disable=SC2086
said=$(squeue $cluster -h -r -u "$(id -u)" -o '%i|%j|%Z|' 2>&1)
code=$?
if [ "$code" -ne 0 ]; then tell "queue $code" "$said"
else
  ours "$said"
  rows=$theirs rows_too='' at_once=''
  if [ "$attempts" -gt 1 ] && (all_at_once "$@"); then at_once=1; fi
  while [ $# -gt 0 ]; do
    one "$1" "$2"
    shift 2
  done
  read_back
fi
printf 'complete %s\n' "$attempts"
