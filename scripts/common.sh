# What the scripts share; sourced, not run. Sets `root`, the top of the checkout, and `venv`, its virtual environment.
# shellcheck shell=bash disable=SC2034

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
venv=$root/.venv # a link to the newest whole one in .venvs

# Exit codes of setting up. A model that cannot be fetched has the code of `voice-backcare model`.
readonly EXIT_USAGE=2 EXIT_NO_MODEL=11 EXIT_PYTHON=20 EXIT_SYSTEM_PACKAGES=21 EXIT_PYTHON_PACKAGES=22

tell() { printf '%s\n' "$*" >&2; }

fail() { # CODE SENTENCE
    tell "voice-backcare: $2"
    exit "$1"
}
