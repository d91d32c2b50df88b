# shellcheck shell=sh
# shellcheck disable=SC2154  # the header above this body sets token, directory, limits and environment
# shellcheck disable=SC2317  # traps call what seems to be called by nobody
# shellcheck disable=SC2013  # what is read here are numbers and names without blanks
# shellcheck disable=SC2034  # the report is made from variables by their names
#
# The script around every command. The header gives argosy_token, argosy_dir (absolute), argosy_grace_s, argosy_walltime_s and
# argosy_warning_signal (both may be empty), the functions argosy_environment and argosy_ask_walltime, and the command as
# positional parameters.
#
# It runs under any POSIX sh. Every name begins with argosy_: a plain name could be an exported variable of the user's, which
# the program would then see changed. Functions called by traps share no variable with what they interrupt. Forks are counted: a
# builtin is used wherever one will do, and programs run in the locale C, whose files need not be loaded.
#
# It exits with the program's status; 73: somebody else has claimed this attempt; 74: no start or no report could be written.
#
# A lane starts many attempts. It loads this body once and runs each attempt in a fork of itself, whose process is not "$$".

argosy_armed='' argosy_asked='' argosy_booted='' argosy_cancelled='' argosy_certain=1 argosy_code='' argosy_elapsed_s='' argosy_ended=''
argosy_how='' argosy_interrupted='' argosy_killer='' argosy_leftover='' argosy_peak_memory_kib='' argosy_program=''
argosy_reserve='' argosy_room='' argosy_self='' argosy_self_start='' argosy_setsid='' argosy_signal='' argosy_started=''
argosy_status='' argosy_system_s='' argosy_user_s='' argosy_walltime_reached='' argosy_warned='' argosy_watcher=''
argosy_newline='
'
argosy_all_environs='/proc/[0-9]*/environ'
argosy_environs=$argosy_all_environs

argosy_refuse() {
    printf 'argosy: %s\n' "$1" >&2
    exit 74
}

# --- Clocks ---------------------------------------------------------------------------------------------------------

# Hundredths of a second since boot, or empty. This clock neither jumps nor costs a fork.
argosy_read_uptime() {
    argosy_uptime=''
    { read -r argosy_up argosy_idle </proc/uptime; } 2>/dev/null || return 0
    case $argosy_up in
    *[!0-9.]*) ;;
    [0-9]*.[0-9][0-9])
        argosy_idle=1${argosy_up#*.} # not 08, which would be octal
        argosy_uptime=$((${argosy_up%.*} * 100 + argosy_idle - 100))
        ;;
    esac
}

# The time now, in seconds since 1970, counted from the start without the jumps of the wall clock if there is an uptime.
argosy_read_clock() {
    argosy_read_uptime
    if [ -n "$argosy_booted" ] && [ -n "$argosy_uptime" ]; then
        argosy_now=$((argosy_started + (argosy_uptime - argosy_booted) / 100))
    else
        argosy_now=$(date +%s)
    fi
}

# --- Start ----------------------------------------------------------------------------------------------------------

# A launcher that starts many reads the clock and the uptime once for all: what has passed since then is added.
argosy_read_start_time() {
    case ${ARGOSY_NOW:-} in
    *[!0-9.\ ]*) ;;
    [0-9]*' '[0-9]*.[0-9][0-9])
        argosy_word=${ARGOSY_NOW#* }
        argosy_word=${argosy_word%.*}
        if [ -n "$argosy_uptime" ] && [ "$argosy_word" -le $((argosy_uptime / 100)) ]; then
            argosy_started=$((${ARGOSY_NOW%% *} + argosy_uptime / 100 - argosy_word))
            return
        fi
        ;;
    esac
    argosy_started=$(date +%s) || argosy_refuse "the time cannot be read"
}

# Fails when somebody else was first. Only one process can make a file that is not there, and this costs no process.
argosy_take() {
    set -C
    printf '' >"$argosy_dir/claim/taken"
    argosy_word=$?
    set +C
    return "$argosy_word"
}

# Take the one start of this attempt, and the room on the disk that the exit report will need when the disk has filled up.
argosy_claim() {
    [ -d "$argosy_dir/claim" ] || argosy_word=$(LC_ALL=C mkdir "$argosy_dir/claim" 2>&1) || [ -d "$argosy_dir/claim" ] ||
        argosy_refuse "this attempt cannot be started: $argosy_word"
    [ -s "$argosy_dir/claim" ] || argosy_reserve=$argosy_dir/claim/reserve
    if ! argosy_take 2>/dev/null && ! argosy_word=$(LC_ALL=C argosy_take 2>&1); then
        [ ! -e "$argosy_dir/claim/taken" ] || exit 73
        argosy_refuse "this attempt cannot be started: $argosy_word"
    fi
    argosy_keep_reserve
    printf '%1023s\n' '' >"$argosy_dir/claim/room" || argosy_refuse "no room for the exit report in $argosy_dir"
    exec 3<>"$argosy_dir/claim/room"
    argosy_read_uptime
    argosy_read_start_time
    unset ARGOSY_NOW
    argosy_booted=$argosy_uptime
}

# Where writing over a file takes new blocks, as on btrfs, a full quota leaves no use for the room: only what is removed makes
# some. Such file systems show an empty directory as of no bytes. The bytes are random, since blanks would be compressed away.
argosy_keep_reserve() {
    [ -n "$argosy_reserve" ] || return 0
    LC_ALL=C dd if=/dev/urandom of="$argosy_reserve" bs=4096 count=16 2>/dev/null || :
}

# A walltime that was changed while the job waited, or moved while it runs.
argosy_read_walltime() {
    { read -r argosy_limit <"$argosy_dir/$1"; } 2>/dev/null || return 0
    case $argosy_limit in
    '' | 0* | *[!0-9]*) ;;
    *) argosy_walltime_s=$argosy_limit ;;
    esac
}

# Where setsid is, looked up before the program's own PATH is set; empty on systems without it.
argosy_find_setsid() {
    IFS=:
    for argosy_word in $PATH; do
        if [ -x "$argosy_word/setsid" ]; then
            argosy_setsid=$argosy_word/setsid
            break
        fi
    done
    unset IFS
}

# Process id and start time (in clock ticks since boot) from a /proc/.../stat; empty where there is none.
argosy_read_stat() {
    argosy_stat_pid='' argosy_stat_start=''
    { read -r argosy_word <"$1"; } 2>/dev/null || return 0
    argosy_stat_pid=${argosy_word%% *}
    # The name in parentheses may hold anything; the fields after the last one are plain numbers.
    # shellcheck disable=SC2086
    set -- ${argosy_word##*) }
    argosy_stat_start=${20}
}

argosy_find_self() {
    argosy_read_stat /proc/self/stat
    argosy_self=${argosy_stat_pid:-$$} argosy_self_start=$argosy_stat_start
}

# Written by the process that becomes the program: without this record the program has never begun. One write, and no rename,
# which would cost a process: whoever reads in that instant finds nothing in it, and takes it for not there.
argosy_write_start() {
    argosy_host='' argosy_boot_id=''
    { read -r argosy_host </proc/sys/kernel/hostname; } 2>/dev/null || argosy_host=$(uname -n)
    { read -r argosy_boot_id </proc/sys/kernel/random/boot_id; } 2>/dev/null || :
    argosy_read_stat /proc/self/stat
    # shellcheck disable=SC2016
    [ -n "$argosy_stat_pid" ] || argosy_stat_pid=$(exec sh -c 'echo "$PPID"')
    printf '%s\n' version=1 "token=$argosy_token" "host=$argosy_host" "pid=$argosy_self" "pid_start=$argosy_self_start" \
        "program_pid=$argosy_stat_pid" "program_start=$argosy_stat_start" "boot_id=$argosy_boot_id" \
        "started=$argosy_started" complete=1 >"$argosy_dir/start" || {
        rm -f "$argosy_dir/start"
        return 1
    }
}

# A shell starts background programs with INT ignored and cannot undo it; a recent env can.
argosy_run_program() {
    [ -d "$argosy_dir/work" ] || mkdir "$argosy_dir/work" || exit 74
    cd "$argosy_dir/work" || exit 74
    exec 3>&- </dev/null >>"$argosy_dir/stdout" 2>>"$argosy_dir/stderr" || exit 74
    [ ! -e "$argosy_dir/claim/stop" ] || exit 143
    argosy_write_start || exit 74
    set -- ${argosy_setsid:+"$argosy_setsid" --} "$@"
    if [ "$argosy_warning_signal" = INT ] && env --default-signal=INT,QUIT true 2>/dev/null; then
        set -- env --default-signal=INT,QUIT "$@"
    fi
    argosy_environment
    ARGOSY_TOKEN=$argosy_token ARGOSY_JOB_DIR=$argosy_dir
    export ARGOSY_TOKEN ARGOSY_JOB_DIR
    exec "$@"
}

# --- Signals --------------------------------------------------------------------------------------------------------

# To the program's whole group; to the process alone as long as, or where, it has no group of its own.
argosy_send() {
    if [ -n "$argosy_setsid" ] && kill "-$1" "-$argosy_program" 2>/dev/null; then
        return 0
    fi
    kill "-$1" "$argosy_program" 2>/dev/null || :
}

argosy_cancel() {
    argosy_interrupted=1
    if [ -z "$argosy_cancelled" ]; then
        argosy_read_clock
        argosy_cancelled=$argosy_now
    fi
    [ -z "$argosy_armed" ] || argosy_stop
}

# ALRM comes from our own watcher; from anybody else it means nothing.
argosy_time_up() {
    argosy_interrupted=1
    [ -n "$argosy_walltime_s" ] && [ -n "$argosy_armed" ] && [ -z "$argosy_walltime_reached" ] || return 0
    argosy_read_walltime claim/walltime
    argosy_read_clock
    if [ "$argosy_now" -ge $((argosy_started + argosy_walltime_s)) ]; then
        argosy_walltime_reached=$argosy_now
        argosy_stop
    fi
}

# A warning is passed on only if the job asks for it: most programs die of a signal that they do not know.
argosy_warn() {
    argosy_interrupted=1
    argosy_read_clock
    argosy_warned=${argosy_warned:-$argosy_now}
    # While the process is not the program yet, it has no group, and the warning would end it.
    if [ -n "$argosy_warning_signal" ] && [ -n "$argosy_armed" ] && [ -e "$argosy_dir/start" ]; then
        kill "-$argosy_warning_signal" "${argosy_setsid:+-}$argosy_program" 2>/dev/null
    fi
}

# A suspended program could not obey, hence CONT. A program that has not begun may miss the signal, but not the file.
argosy_stop() {
    [ -e "$argosy_dir/start" ] || true >"$argosy_dir/claim/stop"
    argosy_send TERM
    argosy_send CONT
    if [ -z "$argosy_killer" ]; then
        argosy_kill_later &
        argosy_killer=$!
    fi
}

# Background functions of ours hold none of the wrapper's streams, and end, with their sleep, on VTALRM alone: a TERM for
# everybody must not take the one that will KILL. A forked shell forgets signals that come before it drops the traps of its
# parent; the parent traps no VTALRM, and KILL for the sleep is never forgotten.
argosy_obey_vtalrm_only() {
    argosy_inherited=$!
    trap '[ "$!" = "$argosy_inherited" ] || { kill -KILL "$!"; wait "$!"; } 2>/dev/null; exit 0' VTALRM
    trap '' TERM INT HUP PIPE USR1 USR2 XCPU ALRM
    exec >/dev/null 2>&1 3>&-
}

# The grace is over at once when somebody has made the file that says so.
argosy_kill_later() {
    argosy_obey_vtalrm_only
    argosy_rest=$argosy_grace_s
    while [ "$argosy_rest" -gt 0 ] && [ ! -e "$argosy_dir/claim/kill" ]; do
        LC_ALL=C sleep 1 &
        wait "$!"
        argosy_rest=$((argosy_rest - 1))
    done
    argosy_send KILL
    argosy_find_members
    argosy_send_members KILL
}

# --- Watching -------------------------------------------------------------------------------------------------------

# Live processes of this job: they carry its token in their environment, or belong to the program's session.
argosy_find_members() {
    argosy_members=''
    # shellcheck disable=SC2086
    for argosy_word in ${argosy_environs:+$(LC_ALL=C grep -lsxzF "ARGOSY_TOKEN=$argosy_token" $argosy_environs)}; do
        argosy_word=${argosy_word#/proc/}
        [ "${argosy_word%/environ}" = "$argosy_self" ] || argosy_members="$argosy_members ${argosy_word%/environ}"
    done
    [ -n "$argosy_setsid" ] && kill -0 "-$argosy_program" 2>/dev/null || return 0
    for argosy_word in $(LC_ALL=C grep -lsE "\) [^XZ] [0-9]+ $argosy_program $argosy_program " /proc/[0-9]*/stat); do
        argosy_word=${argosy_word#/proc/}
        case "$argosy_members " in
        *" ${argosy_word%/stat} "*) ;;
        *) argosy_members="$argosy_members ${argosy_word%/stat}" ;;
        esac
    done
}

argosy_send_members() {
    for argosy_word in $argosy_members; do
        kill "-$1" "$argosy_word" 2>/dev/null || :
    done
}

# The sum of the peaks of all live processes of the job, in KiB, if it is the largest so far.
argosy_sample_memory() {
    argosy_find_members
    set --
    for argosy_word in $argosy_members; do
        set -- "$@" "/proc/$argosy_word/status"
    done
    [ $# -gt 0 ] || return 0
    argosy_sum=0
    for argosy_word in $(LC_ALL=C grep -hs '^VmHWM:' "$@"); do
        case $argosy_word in
        *[!0-9]*) ;;
        *) argosy_sum=$((argosy_sum + argosy_word)) ;;
        esac
    done
    if [ "$argosy_sum" -gt "${argosy_peak_memory_kib:-0}" ]; then
        argosy_peak_memory_kib=$argosy_sum
        printf '%-20s\n' "$argosy_peak_memory_kib" 1<>"$argosy_dir/claim/peak"
    fi
}

# The time is up, but the scheduler may give more by now: it was told to, or the job was suspended for a while. It is asked
# only at the end, since a question costs it something. What it rounds up to a minute is no more than there was.
argosy_ask_again() {
    argosy_known=$argosy_walltime_s
    argosy_ask_walltime >"$argosy_dir/claim/granted" &
    if wait "$!"; then argosy_read_walltime claim/granted; fi
    if [ "$argosy_walltime_s" -gt $(((argosy_known + 59) / 60 * 60)) ]; then
        mv -f "$argosy_dir/claim/granted" "$argosy_dir/claim/walltime"
    else
        argosy_walltime_s=$argosy_known argosy_asked=1
    fi
}

# How long until the next look: twice the last pause, at most ten seconds, and not past the walltime.
argosy_choose_pause() {
    argosy_pause=$((argosy_pause * 2))
    [ "$argosy_pause" -le 10 ] || argosy_pause=10
    [ -n "$argosy_walltime_s" ] || return 0
    argosy_read_clock
    if [ -z "$argosy_asked" ] && [ "$argosy_now" -ge $((argosy_started + argosy_walltime_s)) ]; then argosy_ask_again; fi
    argosy_rest=$((argosy_started + argosy_walltime_s - argosy_now))
    if [ "$argosy_rest" -le 0 ]; then
        kill -ALRM "$argosy_self" 2>/dev/null
    elif [ "$argosy_rest" -lt "$argosy_pause" ]; then
        argosy_pause=$argosy_rest
    fi
}

# It begins with a pause, so that a short job pays for one sleep only. It ends with the program, or with the wrapper.
argosy_watch() {
    argosy_obey_vtalrm_only
    argosy_pause=1
    while
        LC_ALL=C sleep "$argosy_pause" &
        wait "$!"
    do
        kill -0 "$argosy_program" 2>/dev/null && kill -0 "$argosy_self" 2>/dev/null || exit 0
        [ ! -d /proc/self ] || argosy_sample_memory
        argosy_choose_pause
    done
}

# The lane's tick, once a second: whoever is still there then is watched. So a short job pays for no watcher.
argosy_tick() {
    argosy_interrupted=1
    [ -n "$argosy_armed" ] && [ -z "$argosy_watcher" ] || return 0
    argosy_watch &
    argosy_watcher=$!
}

# A trapped signal ends the wait early, with a status that is the trap's and not the program's.
argosy_await() {
    wait "$argosy_program" 2>&3
    argosy_status=$?
    while [ -n "$argosy_interrupted" ]; do
        argosy_interrupted=''
        argosy_alive=''
        ! kill -0 "$argosy_program" 2>/dev/null || argosy_alive=1
        wait "$argosy_program" 2>&3
        argosy_word=$?
        # 127 also means "no such child": the first wait had the true status already.
        if [ -n "$argosy_alive" ] || [ "$argosy_word" -ne 127 ]; then
            argosy_status=$argosy_word
        fi
    done
}

# --- End ------------------------------------------------------------------------------------------------------------

# Linux gives out process ids in turn: what a program of two seconds has left behind lies between its own id and the newest.
# Looking at those alone spares a short job the search through all processes of the machine, and mostly the fork for it.
argosy_look_at_young() {
    [ -n "$argosy_elapsed_s" ] && [ "${argosy_elapsed_s%.*}" -lt 2 ] || return 0
    { read -r argosy_rest argosy_rest argosy_rest argosy_rest argosy_last </proc/loadavg; } 2>/dev/null || return 0
    case $argosy_last in '' | *[!0-9]*) return 0 ;; esac
    [ "$argosy_program" -le "${argosy_watcher:-$argosy_last}" ] || return 0
    [ "${argosy_watcher:-$argosy_program}" -le "$argosy_last" ] || return 0
    [ $((argosy_last - argosy_program)) -le 200 ] || return 0
    argosy_environs=''
    argosy_word=$argosy_program
    while [ "$argosy_word" -le "$argosy_last" ]; do
        if [ -d "/proc/$argosy_word" ] && argosy_may_be_ours "/proc/$argosy_word/stat"; then
            argosy_environs="$argosy_environs /proc/$argosy_word/environ"
        fi
        argosy_word=$((argosy_word + 1))
    done
}

# What a program leaves behind is in its session, or in one that was begun later; other lanes are in older ones.
argosy_may_be_ours() {
    [ -n "$argosy_setsid" ] && { read -r argosy_rest <"$1"; } 2>/dev/null || return 0
    # shellcheck disable=SC2086
    set -- ${argosy_rest##*) }
    [ "${4:-$argosy_program}" -ge "$argosy_program" ]
}

# What a batch system does too: nothing that belongs to the job outlives its program.
argosy_end_leftovers() {
    [ -d /proc/self ] || return 0
    argosy_look_at_young
    argosy_find_members
    argosy_environs=$argosy_all_environs
    # shellcheck disable=SC2086
    set -- $argosy_members
    argosy_leftover=$#
    [ $# -gt 0 ] || return 0
    argosy_send_members TERM
    argosy_send_members CONT
    for argosy_pause in 0.1 0.2 0.4 0.8 1 1 1 KILL 0.1 KILL 0.5 KILL 1 KILL; do
        if [ "$argosy_pause" = KILL ]; then
            argosy_send_members KILL
            continue
        fi
        sleep "$argosy_pause" 2>/dev/null || sleep 1
        argosy_find_members
        [ -n "$argosy_members" ] || return 0
    done
}

# A status above 128 is a signal or an exit code; POSIX does not say which. bash tells when it waits, other shells in
# "jobs", if they are asked before they fork or wait again.
argosy_tell_signal_from_code() {
    argosy_code=$argosy_status
    [ "$argosy_status" -gt 128 ] && [ "$argosy_status" -le 192 ] || return 0
    jobs -l >&3 2>/dev/null
    while read -r argosy_word; do
        case $argosy_word in
        *" $argosy_program "*Done\(* | *" $argosy_program "*Exit\ *) return 0 ;;
        *" $argosy_program "*) argosy_how=signal ;;
        esac
    done <"$argosy_dir/claim/room"
    argosy_code='' argosy_signal=$((argosy_status - 128))
    [ -n "$argosy_how$argosy_cancelled$argosy_walltime_reached" ] || argosy_certain=0
}

# Seconds from what "times" prints, such as 1m2.340s; some locales write a comma.
argosy_read_minutes() {
    argosy_seconds=''
    argosy_word=${1#*m}
    argosy_word=${argosy_word%s}
    case "${1%%m*}$argosy_word" in
    '' | *[!0-9.,]*) return 0 ;;
    esac
    argosy_seconds=$((${1%%m*} * 60 + ${argosy_word%%[.,]*})).${argosy_word#*[.,]}
}

# The program's processor time. "times" must not be asked in a subshell, which has no children; hence by way of a file.
argosy_read_times() {
    { times; } 1<>"$argosy_dir/claim/room" || return 0
    { read -r argosy_rest && read -r argosy_user_s argosy_system_s; } <"$argosy_dir/claim/room" || return 0
    argosy_read_minutes "$argosy_user_s"
    argosy_user_s=$argosy_seconds
    argosy_read_minutes "$argosy_system_s"
    argosy_system_s=$argosy_seconds
}

argosy_read_end() {
    argosy_read_clock
    argosy_ended=$argosy_now
    if [ -n "$argosy_booted" ] && [ -n "$argosy_uptime" ]; then
        argosy_word=$((argosy_uptime - argosy_booted + 100))
        argosy_elapsed_s=$((argosy_word / 100 - 1)).${argosy_word#"${argosy_word%??}"}
    fi
    { read -r argosy_peak_memory_kib <"$argosy_dir/claim/peak"; } 2>/dev/null || argosy_peak_memory_kib=''
    argosy_stage=program
    [ ! -e "$argosy_dir/claim/prologue" ] || [ -e "$argosy_dir/claim/prepared" ] || argosy_tell_prologue
    [ -e "$argosy_dir/start" ] || argosy_stage=setup
}

# A prologue that came to no good end, whatever its own code was: 78 is EX_CONFIG of sysexits.h.
argosy_tell_prologue() {
    argosy_stage=prologue
    [ -z "$argosy_code" ] || argosy_status=78 argosy_code=78
    [ -n "$argosy_cancelled$argosy_walltime_reached" ] || printf '%s\n' \
        'argosy: the environment of the target could not be set up, so the program was not started' \
        2>/dev/null >>"$argosy_dir/stderr" || :
}

# In one write. On a full disk into the room that was taken at the start, over all of it; then under its name in one step.
# Last, with what the reserve has held. A reserve that was not needed is emptied, which needs no process.
argosy_report() {
    argosy_text=version=1
    for argosy_word in token stage status code signal certain started ended elapsed_s user_s system_s peak_memory_kib \
        leftover cancelled warned walltime_reached room; do
        eval "argosy_text=\"\$argosy_text$argosy_newline$argosy_word=\$argosy_$argosy_word\""
    done
    printf '%s\n' "$argosy_text" complete=1 >"$argosy_dir/exit" ||
        { printf '%-1012s\ncomplete=1\n' "$argosy_text" 1<>"$argosy_dir/claim/room" && mv -f "$argosy_dir/claim/room" "$argosy_dir/exit"; } ||
        { [ -n "$argosy_reserve" ] && rm -f "$argosy_reserve" && printf '%s\n' "$argosy_text" complete=1 >"$argosy_dir/exit"; } ||
        argosy_refuse "no exit report can be written in $argosy_dir"
    [ -z "$argosy_reserve" ] || [ ! -s "$argosy_reserve" ] || printf '' >"$argosy_reserve"
}

argosy_main() {
    trap argosy_cancel TERM INT
    trap argosy_warn USR1 USR2 XCPU
    trap argosy_time_up ALRM
    trap argosy_interrupted=1 HUP PIPE # a lost connection ends no job
    argosy_find_self
    argosy_claim
    argosy_read_walltime walltime
    argosy_find_setsid
    if [ -z "$argosy_cancelled" ]; then
        argosy_run_program "$@" &
        argosy_program=$!
        if [ "${argosy_ticking-}" = "$$" ] && [ -n "$argosy_setsid" ]; then
            trap argosy_tick URG
        else
            argosy_watch &
            argosy_watcher=$!
        fi
        argosy_armed=1
        [ -z "$argosy_cancelled" ] || argosy_stop
        argosy_await
        argosy_tell_signal_from_code 2>/dev/null
    fi
    trap '' TERM INT HUP PIPE USR1 USR2 XCPU ALRM URG
    argosy_read_end
    if [ -n "$argosy_watcher$argosy_killer" ]; then
        # shellcheck disable=SC2086
        {
            kill -VTALRM $argosy_watcher $argosy_killer
            wait $argosy_watcher $argosy_killer
        } 2>/dev/null
    fi
    [ -z "$argosy_program" ] || argosy_end_leftovers
    argosy_read_times 2>/dev/null
    argosy_report
    exit "${argosy_status:-143}"
}

# Loaded, or run: the header of a script that finds this body loaded runs it at once.
argosy_loaded=$argosy_version
[ "${argosy_loading-}" = "$$" ] || argosy_main "$@"
