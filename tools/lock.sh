#!/bin/sh
# Writes requirements/*.txt: exact versions with hashes, no addresses.
# Usage: tools/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."

# Only the public packages count, whatever further places this machine's pip is told of.
PIP_CONFIG_FILE=/dev/null
export PIP_CONFIG_FILE
unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL PIP_INDEX_URL PIP_TRUSTED_HOST PIP_NO_INDEX || true
CUSTOM_COMPILE_COMMAND="make lock"
export CUSTOM_COMPILE_COMMAND

lock() {
    .venv/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --annotation-style=line \
        --no-emit-index-url --no-emit-trusted-host --no-emit-find-links "$@"
}

lock "$@" --all-extras --build-deps-for editable --output-file requirements/dev.txt pyproject.toml
lock "$@" --extra keyring --extra openmm --extra plots --build-deps-for editable --constraint requirements/dev.txt \
    --output-file requirements/app.txt pyproject.toml
for peer in requirements/bench-*.in requirements/fuzz.in requirements/readers.in; do
    lock "$@" --output-file "${peer%.in}.txt" "$peer"
done

if grep -nE "://|file:/|--(extra-)?index-url|--find-links|--trusted-host" requirements/*.txt; then
    echo "tools/lock.sh: the lines above name a place; the lock must not." >&2
    exit 1
fi
