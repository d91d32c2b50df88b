# The scheduler "process": programs as processes of this machine, started detached and found again by their records.
# Usage: sh -c THIS argosy MODE ARGUMENT...
#   launch DIRECTORY...          start run.sh in each directory, detached
#   list TOKEN DIRECTORY ...     say how each attempt is
#   cancel TOKEN DIRECTORY ...   forbid the start of each attempt, or tell it to stop
#   forbid TOKEN DIRECTORY ...   forbid the start of each attempt that has not started
# Above this stands records.sh. A look at a thousand attempts starts no process: there are only builtins in the loops.
# Files are made with printf, since a shell may end when ":" cannot open one.
boot='' host='' proc='' setsid=''
{ read -r boot < /proc/sys/kernel/random/boot_id; } 2> /dev/null
{ read -r host < /proc/sys/kernel/hostname; } 2> /dev/null || host=$(uname -n)
[ -r "/proc/$$/stat" ] && proc=1
command -v setsid > /dev/null 2>&1 && setsid=1

# --- Is it alive? ----------------------------------------------------------------------------------------------------

fields() { state=$1 begun=${20}; }

# alive PID BEGUN: the process exists, is no zombie, and is the one that began at that tick.
alive() {
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  [ -n "$proc" ] || { kill -0 "$1" 2> /dev/null; return; }
  stat=
  # The name of a program may hold a newline.
  { while IFS= read -r line || [ -n "$line" ]; do stat="$stat $line"; done < "/proc/$1/stat"; } 2> /dev/null
  # The words are split on purpose: they are the fields of the line.
  # shellcheck disable=SC2086
  fields ${stat##*) }
  case $state in '' | Z | X) return 1 ;; esac
  [ -z "$2" ] || [ "$begun" = "$2" ]
}

read_start() {
  record='' whole='' pid='' pid_start='' program_pid='' program_start='' boot_id='' where=''
  [ -f "$1/start" ] || return 1
  {
    while IFS= read -r line || [ -n "$line" ]; do
      record="${record}start $line$newline"
      case $line in
        pid=*) pid=${line#*=} ;;
        pid_start=*) pid_start=${line#*=} ;;
        program_pid=*) program_pid=${line#*=} ;;
        program_start=*) program_start=${line#*=} ;;
        boot_id=*) boot_id=${line#*=} ;;
        host=*) where=${line#*=} ;;
        complete=1) whole=1 ;;
      esac
    done < "$1/start"
  } 2> /dev/null
}

# Which machine it runs on: the boot tells more than the host's name, which may change while a job runs.
machine() {
  machine=here
  if [ -z "$boot_id" ] || [ -z "$boot" ]; then [ "$where" = "$host" ] || machine=elsewhere
  elif [ "$boot_id" = "$boot" ]; then [ "$where" = "$host" ] || machine=renamed
  elif [ "$where" = "$host" ]; then machine=rebooted
  else machine=elsewhere; fi
}

# Liveness is read before the exit report: who is dead here has written all that it will ever write.
life() {
  life=unstarted
  read_start "$1" || return 0
  machine
  if [ -z "$whole" ]; then life=unreadable
  elif [ "$machine" = elsewhere ] || [ "$machine" = rebooted ]; then life=$machine
  elif alive "$pid" "$pid_start"; then life=running
  elif alive "$program_pid" "$program_start"; then life=orphaned
  elif [ "$machine" = renamed ]; then life=unseen
  else life=dead; fi
}

# --- list --------------------------------------------------------------------------------------------------------------

list_one() {
  printf 'attempt %s\n' "$1"
  if [ -d "$2" ]; then
    claimed=no
    [ -d "$2/claim" ] && claimed=yes
    [ -f "$2/claim/forbidden" ] && claimed=forbidden
    life "$2"
    printf 'claimed %s\nlife %s\n%s' "$claimed" "$life" "$record"
    [ "$life" != unstarted ] || copy launch "$2/launch"
    copy exit "$2/exit"
  elif gone "$2"; then printf 'gone\n'
  else printf 'hidden\n'; fi
  printf 'end %s\n' "$1"
}

# --- launch, cancel, forbid ----------------------------------------------------------------------------------------------

launch_one() {
  if ! [ -f "$1/run.sh" ]; then printf 'missing\n'; return; fi
  if [ -n "$setsid" ]; then
    setsid sh "$1/run.sh" < /dev/null > /dev/null 2> "$1/launch" &
  else
    nohup sh "$1/run.sh" < /dev/null > /dev/null 2> "$1/launch" &
  fi
  printf 'launched %s\n' "$!"
}

# stop DIRECTORY: fails when nobody could be told, though something may still begin.
stop() {
  life "$1"
  case $life in
    unstarted | unreadable) return 1 ;;
    running) kill -TERM "$pid" 2> /dev/null ;;
    orphaned) stop_orphan "$1" ;;
  esac
  return 0
}

# Without its wrapper nobody escalates for the program: the second wish is a KILL.
stop_orphan() {
  signal=TERM
  [ -f "$1/claim/told" ] && signal=KILL
  { printf '' > "$1/claim/told"; } 2> /dev/null
  kill -s "$signal" -- "-$program_pid" 2> /dev/null || kill -s "$signal" "$program_pid" 2> /dev/null
}

cancel_one() {
  if forbid "$2"; then printf 'forbidden %s\n' "$1"
  elif stop "$2"; then printf 'told %s\n' "$1"; fi
}

mode=$1
shift
count=0
# The clock is read once for all: the wrapper takes this as the time of its start.
if [ "$mode" = launch ]; then
  ARGOSY_NOW=$(date +%s)
  export ARGOSY_NOW
fi
while [ $# -gt 0 ]; do
  count=$((count + 1))
  case $mode in
    launch) launch_one "$1"; shift; continue ;;
    list) list_one "$1" "$2" ;;
    forbid) forbid "$2" && printf 'forbidden %s\n' "$1" ;;
    cancel) cancel_one "$1" "$2" ;;
  esac
  shift 2
done
printf 'complete %s\n' "$count"
