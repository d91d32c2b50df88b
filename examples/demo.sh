#!/bin/sh
# Three real simulations, from nothing to a plot: water is put into a box, equilibrated, and simulated at constant
# pressure. Each is a job; each takes files from the one before. Takes about a minute and asks nothing.
#
# Everything lies in .demo/ beside this repository (or in ARGOSY_DEMO), apart from any Argosy of your own.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
demo=${ARGOSY_DEMO:-$here/.demo}
export ARGOSY_HOME="$demo/home"
unset ARGOSY_DATABASE
PATH="$here/.venv/bin:$PATH"
jobs=

main() {
    trap end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    mkdir -p "$demo"
    threads=$(processors)

    title "Three jobs. The second and third wait for files of the one before."
    submit openmm/water-box --name water-box --set box_edge=2.2 --set seed=1
    box=$job
    submit openmm/nvt --name equilibration --set steps=3000 --set threads="$threads" --cpus "$threads" \
        --file system="job:$box:system.xml" --file topology="job:$box:topology.pdb" --file state="job:$box:state.xml"
    warm=$job
    submit openmm/production --name production --set steps=5000 --set threads="$threads" --cpus "$threads" \
        --file system="job:$box:system.xml" --file topology="job:$box:topology.pdb" \
        --file state="job:$warm:final-state.xml"
    cold=$job
    show argosy ls --limit 3

    title "They run, whether somebody looks or not."
    show argosy wait "$box" "$warm" "$cold"
    show argosy ls --limit 3

    title "What came out."
    show argosy results "$cold"
    show argosy results "$cold" --plot potential_energy
    show argosy results "$cold" --plot potential_energy --svg "$demo/energy.svg"

    title "Where everything lies."
    show argosy files "$cold"
    tell_places
}

submit() { # leaves the id of the new job in `job`
    echo "\$ argosy submit $*" | shorten
    job=$(argosy submit "$@" --plain | cut -f1)
    jobs="$jobs $job"
    printf '%s\n\n' "$job"
}

show() { # a command, and what it says
    echo "\$ $*" | shorten
    "$@"
    echo
}

shorten() { # ids as people type them
    sed -E 's/j[0-9a-z]{13}([0-9a-z]{8})/\1/g'
}

title() {
    if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n\n' "$1"; else printf '\n%s\n\n' "$1"; fi
}

tell_places() {
    echo "The energy plot:          $demo/energy.svg"
    echo "Outputs, brought home:    $ARGOSY_HOME/home/$cold/attempt-1/work"
    echo "Where the job ran:        $ARGOSY_HOME/local/jobs/$cold/attempt-1"
    echo
    echo "Look around with:         export ARGOSY_HOME='$ARGOSY_HOME' PATH='$here/.venv/bin':\"\$PATH\""
    echo "Then, for example:        argosy show last"
    echo "To forget all of it:      rm -r '$demo'"
}

processors() { # two are enough for so small a box
    if [ "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)" -gt 1 ]; then echo 2; else echo 1; fi
}

end() { # nothing of the demo is left running
    code=$?
    trap - EXIT
    if [ "$code" -ne 0 ] && [ -n "$jobs" ]; then
        # shellcheck disable=SC2086
        argosy cancel $jobs >/dev/null 2>&1 || true
        # shellcheck disable=SC2086
        argosy wait --timeout 30s $jobs >/dev/null 2>&1 || true
    fi
    argosy server stop >/dev/null 2>&1 || true
    exit "$code"
}

main
