# shellcheck shell=sh
# What a machine tells to whoever makes a target of it: a line for each fact, then "complete".
export LC_ALL=C

# at_login WORDS: the last line that a login shell says to them; modules are mostly set up by login files alone
at_login() { sh -lc "$1" </dev/null 2>/dev/null | tail -n 1; }

printf 'host %s\n' "$(uname -n)"
printf 'home %s\n' "$HOME"
# shellcheck disable=SC2016
printf 'scratch %s\n' "${SCRATCH:-$(at_login 'printf "\n%s\n" "${SCRATCH-}"')}"
printf 'processors %s\n' "$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null)"
if command -v sbatch >/dev/null 2>&1; then printf 'slurm here\n'
elif [ "$(at_login 'command -v sbatch >/dev/null && echo yes')" = yes ]; then printf 'slurm login\n'; fi
printf 'complete\n'
