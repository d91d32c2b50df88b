# All jobs of whoever asks that wait or run. It changes nothing.
# Usage: sh -c THIS argosy text    a line for each; a name with a newline or a bar spoils its line
#        sh -c THIS argosy json    as Slurm's own document, which before 23.02 holds the jobs of all users
text() {
  # shellcheck disable=SC2086
  SLURM_TIME_FORMAT=%s squeue $cluster -h -r -u "$me" -o 'row %i|%T|%r|%P|%q|%C|%D|%N|%l|%V|%S|%Z|%j'
}

# A long list of tasks is cut unless it is said otherwise.
json() {
  # shellcheck disable=SC2086
  SLURM_BITSTR_LEN=0 squeue $cluster -u "$me" --json
}

me=$(id -u)
printf 'me %s\n' "$me"
case $1 in
  text) section text text ;;
  json) section json json ;;
esac
printf 'complete 0\n'
