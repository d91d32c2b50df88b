# The scheduler "process": programs as processes of this machine, started detached and found again by their records.
# Usage: sh -c THIS argosy MODE ARGUMENT...
#   launch SIZE BEHIND DIRECTORY... ...
#                                start run.sh in each directory, detached; the directories of a lane one after another.
#                                BEHIND is the directory that was the last of a lane under way, or empty
#   list TOKEN DIRECTORY ...     say how each attempt is
#   cancel TOKEN DIRECTORY ...   forbid the start of each attempt, or tell it to stop
#   kill TOKEN DIRECTORY ...     the same without any grace
#   forbid TOKEN DIRECTORY ...   forbid the start of each attempt that has not started
# Above this stand records.sh, and lane.sh as the text in $argosy_lane. A look at a thousand attempts starts no process: there
# are only builtins in the loops. Every variable begins with argosy_: the programs that are started here have the environment
# of this shell, and would see a plain name of the user's changed.
# Files are made with printf, since a shell may end when ":" cannot open one.
argosy_boot='' argosy_host='' argosy_proc='' argosy_detach=nohup argosy_begun=''
{ read -r argosy_boot < /proc/sys/kernel/random/boot_id; } 2> /dev/null
{ read -r argosy_host < /proc/sys/kernel/hostname; } 2> /dev/null || argosy_host=$(uname -n)
[ -r "/proc/$$/stat" ] && argosy_proc=1
command -v setsid > /dev/null 2>&1 && argosy_detach=setsid

# --- Is it alive? ----------------------------------------------------------------------------------------------------

fields() { argosy_state=$1 argosy_begun=${20}; }

# alive PID BEGUN: the process exists, is no zombie, and is the one that began at that tick.
alive() {
  case $1 in '' | 0 | *[!0-9]*) return 1 ;; esac
  [ -n "$argosy_proc" ] || { kill -0 "$1" 2> /dev/null; return; }
  argosy_stat=
  # The name of a program may hold a newline.
  {
    while IFS= read -r argosy_line || [ -n "$argosy_line" ]; do argosy_stat="$argosy_stat $argosy_line"; done < "/proc/$1/stat"
  } 2> /dev/null
  # The words are split on purpose: they are the fields of the line.
  # shellcheck disable=SC2086
  fields ${argosy_stat##*) }
  case $argosy_state in '' | Z | X) return 1 ;; esac
  [ -z "$2" ] || [ "$argosy_begun" = "$2" ]
}

read_start() {
  argosy_record='' argosy_whole='' argosy_pid='' argosy_pid_start='' argosy_program_pid='' argosy_program_start=''
  argosy_boot_id='' argosy_where=''
  [ -f "$1/start" ] || return 1
  {
    while IFS= read -r argosy_line || [ -n "$argosy_line" ]; do
      argosy_record="${argosy_record}start $argosy_line$argosy_newline"
      case $argosy_line in
        pid=*) argosy_pid=${argosy_line#*=} ;;
        pid_start=*) argosy_pid_start=${argosy_line#*=} ;;
        program_pid=*) argosy_program_pid=${argosy_line#*=} ;;
        program_start=*) argosy_program_start=${argosy_line#*=} ;;
        boot_id=*) argosy_boot_id=${argosy_line#*=} ;;
        host=*) argosy_where=${argosy_line#*=} ;;
        complete=1) argosy_whole=1 ;;
      esac
    done < "$1/start"
  } 2> /dev/null
  [ -n "$argosy_record" ] # an empty one is about to be written
}

# Which machine it runs on: the boot tells more than the host's name, which may change while a job runs.
machine() {
  argosy_machine=here
  if [ -z "$argosy_boot_id" ] || [ -z "$argosy_boot" ]; then [ "$argosy_where" = "$argosy_host" ] || argosy_machine=elsewhere
  elif [ "$argosy_boot_id" = "$argosy_boot" ]; then [ "$argosy_where" = "$argosy_host" ] || argosy_machine=renamed
  elif [ "$argosy_where" = "$argosy_host" ]; then argosy_machine=rebooted
  else argosy_machine=elsewhere; fi
}

# lives STARTER: who was written down as the starter of attempts is there.
lives() {
  # The words are split on purpose: process, when it began, and the boot, which may be missing.
  # shellcheck disable=SC2086
  set -- $1
  [ "${3-}" = "$argosy_boot" ] && alive "${1-}" "${2#-}"
}

# Who was to start an attempt is written in its file "launch" by those who handed it in: the last one counts.
before_the_start() {
  argosy_life=unstarted argosy_starter=''
  [ -f "$1/launch" ] || return 0
  {
    while IFS= read -r argosy_line || [ -n "$argosy_line" ]; do
      case $argosy_line in 'handed to '*) argosy_starter=${argosy_line#handed to } ;; esac
    done < "$1/launch"
  } 2> /dev/null
  [ -n "$argosy_starter" ] || return 0
  if [ "$argosy_starter" != "$argosy_asked" ]; then
    argosy_asked=$argosy_starter argosy_answer=left
    ! lives "$argosy_starter" || argosy_answer=waiting
  fi
  argosy_life=$argosy_answer
}
argosy_asked='' argosy_answer=''

# Liveness is read before the exit report: who is dead here has written all that it will ever write.
life() {
  read_start "$1" || { before_the_start "$1"; return 0; }
  machine
  if [ -z "$argosy_whole" ]; then argosy_life=unreadable
  elif [ "$argosy_machine" = elsewhere ] || [ "$argosy_machine" = rebooted ]; then argosy_life=$argosy_machine
  elif alive "$argosy_pid" "$argosy_pid_start"; then argosy_life=running
  elif alive "$argosy_program_pid" "$argosy_program_start"; then argosy_life=orphaned
  elif [ "$argosy_machine" = renamed ]; then argosy_life=unseen
  else argosy_life=dead; fi
}

# --- list --------------------------------------------------------------------------------------------------------------

list_one() {
  printf 'attempt %s\n' "$1"
  if [ -d "$2" ]; then
    argosy_claimed=no
    [ -e "$2/claim/taken" ] && argosy_claimed=yes
    [ -f "$2/claim/forbidden" ] && argosy_claimed=forbidden
    life "$2"
    printf 'claimed %s\nlife %s\n%s' "$argosy_claimed" "$argosy_life" "$argosy_record"
    case $argosy_life in unstarted | waiting | left) copy launch "$2/launch" ;; esac
    copy exit "$2/exit"
  elif gone "$2"; then printf 'gone\n'
  else printf 'hidden\n'; fi
  printf 'end %s\n' "$1"
}

# --- launch, cancel, forbid ----------------------------------------------------------------------------------------------

# put_behind LAST DIRECTORY...: let the lane whose last one that is go on with these; fails when it has ended. When it ends in
# this instant, or these cannot be told to it, a look finds out that nobody is there who would start them.
put_behind() {
  argosy_starter='' argosy_last=$1
  {
    while IFS= read -r argosy_line || [ -n "$argosy_line" ]; do
      case $argosy_line in 'handed to '*) argosy_starter=${argosy_line#handed to } ;; esac
    done < "$argosy_last/launch"
  } 2> /dev/null
  shift
  case $* in *"$argosy_newline"*) argosy_starter='0 -'; return ;; esac
  lives "$argosy_starter" || return 1
  { printf '%s\n' "$@" end > "$argosy_last/behind"; } 2> /dev/null || argosy_starter='0 -'
}

# launch_lane SIZE BEHIND DIRECTORY...: start the first so many, one after another, and write down of each who will start it.
launch_lane() {
  argosy_size=$1 argosy_behind=$2 argosy_answers=''
  shift 2
  argosy_others=$#
  for argosy_directory do
    [ "$argosy_size" -gt 0 ] || break
    argosy_size=$((argosy_size - 1))
    if [ -f "$argosy_directory/run.sh" ]; then
      set -- "$@" "$argosy_directory"
      argosy_answers="$argosy_answers launched"
    else argosy_answers="$argosy_answers missing"; fi
  done
  shift "$argosy_others"
  if [ $# -eq 0 ]; then argosy_starter=''
  elif [ -n "$argosy_behind" ] && put_behind "$argosy_behind" "$@"; then :
  else
    case $#$argosy_behind in
      1) "$argosy_detach" sh "$1/run.sh" < /dev/null > /dev/null 2>> "$1/launch" & ;;
      *) "$argosy_detach" sh -c "$argosy_lane" argosy "$@" < /dev/null > /dev/null 2>&1 & ;;
    esac
    alive "$!" ''
    argosy_starter="$! ${argosy_begun:--} $argosy_boot"
  fi
  for argosy_directory do
    { printf 'handed to %s\n' "$argosy_starter" >> "$argosy_directory/launch"; } 2> /dev/null
  done
  for argosy_word in $argosy_answers; do
    case $argosy_word in launched) printf 'launched %s\n' "${argosy_starter%% *}" ;; *) printf 'missing\n' ;; esac
  done
}

# stop DIRECTORY: fails when nobody could be told, though something may still begin.
stop() {
  life "$1"
  case $argosy_life in
    unstarted | waiting | left | unreadable) return 1 ;;
    running)
      kill -TERM "$argosy_pid" 2> /dev/null
      [ "$argosy_mode" != kill ] || kill_program
      ;;
    orphaned) stop_orphan "$1" ;;
  esac
  return 0
}

# The wrapper has been told before, so that it knows why its program ends; it kills what is outside the program's group.
kill_program() {
  kill -KILL -- "-$argosy_program_pid" 2> /dev/null || kill -KILL "$argosy_program_pid" 2> /dev/null
}

# Without its wrapper nobody escalates for the program: the second wish is a KILL.
stop_orphan() {
  argosy_signal=TERM
  if [ "$argosy_mode" = kill ] || [ -f "$1/claim/told" ]; then argosy_signal=KILL; fi
  { printf '' > "$1/claim/told"; } 2> /dev/null
  kill -s "$argosy_signal" -- "-$argosy_program_pid" 2> /dev/null ||
    kill -s "$argosy_signal" "$argosy_program_pid" 2> /dev/null
}

cancel_one() {
  if forbid "$2"; then printf 'forbidden %s\n' "$1"; return; fi
  [ "$argosy_mode" != kill ] || without_grace "$2"
  if stop "$2"; then printf 'told %s\n' "$1"; fi
}

argosy_mode=$1
shift
argosy_count=0
# The clock is read once for all: the wrappers take the time of their start from it, and from how long the machine is up.
if [ "$argosy_mode" = launch ]; then
  ARGOSY_NOW=$(date +%s)
  { read -r argosy_up _ < /proc/uptime && ARGOSY_NOW="$ARGOSY_NOW $argosy_up"; } 2> /dev/null
  export ARGOSY_NOW
fi
while [ $# -gt 0 ]; do
  argosy_count=$((argosy_count + 1))
  case $argosy_mode in
    launch)
      launch_lane "$@"
      argosy_count=$((argosy_count + $1 - 1))
      shift $(($1 + 2))
      continue ;;
    list) list_one "$1" "$2" ;;
    forbid) forbid "$2" && printf 'forbidden %s\n' "$1" ;;
    cancel | kill) cancel_one "$1" "$2" ;;
  esac
  shift 2
done
printf 'complete %s\n' "$argosy_count"
