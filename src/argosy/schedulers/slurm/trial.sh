# What Slurm would do with a job that is not handed in, and with those that wait already. Nothing is kept.
# Usage: sh -c THIS argosy test                 the script stands on standard input
#        sh -c THIS argosy ahead PARTITION      when waiting jobs are expected to start; empty: in every partition

test_it() {
  # shellcheck disable=SC2086
  SLURM_TIME_FORMAT=%s sbatch $cluster --test-only --chdir=/
}

ahead() {
  # shellcheck disable=SC2086
  SLURM_TIME_FORMAT=%s squeue $cluster -h -r -t PENDING --start ${1:+"--partition=$1"} -o '%S|'
}

# Both clocks: an older Slurm tells the time of its own zone, whatever form it is asked for.
printf 'now %s\n' "$(date +%s)"
printf 'local %s\n' "$(date +%Y-%m-%dT%H:%M:%S)"
case $1 in
  test) section test test_it ;;
  ahead) section ahead ahead "$2" ;;
esac
printf 'complete 0\n'
