# The scheduler "process": programs as processes of this machine, started detached and found again by their records.
# Usage: sh -c THIS argosy MODE ARGUMENT...
#   launch SIZE BEHIND DIRECTORY... ...
#                                start run.sh in each directory, detached; the directories of a lane one after another.
#                                BEHIND is the directory that was the last of a lane under way, or empty
#   list TOKEN DIRECTORY ...     say how each attempt is
#   cancel TOKEN DIRECTORY ...   forbid the start of each attempt, or tell it to stop
#   forbid TOKEN DIRECTORY ...   forbid the start of each attempt that has not started
# Above this stand records.sh, and lane.sh as the text in $lane. A look at a thousand attempts starts no process: there are
# only builtins in the loops.
# Files are made with printf, since a shell may end when ":" cannot open one.
boot='' host='' proc='' detach=nohup begun=''
{ read -r boot < /proc/sys/kernel/random/boot_id; } 2> /dev/null
{ read -r host < /proc/sys/kernel/hostname; } 2> /dev/null || host=$(uname -n)
[ -r "/proc/$$/stat" ] && proc=1
command -v setsid > /dev/null 2>&1 && detach=setsid

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
  [ -n "$record" ] # an empty one is about to be written
}

# Which machine it runs on: the boot tells more than the host's name, which may change while a job runs.
machine() {
  machine=here
  if [ -z "$boot_id" ] || [ -z "$boot" ]; then [ "$where" = "$host" ] || machine=elsewhere
  elif [ "$boot_id" = "$boot" ]; then [ "$where" = "$host" ] || machine=renamed
  elif [ "$where" = "$host" ]; then machine=rebooted
  else machine=elsewhere; fi
}

# Who was to start an attempt is written in its file "launch" by those who handed it in: the last one counts.
before_the_start() {
  life=unstarted starter=''
  [ -f "$1/launch" ] || return 0
  {
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in 'handed to '*) starter=${line#handed to } ;; esac
    done < "$1/launch"
  } 2> /dev/null
  [ -n "$starter" ] || return 0
  if [ "$starter" != "$asked" ]; then
    asked=$starter answer=left
    # The words are split on purpose: process, when it began, and the boot, which may be missing.
    # shellcheck disable=SC2086
    set -- $starter
    [ "${3-}" != "$boot" ] || ! alive "$1" "${2#-}" || answer=waiting
  fi
  life=$answer
}
asked='' answer=''

# Liveness is read before the exit report: who is dead here has written all that it will ever write.
life() {
  read_start "$1" || { before_the_start "$1"; return 0; }
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
    case $life in unstarted | waiting | left) copy launch "$2/launch" ;; esac
    copy exit "$2/exit"
  elif gone "$2"; then printf 'gone\n'
  else printf 'hidden\n'; fi
  printf 'end %s\n' "$1"
}

# --- launch, cancel, forbid ----------------------------------------------------------------------------------------------

# put_behind LAST DIRECTORY...: let the lane whose last one that is go on with these. When it has ended meanwhile, or these
# cannot be told to it, a look finds out that nobody is there who would start them.
put_behind() {
  starter='0 -'
  {
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in 'handed to '*) starter=${line#handed to } ;; esac
    done < "$1/launch"
  } 2> /dev/null
  last=$1
  shift
  case $* in *"$newline"*) return ;; esac
  { printf '%s\n' "$@" end > "$last/behind"; } 2> /dev/null
}

# launch_lane SIZE BEHIND DIRECTORY...: start the first so many, one after another, and write down of each who will start it.
launch_lane() {
  size=$1 behind=$2 answers=''
  shift 2
  others=$#
  for directory do
    [ "$size" -gt 0 ] || break
    size=$((size - 1))
    if [ -f "$directory/run.sh" ]; then
      set -- "$@" "$directory"
      answers="$answers launched"
    else answers="$answers missing"; fi
  done
  shift "$others"
  if [ $# -eq 0 ]; then starter=''
  elif [ -n "$behind" ]; then put_behind "$behind" "$@"
  else
    case $# in
      1) "$detach" sh "$1/run.sh" < /dev/null > /dev/null 2>> "$1/launch" & ;;
      *) "$detach" sh -c "$lane" argosy "$@" < /dev/null > /dev/null 2>&1 & ;;
    esac
    alive "$!" ''
    starter="$! ${begun:--} $boot"
  fi
  for directory do
    { printf 'handed to %s\n' "$starter" >> "$directory/launch"; } 2> /dev/null
  done
  for word in $answers; do
    case $word in launched) printf 'launched %s\n' "${starter%% *}" ;; *) printf 'missing\n' ;; esac
  done
}

# stop DIRECTORY: fails when nobody could be told, though something may still begin.
stop() {
  life "$1"
  case $life in
    unstarted | waiting | left | unreadable) return 1 ;;
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
# The clock is read once for all: the wrappers take the time of their start from it, and from how long the machine is up.
if [ "$mode" = launch ]; then
  ARGOSY_NOW=$(date +%s)
  { read -r up _ < /proc/uptime && ARGOSY_NOW="$ARGOSY_NOW $up"; } 2> /dev/null
  export ARGOSY_NOW
fi
while [ $# -gt 0 ]; do
  count=$((count + 1))
  case $mode in
    launch)
      launch_lane "$@"
      count=$((count + $1 - 1))
      shift $(($1 + 2))
      continue ;;
    list) list_one "$1" "$2" ;;
    forbid) forbid "$2" && printf 'forbidden %s\n' "$1" ;;
    cancel) cancel_one "$1" "$2" ;;
  esac
  shift 2
done
printf 'complete %s\n' "$count"
