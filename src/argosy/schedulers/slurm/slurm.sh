# The scheduler "slurm": scripts handed to sbatch, and found again by their names.
# Above this stand the setup of the target, the variable "cluster", records.sh and common.sh.
# Usage: sh -c THIS argosy MODE ARGUMENT...
#   launch TOKEN DIRECTORY OUTPUT ...   hand in run.sh of each directory; the batch script's own words go to OUTPUT
#   list TOKEN DIRECTORY BEGUN ...      say how each attempt is, and what the queue says; BEGUN: without its start record
#   cancel TOKEN DIRECTORY ...          forbid the start of each attempt, and take it out of the queue or tell it to stop
#   forbid TOKEN DIRECTORY ...          forbid the start of each attempt that has not started
#   explain SINCE IDS NAMES             what the books say of jobs with these numbers, and of those with these names

# --- launch ----------------------------------------------------------------------------------------------------------

# What holds for one will hold for the next: a controller that does not answer, and a limit on the number of jobs.
strikes=0
launch_one() {
  if ! [ -f "$2/run.sh" ]; then
    printf 'order %s missing 0\n' "$1"
    return
  fi
  if [ "$strikes" -ge 3 ]; then
    printf 'order %s skipped 0\n' "$1"
    return
  fi
  # The words of "cluster" are split on purpose.
  # shellcheck disable=SC2086
  said=$(sbatch $cluster --parsable --job-name="$1" --chdir="$2" --output="$3" "$2/run.sh" 2>&1 < /dev/null)
  code=$?
  case $code:$said in
    0:*) strikes=0 ;;
    127:* | *'Unable to contact'* | *'timed out'* | *'Zero Bytes'* | *'Rate limit'* | *'authentication error'*) strikes=3 ;;
    12[89]:* | 1[3-9]?:* | *'job submit limit'* | *'MaxJobCount'* | *'disabled'*) strikes=$((strikes + 1)) ;;
  esac
  tell "order $1 $code" "$said"
}

# --- list ------------------------------------------------------------------------------------------------------------

# Only whole rows count; what a site's own squeue prints around them does not.
rows() {
  lines=0
  while IFS= read -r line; do
    case $line in
      'row '*)
        lines=$((lines + 1))
        printf '%s\n' "$line"
        ;;
    esac
  done << END
$2
END
  printf '%s %s\n' "$1" "$lines"
}

list_all() {
  printf 'now %s\n' "$(date +%s)"
  # shellcheck disable=SC2086
  said=$(SLURM_TIME_FORMAT=%s squeue $cluster -h -t all -u "$(id -u)" -o 'row %i|%T|%e %S|%r|%N|%j|%Z|')
  rows "squeue $?" "$said"
}

list_one() {
  printf 'attempt %s\n' "$1"
  if [ -d "$2" ]; then
    claimed=no
    [ -d "$2/claim" ] && claimed=yes
    [ -f "$2/claim/forbidden" ] && claimed=forbidden
    printf 'claimed %s\n' "$claimed"
    [ -n "$3" ] || copy start "$2/start"
    copy launch "$2/launch"
    copy exit "$2/exit"
  elif gone "$2"; then printf 'gone\n'
  else printf 'hidden\n'; fi
  printf 'end %s\n' "$1"
}

# --- cancel, forbid --------------------------------------------------------------------------------------------------

forbid_one() {
  if forbid "$2"; then
    printf 'forbidden %s\n' "$1"
  elif [ "$mode" = cancel ]; then
    printf 'told %s\n' "$1"
  else return 0; fi
  names="$names$newline$1|$newline"
  directories="$directories$newline$2|$newline"
}

end_all() {
  [ -n "$names" ] || { printf 'queue 0\n'; return; }
  # shellcheck disable=SC2086
  said=$(squeue $cluster -h -u "$(id -u)" -o '%i|%j|%Z|')
  code=$?
  if [ "$code" -eq 0 ]; then
    ours "$said"
    # shellcheck disable=SC2086
    [ -z "$ids" ] || scancel $cluster $ids || code=$?
  fi
  printf 'queue %s\n' "$code"
}

# --- explain ---------------------------------------------------------------------------------------------------------

books() {
  SLURM_TIME_FORMAT=%s sacct "$@" -X -n -P -D -S "now-${days}days" -o JobIDRaw,State,ExitCode,End,NodeList,JobName,WorkDir
}

explain() {
  now=$(date +%s)
  days=$(((now - $1) / 86400 + 2))
  printf 'now %s\n' "$now"
  said='' code=0
  # shellcheck disable=SC2086
  [ -z "$2" ] || said=$(books $cluster -j "$2") || code=$?
  # shellcheck disable=SC2086
  [ -z "$3" ] || said=$said$newline$(books $cluster --name "$3") || code=$?
  tell "sacct $code" "$said"
}

mode=$1
shift
count=0
case $mode in
  list) list_all ;;
  explain)
    explain "$@"
    shift 3
    ;;
esac
names='' directories=''
while [ $# -gt 0 ]; do
  count=$((count + 1))
  case $mode in
    launch)
      launch_one "$1" "$2" "$3"
      shift
      ;;
    list)
      list_one "$1" "$2" "$3"
      shift
      ;;
    *) forbid_one "$1" "$2" ;;
  esac
  shift 2
done
case $mode in cancel | forbid) end_all ;; esac
printf 'complete %s\n' "$count"
