# shellcheck shell=bash disable=SC2034 # the lists are for those who source this file
# Debian packages that the tests and examples need. Sourced by `slurm`, tests/run and examples/run.

SLURM_PACKAGES=(slurmctld slurmd slurmdbd slurm-client slurm-wlm-basic-plugins slurm-wlm-mysql-plugin munge
  mariadb-server mariadb-client perl procps iproute2)
MPI_PACKAGES=(mpich libmpich-dev gcc)
# Beside MPICH, for the tests; libpmi2-0 is Slurm's own PMI library, for Intel MPI.
MORE_MPI_PACKAGES=(openmpi-bin libopenmpi-dev libpmi2-0)
PYTHON_PACKAGES=(python3 python3-venv)
LINT_PACKAGES=(shellcheck)

is_debian() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

# java_packages: none where a Java that runs Spark (17 or later) is there already, from whatever source.
java_packages() {
  local version
  version=$({ java -version 2>&1 || true; } | sed -n 's/.* version "\([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 17 ] || echo openjdk-17-jre-headless
}

# missing_packages NAME...: those not installed, a line each.
missing_packages() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done
}

# install_packages NAME...: says what is missing, then installs it. Fails with a sentence where that cannot be done.
install_packages() {
  local missing
  if ! is_debian; then
    echo "cannot install packages: this is not Debian. Needed: $*" >&2
    return 1
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  echo "will install these Debian packages: ${missing[*]}" >&2
  if [ "$(id -u)" != 0 ]; then
    echo "cannot install packages: not root. Run: apt-get install ${missing[*]}" >&2
    return 1
  fi
  apt_get_install "${missing[@]}"
}

# In a subshell, for its traps. Its temporary folder is its own: apt has been seen to lose files in a shared one.
# No daemon of a package may start: the tests run private ones, and a second, system-wide Slurm or database is not asked for.
apt_get_install() (
  set -e
  work=$(mktemp -d /var/tmp/sluice-apt.XXXXXX)
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -rf "$work" "$policy"' EXIT
  else
    trap 'rm -rf "$work"' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >&2
  env TMPDIR="$work" apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >&2
)
