# One line a step on the terminal, and everything the step's commands print in a log; sourced by scripts/setup.
# Writes to the descriptor 3, which is the terminal also where a command's own output goes elsewhere.
# shellcheck shell=bash

step_number=0
steps_in_all=0
spinner=
log=

open_log() { # a file of one's own in the state folder, else in the temporary one; the first that can be written
    local folder
    for folder in "${XDG_STATE_HOME:-${HOME:-}/.local/state}/voice-backcare" "${TMPDIR:-/tmp}"; do
        mkdir -p "$folder" 2>/dev/null || continue
        log=$(mktemp "$folder/setup-XXXXXX.log" 2>/dev/null) && return
    done
    log=/dev/null
}

close_log() { # a log that nobody will ask for goes
    [[ -z $log || $log == /dev/null ]] || rm -f "$log"
    log=
}

stop_spinner() {
    [[ -n $spinner ]] || return 0
    kill "$spinner" 2>/dev/null || true
    wait "$spinner" 2>/dev/null || true
    spinner=
    printf '\r\033[K' >&3
}

start_spinner() { # TEXT; only where somebody watches
    [[ -t 3 && $verbose == no ]] || return 0
    (
        trap 'exit 0' TERM
        trap '' INT
        local began=$SECONDS turn=0
        while :; do
            printf '\r\033[K%s %s %d s' "$1" "${spinner_signs:turn++ % 4:1}" $((SECONDS - began)) >&3
            sleep 0.2
        done
    ) &
    spinner=$!
}
readonly spinner_signs='|/-\'

step() { # TITLE COMMAND...; the command's status
    local title="[$((++step_number))/$steps_in_all] $1" began=$SECONDS status=0
    shift
    if [[ $verbose == yes ]]; then
        tell "$title ..."
        "$@" 2>&1 | tee -a "$log" >&3
        status=${PIPESTATUS[0]}
    else
        [[ -t 3 ]] || tell "$title ..."
        start_spinner "$title"
        "$@" >>"$log" 2>&1 || status=$?
        stop_spinner
    fi
    if ((status == 0)); then
        tell "$title: done in $((SECONDS - began)) s"
    else
        tell "$title: failed after $((SECONDS - began)) s"
    fi
    return "$status"
}
