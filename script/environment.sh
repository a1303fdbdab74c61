# SPDX-License-Identifier: Apache-2.0
# Sourced, not run: makes a Python environment from a hashed lock, once, and says nothing afterwards.
#
#   prepare_environment VENV LOCK
#
# VENV becomes a link to VENV-<digest>, an environment made from that lock and pyproject.toml for that checkout.
# When they change another is made beside it and the link is turned at the end: a set-up cut short leaves the
# former one whole, and what runs goes on. Two that start together do the work once. With a folder `wheels` in the
# checkout nothing is downloaded.
# Expects $here: the absolute path of the checkout.

stop() {
    printf 'tocsin: %s\n' "$*" >&2
    exit 2
}

digest() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256
    else
        cksum
    fi | tr -d ' ' | cut -c 1-12
}

is_recent_python() {
    # A version manager may put a name on the path that only prints an error: so it is asked, not looked for.
    "$1" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${TOCSIN_PYTHON:-}" ]; then
        is_recent_python "$TOCSIN_PYTHON" || stop "TOCSIN_PYTHON ($TOCSIN_PYTHON) is not a Python of 3.11 or later."
        printf '%s\n' "$TOCSIN_PYTHON"
        return
    fi
    for candidate in python3.13 python3.12 python3.11 python3; do
        if is_recent_python "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    stop "Python 3.11 or later is needed and was not found. Install it (Debian, Ubuntu: python3 and python3-venv), or name it in TOCSIN_PYTHON."
}

install_with_uv() {
    environment=$1 lock=$2 python=$3
    shift 3
    uv venv --quiet --no-project --no-python-downloads --python "$python" "$environment" &&
        uv pip install --quiet --python "$environment/bin/python" \
            --no-build --require-hashes "$@" -r "$lock" &&
        uv pip install --quiet --python "$environment/bin/python" \
            --offline --no-deps --no-build-isolation -e "$here"
}

install_with_pip() {
    environment=$1 lock=$2 python=$3
    shift 3
    "$python" -m venv "$environment" &&
        "$environment/bin/python" -m pip install -qq --no-input --disable-pip-version-check \
            --only-binary :all: --require-hashes "$@" -r "$lock" &&
        "$environment/bin/python" -m pip install -qq --no-input --disable-pip-version-check \
            --no-index --no-deps --no-build-isolation -e "$here"
}

fill_environment() {
    rm -rf "$1"
    if [ -d "$here/wheels" ]; then
        set -- "$@" --no-index --find-links "$here/wheels"
    fi
    if uv --version >/dev/null 2>&1; then
        install_with_uv "$@"
    else
        install_with_pip "$@"
    fi
}

turn_link() {
    "$1" -I -c 'import os, sys; os.symlink(sys.argv[1], sys.argv[2]); os.replace(sys.argv[2], sys.argv[3])' \
        "$(basename "$3")" "$2.$$" "$2"
}

remove_former() {
    for former in "$1"-*; do
        case $former in
        "$2" | "$3") ;;
        *) rm -rf "$former" ;;
        esac
    done
}

is_ready() {
    [ "$(readlink "$1" 2>/dev/null)" = "$(basename "$2")" ] && [ -x "$1/bin/python" ]
}

prepare_environment() {
    venv=$1 lock=$2
    digest=$({ printf '%s\n' "$here"; cat "$lock" "$here/pyproject.toml"; } | digest)
    made=$venv-$digest
    if is_ready "$venv" "$made"; then
        return
    fi
    python=$(find_python) || exit 2
    mkdir -p "$(dirname "$venv")" || stop "cannot write beside $venv. Name another folder in TOCSIN_VENV."
    exec 9>"$venv.lock" || stop "cannot write $venv.lock. Name another folder in TOCSIN_VENV."
    # The lock belongs to the open file, which this shell keeps: it ends with the shell, however that ends.
    "$python" -I -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)' || stop "cannot lock $venv.lock."
    if ! is_ready "$venv" "$made"; then
        if [ -e "$venv" ] && [ ! -L "$venv" ]; then
            stop "$venv is there and was not made by Tocsin. Move it away, or name another folder in TOCSIN_VENV."
        fi
        printf 'tocsin: setting up %s, once (a minute or two)…\n' "$venv" >&2
        fill_environment "$made" "$lock" "$python" || {
            rm -rf "$made"
            stop "the set-up of $venv failed, see above; nothing was changed. Without internet: docs/how-to/run-offline.md"
        }
        former=$(dirname "$venv")/$(readlink "$venv" || true)
        turn_link "$python" "$venv" "$made" || stop "cannot write $venv."
        remove_former "$venv" "$made" "$former"
    fi
    exec 9>&-
}
