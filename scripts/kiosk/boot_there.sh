#!/usr/bin/env bash
# Starts systemd in a userland in which the kiosk is installed, as a machine would, and looks at the units at work:
# scripts/kiosk/boot_there.sh FOLDER. Its processes, mounts, network and control groups are its own, and end with it.
# scripts/test-pi runs it where the userland is for this very processor (systemd does not run emulated).
set -euo pipefail

pi=$1
group=
first=

wrong() {
    printf 'boot_there: NOT as it should be: %s\n' "$1" >&2
    exit 1
}

tidy() {
    if [[ -n $first ]]; then
        disown "$first"
        kill -KILL "$first" 2>/dev/null || true
    fi
    [[ -z $group ]] || {
        for _ in {1..50}; do # the kernel needs a moment to end them all
            find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
            sleep 0.1
        done
    }
}
trap tidy EXIT

start_systemd() {
    local tree
    tree=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    [[ -n $tree ]] || wrong "there is no unified control group here"
    group=$tree/voice-backcare-boot.$$
    mkdir "$group"
    # Joined before the namespace is made: so its root is ours.
    (
        echo "$BASHPID" >"$group/cgroup.procs"
        exec unshare --net --pid --fork --kill-child --mount --uts --ipc --cgroup bash -c '
            python3 -c "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack(\"16sh\", b\"lo\", 1))"
            mount --bind "$0" "$0"
            cd "$0"
            mount -t proc proc proc
            mount -t sysfs -o ro sysfs sys
            mount -t cgroup2 cgroup2 sys/fs/cgroup
            for folder in run tmp dev; do mount -t tmpfs tmpfs $folder; done
            for name in null zero full random urandom tty; do
                touch dev/$name
                mount --bind /dev/$name dev/$name
            done
            mkdir dev/shm dev/pts
            mount -t tmpfs tmpfs dev/shm
            ln -s /proc/self/fd dev/fd
            pivot_root . mnt
            umount -l /mnt
            exec env -i container=proof /lib/systemd/systemd --log-target=null' "$pi"
    ) >/dev/null 2>&1 9>&- &
    first=$!
}

there() { # COMMAND... in its world
    local pid
    pid=$(pgrep --parent "$first" | head -n 1)
    [[ -n $pid ]] || return 1
    nsenter --target "$pid" --all env -i HOME=/root LC_ALL=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

value() { there systemctl show --property "$1" --value voice-backcare.service 2>/dev/null; }

wait_for() { # SECONDS SENTENCE COMMAND...
    local until=$((SECONDS + $1)) sentence=$2
    shift 2
    until "$@"; do
        ((SECONDS < until)) || wrong "$sentence"
        sleep 0.5
    done
}

is_active() { [[ $(value ActiveState) == active ]]; }
has_restarted() { (($(value NRestarts) > $1)); }

start_systemd
wait_for 120 "the conversation does not say that it is ready" is_active
echo "ready: $(value StatusText)"

# The same walls around a rehearsal: recogniser and voice work inside them.
there bash -c '
    sed -e "s/^Type=.*/Type=oneshot/; /^\(Watchdog\|NotifyAccess\|Restart\|SuccessExit\|StartLimit\)/d" \
        -e "s#^\(ExecStart=.*voice-backcare\) kiosk.*#\1 rehearse#" /etc/systemd/system/voice-backcare.service \
        >/run/systemd/system/rehearsal.service
    systemctl daemon-reload
    systemctl start rehearsal.service' || wrong "a rehearsal does not end well inside the unit's walls"
there journalctl --namespace=voice-backcare --unit=rehearsal --no-pager | grep -q 'Care at home' || wrong "the rehearsal has no outcome"
there rm /run/systemd/system/rehearsal.service
echo "a rehearsal inside the unit's walls reached its end"

before=$(value NRestarts)
there kill -KILL "$(value MainPID)"
wait_for 60 "it is not started again when it dies" has_restarted "$before"
wait_for 60 "it does not come back" is_active
before=$(value NRestarts)
there kill -STOP "$(value MainPID)"
began=$SECONDS
wait_for 90 "it is not started again when it hangs" has_restarted "$before"
wait_for 60 "it does not come back" is_active
echo "killed: started again; hung: started again after $((SECONDS - began)) s"

there /opt/voice-backcare/current/install-kiosk --remove >/dev/null 2>&1 || wrong "it cannot be removed while it runs"
left=$(there systemctl list-units --all --no-legend --no-pager '*voice-backcare*' | grep -v '\.slice' || true)
[[ -z $left ]] || wrong "systemd still knows of it: $left"
echo "removed while it ran"
