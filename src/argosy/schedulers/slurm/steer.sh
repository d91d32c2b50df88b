# One job that waits is held, let go or changed, and read back.
# Usage: sh -c THIS argosy TOKEN DIRECTORY WALLTIME hold | release | KEY=VALUE...
#   WALLTIME: seconds that the wrapper shall hold the program to from now on; empty: as before.
# It says one of "steer missing", "steer begun" and "steer CODE COUNT" with all that scontrol said; then the job's row.

# What the wrapper will read at its start. It must be there first: the job may start right after Slurm was told.
note_walltime() {
  [ -n "$2" ] || return 0
  printf '%s\n' "$2" > "$1/walltime.new" && mv -f "$1/walltime.new" "$1/walltime"
}

put_back() {
  if [ -n "$before" ]; then note_walltime "$1" "$before"; else rm -f "$1/walltime"; fi
}

do_it() {
  # Root, too, holds as a user does: so that whoever owns the job can let it go.
  # shellcheck disable=SC2086
  case $1 in
    hold) scontrol $cluster uhold $ids ;;
    release) scontrol $cluster release $ids ;;
    *) scontrol $cluster update "jobid=${ids# }" "$@" ;;
  esac 2>&1
}

steer() {
  directory=$2 walltime=$3 before=''
  shift 3
  if [ -e "$directory/claim/taken" ]; then printf 'steer begun\n'; return; fi
  { read -r before < "$directory/walltime"; } 2> /dev/null
  note_walltime "$directory" "$walltime"
  said=$(do_it "$@")
  code=$?
  [ "$code" -eq 0 ] || [ -z "$walltime" ] || put_back "$directory"
  tell "steer $code" "$said"
}

names='' directories='' adopted=''
known_as "$1" "$2"
# shellcheck disable=SC2086
said=$(squeue $cluster -h -r -u "$(id -u)" -o '%i|%j|%Z|' 2>&1)
code=$?
ids=''
[ "$code" -ne 0 ] || ours "$said"
if [ "$code" -ne 0 ]; then tell "queue $code" "$said"
elif [ -z "$ids" ]; then printf 'steer missing\n'
else
  steer "$@"
  # shellcheck disable=SC2086
  squeue $cluster -h -j "${ids# }" -o 'row %T|%r|%y|%l|%P|%q|%a|%m|%v|' 2>&1
fi
printf 'complete 1\n'
