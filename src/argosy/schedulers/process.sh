# The scheduler "process": programs as processes of this machine, started detached and found again by their records.
# Usage: sh -c THIS argosy MODE ARGUMENT...
#   launch DIRECTORY...          start run.sh in each directory, detached
#   list TOKEN DIRECTORY ...     say how each attempt is
#   cancel TOKEN DIRECTORY ...   forbid the start of each attempt, or tell it to stop
#   forbid TOKEN DIRECTORY ...   forbid the start of each attempt that has not started
# Only builtins in the loops: a look at a thousand attempts starts no process.
boot=
host=
{ read -r boot < /proc/sys/kernel/random/boot_id; } 2> /dev/null
{ read -r host < /proc/sys/kernel/hostname; } 2> /dev/null || host=$(uname -n)

fields() { state=$1 begun=${20}; }

# alive PID BEGUN: the process exists, is no zombie, and is the one that began at that tick.
alive() {
  [ -n "$1" ] && kill -0 "$1" 2> /dev/null || return 1
  line=
  { IFS= read -r line < "/proc/$1/stat"; } 2> /dev/null || return 0
  # The words are split on purpose: they are the fields of the line.
  # shellcheck disable=SC2086
  fields ${line##*) }
  case $state in Z | X) return 1 ;; esac
  [ -z "$2" ] || [ "$begun" = "$2" ]
}

read_start() {
  pid='' pid_start='' program_pid='' program_start='' boot_id='' where=''
  [ -f "$1/start" ] || return 1
  while IFS='=' read -r key value; do
    case $key in
      pid) pid=$value ;;
      pid_start) pid_start=$value ;;
      program_pid) program_pid=$value ;;
      program_start) program_start=$value ;;
      boot_id) boot_id=$value ;;
      host) where=$value ;;
    esac
  done < "$1/start"
}

# Liveness is read before the exit report: who is dead here has written all that it will ever write.
life() {
  life=unstarted
  read_start "$1" || return 0
  if [ -n "$where" ] && [ "$where" != "$host" ]; then life=elsewhere
  elif [ -n "$boot_id" ] && [ -n "$boot" ] && [ "$boot_id" != "$boot" ]; then life=rebooted
  elif alive "$pid" "$pid_start"; then life=running
  elif alive "$program_pid" "$program_start"; then life=orphaned
  else life=dead; fi
}

copy() {
  [ -f "$2" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do printf '%s %s\n' "$1" "$line"; done < "$2"
}

list_one() {
  printf 'attempt %s\n' "$1"
  if [ -d "$2" ]; then
    claimed=no
    [ -d "$2/claim" ] && claimed=yes
    [ -f "$2/claim/forbidden" ] && claimed=forbidden
    life "$2"
    printf 'claimed %s\nlife %s\n' "$claimed" "$life"
    copy start "$2/start"
    copy exit "$2/exit"
  else printf 'gone\n'; fi
  printf 'end %s\n' "$1"
}

# forbid DIRECTORY: take the one start of an attempt; fails when a wrapper took it before.
forbid() {
  if mkdir "$1/claim" 2> /dev/null; then : > "$1/claim/forbidden"
  else [ -f "$1/claim/forbidden" ] || ! [ -d "$1" ]; fi
}

stop() {
  life "$1"
  case $life in
    running) kill -TERM "$pid" 2> /dev/null ;;
    orphaned) stop_orphan "$1" ;;
  esac
  return 0
}

# Without its wrapper nobody escalates for the program: the second wish is a KILL.
stop_orphan() {
  signal=TERM
  [ -f "$1/claim/told" ] && signal=KILL
  : > "$1/claim/told"
  kill -s "$signal" -- "-$program_pid" 2> /dev/null || kill -s "$signal" "$program_pid" 2> /dev/null
}

launch_one() {
  if ! [ -f "$1/run.sh" ]; then printf 'missing\n'; return; fi
  if command -v setsid > /dev/null 2>&1; then
    setsid sh "$1/run.sh" < /dev/null > /dev/null 2> "$1/launch" &
  else
    nohup sh "$1/run.sh" < /dev/null > /dev/null 2> "$1/launch" &
  fi
  printf 'launched %s\n' "$!"
}

mode=$1
shift
count=0
while [ $# -gt 0 ]; do
  count=$((count + 1))
  case $mode in
    launch) launch_one "$1"; shift; continue ;;
    list) list_one "$1" "$2" ;;
    forbid) forbid "$2" && printf 'forbidden %s\n' "$1" ;;
    cancel) if forbid "$2"; then printf 'forbidden %s\n' "$1"; else stop "$2"; printf 'told %s\n' "$1"; fi ;;
  esac
  shift 2
done
printf 'complete %s\n' "$count"
