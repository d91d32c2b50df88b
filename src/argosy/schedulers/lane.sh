# shellcheck shell=sh
# shellcheck disable=SC1091  # the scripts that it reads are those of the attempts
# shellcheck disable=SC2034  # and they read what is only set here
# A lane: the shell that starts the scripts of some attempts, one after another. Usage: sh -c THIS argosy DIRECTORY...
# What somebody else has started meanwhile is passed over. When it is through, it goes on with what was put behind its last
# one, if that was written to its end.
#
# Where a process can tell who it is, the wrapper is read once, and each attempt runs in a fork of this shell: that saves each
# a new shell that reads it again. Every name begins with argosy_lane_: the programs see names of theirs, and the wrapper has its own.
argosy_loading='' argosy_lane_ready='' argosy_lane_ticker=''

# Names and functions of the wrapper, from the script of an attempt, which runs nothing while argosy_loading is set.
argosy_lane_load() {
  argosy_loading=$$
  . "$1/run.sh"
  argosy_loading=''
}

# Once a second all of this lane are told that a second has passed, for a wrapper to begin to watch what takes long. The signal
# means nothing to anybody else; programs have sessions of their own. A wrapper that has lost its lane is told too.
argosy_lane_tick() {
  argosy_lane_late=0
  while [ "$argosy_lane_late" -lt 3 ] && sleep 1; do
    kill -URG 0
    read -r argosy_lane_stat < /proc/self/stat
    case ${argosy_lane_stat##*) } in
      ?" $$ "*) ;;
      *) argosy_lane_late=$((argosy_lane_late + 1)) ;;
    esac
  done
}

# A script that is damaged ends the shell that reads it: hence the first time in a fork.
argosy_lane_prepare() {
  [ -r /proc/self/stat ] && command -v setsid && (argosy_lane_load "$1") && argosy_lane_load "$1" || return 0
  argosy_lane_ready=1 argosy_ticking=$$
  argosy_lane_tick &
  argosy_lane_ticker=$!
} > /dev/null 2>&1

argosy_lane_start() {
  [ ! -e "$1/claim/taken" ] || return 0
  if [ -n "$argosy_lane_ready" ]; then (. "$1/run.sh") < /dev/null > /dev/null 2>> "$1/launch"
  else sh "$1/run.sh" < /dev/null > /dev/null 2>> "$1/launch"; fi
}

argosy_lane_prepare "$1"
while [ $# -gt 0 ]; do
  for argosy_lane_last do argosy_lane_start "$argosy_lane_last"; done
  argosy_lane_whole=''
  set --
  while IFS= read -r argosy_lane_line; do
    case $argosy_lane_line in /*) set -- "$@" "$argosy_lane_line" ;; end) argosy_lane_whole=1 ;; esac
  done < "$argosy_lane_last/behind"
  [ -n "$argosy_lane_whole" ] || break
done
[ -z "$argosy_lane_ticker" ] || kill "$argosy_lane_ticker"
