# Running another processor's programs; sourced, not run. Wants `arch`, and `tell` and `fail` of common.sh.
# shellcheck shell=bash

register_qemu() { # NAME QEMU: the kernel hands them to qemu until we end; F: it keeps qemu open, so no userland needs one
    local name=$1.$$ qemu=$2 binfmt=/proc/sys/fs/binfmt_misc old
    # shellcheck disable=SC2154
    [[ $arch != "$(uname -m)" ]] || return 0
    [[ $arch == aarch64 ]] || fail "$EXIT_USAGE" "only aarch64 is emulated here."
    [[ -e $binfmt/register ]] || mount -t binfmt_misc binfmt_misc $binfmt ||
        fail "$EXIT_SYSTEM_PACKAGES" "this kernel cannot run programs of another processor (no binfmt_misc)."
    for old in "$binfmt/$1".*; do # of runs that were killed
        [[ ! -e $old || -d /proc/${old##*.} ]] || echo -1 >"$old"
    done
    printf ':%s:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:%s:OCF' \
        "$name" "$qemu" >$binfmt/register
    # shellcheck disable=SC2064
    trap "echo -1 >$binfmt/$name" EXIT
}

fetch_tools() { # FOLDER [PROGRAM PACKAGE]...: what this machine lacks, unpacked in FOLDER: nothing is installed here
    local folder=$1 name missing=()
    shift
    while (($# > 0)); do
        PATH=$folder/usr/bin:$folder/usr/sbin:$folder/sbin:$PATH:/usr/sbin:/sbin type -P "$1" >/dev/null || missing+=("$2")
        shift 2
    done
    ((${#missing[@]} > 0)) || return 0
    tell "Fetching ${missing[*]}."
    rm -rf "$folder/fetched"
    mkdir -p "$folder/fetched"
    (cd "$folder/fetched" && { apt-get download -qq -o APT::Sandbox::User=root "${missing[@]}" || { apt-get update -qq && apt-get download -qq -o APT::Sandbox::User=root "${missing[@]}"; }; }) >&2 ||
        fail "$EXIT_SYSTEM_PACKAGES" "these packages could not be fetched (no network?): ${missing[*]}"
    for name in "$folder"/fetched/*.deb; do dpkg-deb --extract "$name" "$folder"; done
    rm -r "$folder/fetched"
}
