# What modules need before they can be loaded, and what they bring, in sections. It changes nothing.
# Usage: sh -c THIS argosy needs MODULE...                  how each is loaded: sections m0, m1, ...
#        sh -c THIS argosy finds (PROGRAM ASK MODULES)...   where each program is, and what it says: sections p0, p1, ...
# ASK: what makes it tell its version, "-" not to ask. MODULES: those to load first, with blanks between them.

describe() {
  if is_lmod; then module spider "$1"; else module show "$1"; fi < /dev/null
}

# A program is asked in an empty directory, for a few seconds, with nothing to read: so that none begins to work.
ask_it() {
  command -v timeout > /dev/null 2>&1 || return 0
  # Every shell that we know counts seconds of processor time with -t; one that does not goes on without it.
  # shellcheck disable=SC3045
  (cd "$place" && { ulimit -t 10 || :; } 2> /dev/null && exec nice timeout -k 2 10 "$@") < /dev/null 2>&1 |
    head -c 20000 | tr -cd '\11\12\40-\176'
  return 0
}

find_it() {
  if [ -n "$3" ]; then
    # The words are split on purpose.
    # shellcheck disable=SC2086
    module load $3 < /dev/null || return 3
  fi
  where=$(command -v "$1") || return 4
  printf 'at %s\n' "$where"
  # shellcheck disable=SC2086
  [ "$2" = - ] || ask_it "$where" $2
}

have_modules
mode=$1
shift
number=0
case $mode in
  needs)
    for module in "$@"; do
      section "m$number" describe "$module"
      number=$((number + 1))
    done
    ;;
  finds)
    place=$(mktemp -d) || exit
    while [ $# -gt 0 ]; do
      section "p$number" find_it "$1" "$2" "$3"
      number=$((number + 1))
      shift 3
    done
    rm -rf -- "$place"
    ;;
esac
printf 'complete 0\n'
