# shellcheck shell=sh
# For the %post of the images. `build` puts this file into /mnt, beside the requirements and what this machine's own apt and
# pip are configured with. Nothing of /mnt gets into an image.

# shellcheck source=/dev/null
. /mnt/environment
export APT_CONFIG=/mnt/apt.conf DEBIAN_FRONTEND=noninteractive
export HOME=/mnt/home XDG_CONFIG_DIRS=/mnt
if [ -e /mnt/pip.conf ]; then export PIP_CONFIG_FILE=/mnt/pip.conf; fi
if [ -e /mnt/certificates.crt ]; then export PIP_CERT=/mnt/certificates.crt; fi

# install_packages NAME...: Debian packages.
install_packages() {
    apt-get update -q
    apt-get install -q -y --no-install-recommends "$@"
}

# install_python FILE: exactly the versions that a requirements file names, all of them.
install_python() {
    python3 -m pip install --quiet --no-deps --no-cache-dir --no-compile --disable-pip-version-check --break-system-packages --root-user-action ignore -r "$1"
}

# compile_python: an image cannot be written to, so what is not compiled now is compiled at every start.
compile_python() {
    # Some packages ship files for other versions of Python, which do not compile; nobody imports them.
    python3 -m compileall -q -j 0 /usr/local/lib/python3.*/dist-packages >/dev/null || true
}

# tidy_up: what only the installation needed.
tidy_up() {
    rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/log/*.log /var/log/apt
}
