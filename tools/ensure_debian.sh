#!/bin/sh
# Makes sure that the named Debian packages' programs are here: tools/ensure_debian.sh python3-venv postgresql ...
# As root on Debian it installs what is missing; otherwise it says what to install and fails.
set -eu

is_here() {
    case $1 in
        python3-venv) "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null ;;
        postgresql) ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || command -v pg_ctl >/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

missing=
for package in "$@"; do
    is_here "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing:$missing" >&2
    echo "Install them, on Debian with: sudo apt-get install$missing" >&2
    exit 1
fi

echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
# The names are words on purpose.
# shellcheck disable=SC2086
apt-get install --quiet --quiet --yes --no-install-recommends $missing >/dev/null
