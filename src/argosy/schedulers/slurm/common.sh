# What all programs for Slurm share. The variable "cluster" holds options that choose a cluster, or nothing.

# tell HEAD TEXT: a line that says how many lines follow, and these. A loop is the quickest for a few, without another
# process; for many it is not: each line is put behind a text that gets longer and longer.
tell() {
  if [ "${#2}" -gt 4096 ]; then
    tell_much "$@"
    return
  fi
  lines=0 text=''
  if [ -n "$2" ]; then
    while IFS= read -r line; do
      lines=$((lines + 1))
      text="${text}said $line$argosy_newline"
    done << END
$2
END
  fi
  printf '%s %s\n%s' "$1" "$lines" "$text"
}

tell_much() {
  lines=$(wc -l << END
$2
END
  )
  printf '%s %s\n' "$1" "$((lines))"
  sed 's/^/said /' << END
$2
END
}

# section NAME COMMAND...: what a command prints, with its exit code.
section() {
  name=$1
  shift
  said=$("$@" 2>&1)
  tell "section $name $?" "$said"
}

# known_as TOKEN DIRECTORY: by which names and in which directory the queue knows an attempt. As a task of an array it
# has the name of its list and its place in it. A job that we did not hand in has NUMBER:DIRECTORY instead of a directory.
known_as() {
  case $2 in /*) ;; *) adopted="$adopted$argosy_newline${2%%:*}|${2#*:}|$argosy_newline"; return ;; esac
  names="$names$argosy_newline$1|$argosy_newline"
  directories="$directories$argosy_newline$2|$argosy_newline"
  [ -f "$2/array" ] || return 0
  while IFS= read -r line; do names="$names$argosy_newline$line|$argosy_newline"; done < "$2/array"
}

# Job numbers are given out again, and jobs renamed: those of ours carry our name or lie in our directory, and adopted
# ones have their number and lie in their directory. Their numbers are in ids, and with rows_too
# their rows in theirs.
ours() {
  ids='' theirs=''
  while IFS='|' read -r id name directory; do
    row=$id\|$name\|$directory
    case $id:$name in
      *_*[!0-9]*:* | *:argosy-array-*-*[!0-9]*) ;;
      *_*:argosy-array-*-*) name=${name%-*}-$((${name##*-} + ${id##*_})) ;;
    esac
    # Whether a bar at the end of the line belongs to the last word is where shells differ.
    case $names$directories in
      *"$argosy_newline$name|$argosy_newline"* | *"$argosy_newline${directory%|}|$argosy_newline"*) ;;
      *) case $adopted in *"$argosy_newline$id|${directory%|}|$argosy_newline"*) ;; *) continue ;; esac ;;
    esac
    ids="$ids $id"
    [ -z "${rows_too-}" ] || theirs=$theirs$row$argosy_newline
  done << END
$1
END
}

# together IDS: the tasks of an array that follow each other as one word, 17_[3,4,9], so that Slurm is told once.
together() {
  together='' array='' places=''
  for id in $1; do
    if [ "${id%_*}" = "$array" ]; then places=$places,${id##*_}
    else
      [ -z "$array" ] || together="$together ${array}_[$places]"
      case $id in
        *_*) array=${id%_*} places=${id##*_} ;;
        *) array='' together="$together $id" ;;
      esac
    fi
  done
  [ -z "$array" ] || together="$together ${array}_[$places]"
}

# Modules are a function that login shells have; where it is missing the files that define it are read.
have_modules() {
  # shellcheck disable=SC1091
  command -v module > /dev/null 2>&1 || { . /etc/profile; } > /dev/null 2>&1 || :
  command -v module > /dev/null 2>&1
}

# Lmod tells of itself in one of these, which one depends on the site.
is_lmod() { [ -n "${LMOD_CMD:-}${LMOD_DIR:-}${LMOD_VERSION:-}" ]; }
