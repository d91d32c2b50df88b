#!/bin/sh
# Makes sure that the named Debian packages' programs are here: tools/ensure_debian.sh python3-venv postgresql ...
# As root on Debian it installs what is missing; otherwise it says what to install and fails.
set -eu

# Servers lie where only root's PATH leads.
has() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]
}

is_here() {
    case $1 in
        python3-venv) "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null ;;
        postgresql) ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || command -v pg_ctl >/dev/null ;;
        libpam-duo) ls /lib/*/security/pam_duo.so >/dev/null 2>&1 ;;
        openssh-client) has ssh ;;
        openssh-server) has sshd ;;
        iproute2) has ip ;;
        btrfs-progs) has mkfs.btrfs ;;
        krb5-kdc) has krb5kdc ;;
        krb5-admin-server) has kadmin.local ;;
        krb5-user) has kinit ;;
        mariadb-server) has mariadbd ;;
        munge) has munged ;;
        slurm-client) has sbatch ;;
        slurm-wlm-basic-plugins) ls /usr/lib/*/slurm-wlm/select_cons_tres.so >/dev/null 2>&1 ;;
        slurm-wlm-mysql-plugin) ls /usr/lib/*/slurm-wlm/accounting_storage_mysql.so >/dev/null 2>&1 ;;
        *) has "$1" ;;
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

# Debian starts a server as soon as it is installed, unless this file forbids it. The tests start their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
# The names are words on purpose.
# shellcheck disable=SC2086
apt-get install --quiet --quiet --yes --no-install-recommends $missing >/dev/null
