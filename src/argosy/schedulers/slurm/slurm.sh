# The scheduler "slurm": scripts handed to sbatch, and found again by their names.
# Above this stand the setup of the target, the variable "cluster", records.sh and common.sh.
# Usage: sh -c THIS argosy MODE ARGUMENT...
#   launch COUNT WORDS BATCH ...        hand in what lies in so many directories, that of the first so many words beside
#                                         the others; a batch is one of
#     one TOKEN DIRECTORY OUTPUT          its run.sh as a job; the batch script's own words go to OUTPUT
#     array LIST SPOOL WORDS MOST HEAD COUNT TOKEN DIRECTORY OUTPUT ...
#                                         so many as tasks of arrays of at most MOST; HEAD begins their script
#   list TOKEN DIRECTORY BEGUN ...      say how each attempt is, and what the queue says; BEGUN: without its start record
#   cancel TOKEN DIRECTORY ...          forbid the start of each attempt, and take it out of the queue or tell it to stop
#   kill TOKEN DIRECTORY ...            the same without any grace
#   forbid TOKEN DIRECTORY ...          forbid the start of each attempt that has not started
#   explain SINCE IDS NAMES             what the books say of jobs with these numbers, and of those with these names

# --- launch ----------------------------------------------------------------------------------------------------------

# What holds for one will hold for the next: a controller that does not answer, and a limit on the number of jobs.
# The latter holds for jobs of one kind: after those of an array the next are tried again.
strikes=0
strike() {
  case $1:$2 in
    0:*) strikes=0 ;;
    127:* | *'Unable to contact'* | *'timed out'* | *'Zero Bytes'* | *'Rate limit'* | *'authentication error'*) strikes=9 ;;
    12[89]:* | 1[3-9]?:* | *'job submit limit'* | *'MaxJobCount'* | *'disabled'*) strikes=$((strikes + 1)) ;;
  esac
}

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
  strike "$code" "$said"
  tell "order $1 $code" "$said"
}

# launch_each COUNT TOKEN DIRECTORY OUTPUT ...: the first so many of these, each as a job of its own.
launch_each() {
  left=$1
  shift
  while [ "$left" -gt 0 ]; do
    launch_one "$1" "$2" "$3"
    left=$((left - 1))
    shift 3
  done
}

# Each attempt's directory says which place of the list is its own, before anything is handed in: by that it is found.
note_places() {
  place=0 all=$1
  shift
  while [ "$place" -lt "$all" ]; do
    [ -f "$2/run.sh" ] || return 1
    { printf '%s-%s\n' "$list" "$place" >> "$2/array"; } 2> /dev/null || return 1
    place=$((place + 1))
    shift 3
  done
}

# part FIRST SIZE TOKEN DIRECTORY OUTPUT ...: the tokens and places of a part of a list.
part() {
  tokens='' attempts='' left=$2 first=$1
  shift 2
  shift $((3 * first))
  while [ "$left" -gt 0 ]; do
    job=${2%/*}
    tokens="$tokens $1" attempts="$attempts ${job##*/}/${2##*/}" left=$((left - 1))
    shift 3
  done
}

# The script of an array: what is common, the attempts, and how a task becomes one of them. What its node says of a task
# goes into an open file, which is moved to where the attempt's own would be; there are two when it was handed in twice.
task=$(cat << 'END'
shift "$SLURM_ARRAY_TASK_ID" && directory=$jobs/$1
task=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
ln "$spool/$task" "$directory/launch" 2> /dev/null || [ -e "$directory/launch" ] || mv "$spool/$task" "$directory/launch"
exec >> "$directory/launch" 2>&1
rm -f "$spool/$task"
printf '%s\n' "$task" >> "$directory/array"
exec sh "$directory/run.sh"
END
)

# array_of FIRST SIZE: hand in a part of a list. The array is named after the list and the place of its first task.
array_of() {
  # shellcheck disable=SC2086
  said=$(sbatch $cluster --parsable --job-name="$list-$1" --array="0-$(($2 - 1))" --chdir="$spool" --output="$words" 2>&1 << END
$head
set --$attempts
$task
END
  )
  code=$?
}

# An array that is too large, by itself or for what its user may have, is tried in halves.
launch_array() {
  list=$1 spool=$2 words=$3 size=$4 head=$5 all=$6 first=0
  shift 6
  if [ "$strikes" -ge 3 ] || ! mkdir -p "$spool" 2> /dev/null || ! note_places "$all" "$@"; then
    launch_each "$all" "$@"
    return
  fi
  while [ "$first" -lt "$all" ]; do
    [ "$size" -le $((all - first)) ] || size=$((all - first))
    if [ "$size" -le 1 ]; then
      shift $((3 * first))
      launch_each $((all - first)) "$@"
      break
    fi
    part "$first" "$size" "$@"
    array_of "$first" "$size"
    case $code:$said in
      0:*) strikes=0 ;;
      *'Invalid job array specification'* | *'job submit limit'* | *MaxJobCount*)
        size=$((size / 2))
        continue
        ;;
      *) strike "$code" "$said" ;;
    esac
    tell "array $code" "$said"
    place=0
    for token in $tokens; do
      printf 'task %s %s\n' "$token" "$place"
      place=$((place + 1))
    done
    first=$((first + size))
  done
  [ "$strikes" -gt 3 ] || strikes=0
}

# launch_all REST BATCH ...: one after another, all but those in the last so many words
launch_all() {
  rest=$1
  shift
  while [ $# -gt "$rest" ]; do
    if [ "$1" = one ]; then
      launch_one "$2" "$3" "$4"
      shift 4
    else
      shift
      launch_array "$@"
      shift $((6 + 3 * $6))
    fi
  done
}

# launch_beside WORDS BATCH ...: those in the first so many words, and beside them the others. Much of an sbatch is
# waiting, so two hands are faster than one. What the second has to say stays in the pipe until the first is through.
launch_beside() {
  mine=$1
  shift
  if [ "$mine" -ge $# ]; then launch_all 0 "$@"
  else
    { (shift "$mine"; launch_all 0 "$@") | { launch_all $(($# - mine)) "$@" >&3; cat; }; } 3>&1
  fi
}

# --- list ------------------------------------------------------------------------------------------------------------

# Only whole rows count; what a site's own squeue prints around them does not. Many shells read a line byte by byte, one
# call of the system for each: thousands of lines are for programs.
list_all() {
  printf 'now %s\n' "$(date +%s)"
  # shellcheck disable=SC2086
  said=$(SLURM_TIME_FORMAT=%s squeue $cluster -h -r -t all -u "$(id -u)" -o 'row %i|%T|%e %S %l %D|%r|%N|%j|%Z|')
  code=$?
  LC_ALL=C awk -v code="$code" '/^row / { print; rows++ } END { print "squeue " code " " rows + 0 }' << END
$said
END
}

# list_places TOKEN DIRECTORY BEGUN ...: as what an attempt was handed in, as its directory says: its places in lists, and
# its number there. A name may hold line breaks, so words are parted by a line that hardly any name can hold; the count
# tells when one does.
list_places() {
  if [ $# -eq 0 ]; then
    printf 'places 0 0\n'
    return
  fi
  printf '%s\n//\n' "$@" | LC_ALL=C awk '
    $0 != "//" { word = lines++ ? word "\n" $0 : $0; next }
    { words[count++ % 3] = word; word = ""; lines = 0 }
    count % 3 == 0 {
      file = words[1] "/array"
      for (; (getline line < file) > 0; places++) print "place " words[0] " " line
      close(file)
    }
    END { print "places " count / 3 " " places + 0 }'
}

list_one() {
  printf 'attempt %s\n' "$1"
  if [ -d "$2" ]; then
    claimed=no
    [ -e "$2/claim/taken" ] && claimed=yes
    [ -f "$2/claim/forbidden" ] && claimed=forbidden
    printf 'claimed %s\n' "$claimed"
    [ -n "$3" ] || copy start "$2/start"
    copy launch "$2/launch"
    copy exit "$2/exit"
  elif gone "$2"; then printf 'gone\n'
  else printf 'hidden\n'; fi
  printf 'end %s\n' "$1"
}

list_each() {
  while [ $# -gt 0 ]; do
    list_one "$1" "$2" "$3"
    shift 3
  done
}

# --- cancel, forbid --------------------------------------------------------------------------------------------------

forbid_one() {
  if [ "${2#/}" = "$2" ]; then # it is not ours, so its start cannot be taken
    [ "$mode" != forbid ] || return 0
    printf 'told %s\n' "$1"
  elif forbid "$2"; then
    printf 'forbidden %s\n' "$1"
  elif [ "$mode" != forbid ]; then
    [ "$mode" = cancel ] || without_grace "$2"
    printf 'told %s\n' "$1"
  else return 0; fi
  known_as "$1" "$2"
}

# The wrapper kills its program at once when it is told to stop. Jobs that are not ours have none: Slurm kills all of them.
kill_adopted() {
  our_names=$names our_directories=$directories names='' directories=''
  ours "$1"
  names=$our_names directories=$our_directories
  together "$ids"
  # shellcheck disable=SC2086
  [ -z "$ids" ] || scancel $cluster --signal=KILL --full $together > /dev/null 2>&1 || :
}

end_all() {
  [ -n "$names$adopted" ] || { printf 'queue 0\n'; return; }
  # shellcheck disable=SC2086
  said=$(squeue $cluster -h -r -u "$(id -u)" -o '%i|%j|%Z|')
  code=$?
  if [ "$code" -eq 0 ]; then
    [ "$mode" != kill ] || [ -z "$adopted" ] || kill_adopted "$said"
    ours "$said"
    together "$ids"
    # shellcheck disable=SC2086
    [ -z "$ids" ] || scancel $cluster $together || code=$?
  fi
  printf 'queue %s\n' "$code"
}

# --- explain ---------------------------------------------------------------------------------------------------------

books() {
  SLURM_BITSTR_LEN=0 SLURM_TIME_FORMAT=%s sacct "$@" -X -n -P -D -S "now-${days}days" \
    -o JobID,State,ExitCode,End,NodeList,JobName,WorkDir
}

explain() {
  now=$(date +%s)
  days=$(((now - $1) / 86400 + 2))
  printf 'now %s\n' "$now"
  said='' code=0
  # shellcheck disable=SC2086
  [ -z "$2" ] || said=$(books $cluster -j "$2") || code=$?
  # shellcheck disable=SC2086
  [ -z "$3" ] || said=$said$argosy_newline$(books $cluster --name "$3") || code=$?
  tell "sacct $code" "$said"
}

mode=$1
shift
count=0
case $mode in
  launch)
    count=$1
    shift
    launch_beside "$@"
    shift $#
    ;;
  list)
    count=$(($# / 3))
    # Said at once: a line by itself would travel in a packet by itself, and there are thousands.
    said=$(list_all; list_places "$@"; list_each "$@")
    printf '%s\n' "$said"
    shift $#
    ;;
  explain)
    explain "$@"
    shift 3
    ;;
esac
names='' directories='' adopted=''
while [ $# -gt 0 ]; do
  count=$((count + 1))
  forbid_one "$1" "$2"
  shift 2
done
case $mode in cancel | kill | forbid) end_all ;; esac
printf 'complete %s\n' "$count"
