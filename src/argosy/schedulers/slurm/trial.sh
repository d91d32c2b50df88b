# What Slurm would do with a script on standard input: "zone +0100", then "trial CODE COUNT" with all that sbatch said.
printf 'zone %s\n' "$(date +%z)"
# shellcheck disable=SC2086
said=$(LC_ALL=C sbatch $cluster --test-only --chdir=/ --output=/dev/null 2>&1)
tell "trial $?" "$said"
printf 'complete 1\n'
