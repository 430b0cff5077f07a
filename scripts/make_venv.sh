#!/bin/sh
# Makes or brings up to date the virtual environment named by $1 with what requirements/dev.txt locks.
# Nothing but the package registry is needed; pip checks every file against its hash.
set -eu
venv=$1
root=$(cd "$(dirname "$0")/.." && pwd)
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(sh "$root/scripts/find_python.sh")
    echo "Making $venv with $("$python" --version 2>&1) ($python)"
    if ! "$python" -m venv --clear "$venv" >"$venv.log" 2>&1; then
        # Debian and Ubuntu ship Python without ensurepip.
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
            apt-get update -qq >/dev/null && apt-get install -y -qq -o DPkg::Lock::Timeout=300 "python$version-venv" >/dev/null
            "$python" -m venv --clear "$venv"
        else
            cat "$venv.log" >&2
            echo "This Python cannot make virtual environments; install its venv module (Debian: python3-venv)." >&2
            exit 1
        fi
    fi
    rm -f "$venv.log"
fi
"$venv/bin/python" -m pip install --disable-pip-version-check --no-input --quiet \
    --require-hashes -r "$root/requirements/dev.txt"
"$venv/bin/python" -m pip install --disable-pip-version-check --no-input --quiet \
    --no-index --no-deps --no-build-isolation --editable "$root"
