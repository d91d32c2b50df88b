# Whose jobs have these numbers, or had them, and how they are. It changes nothing.
# Usage: sh -c THIS argosy IDS
# Each line is "ID|USER|STATE|". A number that nobody has makes squeue fail, which tells nothing more.
me=$(id -un)
printf 'me %s\n' "$me"
# shellcheck disable=SC2086
{
  section queue squeue $cluster -h -r -t all -j "$1" -o '%i|%u|%T|'
  section books sacct $cluster -X -n -p -S 1970-01-01 -j "$1" -o JobID,User,State
}
printf 'complete 0\n'
