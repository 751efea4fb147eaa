#!/usr/bin/env bash
# packages.sh - installs the Debian packages that running or testing Keydesk needs and that are missing.
#
#   packages.sh run | run-apache | test | bench      a list by name
#   packages.sh install PACKAGE...           (what it calls by itself as root)
#
# Nothing is done, and nobody is asked, when all are there. No service is started: each comes up only as
# a private process of `make run`, on its own port.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/common.sh"

# One line per need; alternatives are separated by |, the first is what gets installed.
list_run() {
  printf '%s\n' gcc libc6-dev make pkg-config\|pkgconf mawk\|gawk \
    libfcgi-dev 'default-libmysqlclient-dev|libmysqlclient-dev|libmariadb-dev' libargon2-dev \
    libssl-dev libjansson-dev libseccomp-dev liboath-dev libqrencode-dev libcurl4-openssl-dev mariadb-server-core mariadb-client-core nginx
}

# mariadb-server has what makes a cluster: Galera, and the scripts by which a node gets its state.
list_test() {
  list_run
  printf '%s\n' apache2-bin lua-socket libcmocka-dev clang libclang-rt-dev clang-format clang-tidy cppcheck shellcheck git \
    curl python3-aiosmtpd python3-authlib python3-requests chromium chromium-headless-shell fonts-dejavu-core spawn-fcgi python3-prometheus-client mariadb-server
  list_node
}

list_bench() {
  list_run
  printf 'wrk\n'
  list_node
}

list_node() {
  if ! node_is_good; then printf '%s\n' nodejs npm; fi
}

# Debian 12's own Node is 18; a newer one from elsewhere is as good and is left alone.
node_is_good() {
  command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null
}

# Prints what is missing of the list on standard input.
missing() {
  local need names
  names=" $(dpkg-query -W -f='${db:Status-Status} ${Package}\n' | awk '$1 == "installed" { print $2 }' | tr '\n' ' ')"
  while read -r need; do
    local alternative found=
    for alternative in ${need//|/ }; do
      case $names in *" $alternative "*) found=yes ;; esac
    done
    [ -n "$found" ] || printf '%s\n' "${need%%|*}"
  done
}

# While packages are installed their services must not start; afterwards all is as it was before.
# A file that an interrupted run left behind is recognised by its second line.
policy=/usr/sbin/policy-rc.d
mark='# Made by Keydesk while it installs packages; removed afterwards.'

hold_services() {
  release_services
  if [ -e "$policy" ]; then mv "$policy" "$policy.before-keydesk"; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
  trap release_services EXIT
}

release_services() {
  if [ -f "$policy" ] && grep -qF "$mark" "$policy"; then rm -f "$policy"; fi
  if [ -e "$policy.before-keydesk" ]; then mv "$policy.before-keydesk" "$policy"; fi
}

# They bring services that would take their usual ports at the next start of the machine.
disable_new_services() {
  local package service
  for package in "$@"; do
    case $package in
      nginx) service=nginx.service ;;
      mariadb-server) service=mariadb.service ;;
      *) continue ;;
    esac
    if command -v systemctl >/dev/null; then
      systemctl disable "$service" >/dev/null 2>&1 || :
    else
      rm -f "/etc/systemd/system/multi-user.target.wants/$service"
    fi
  done
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -qq "$@" 9>&-
}

install_as_root() {
  local log
  log=$(mktemp)
  hold_services
  if ! ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then apt update >"$log" 2>&1 || :; fi
  if ! apt install -y --no-install-recommends --no-remove "$@" >>"$log" 2>&1; then
    if ! { apt update && apt install -y --no-install-recommends --no-remove "$@"; } >>"$log" 2>&1; then
      tail -n 20 "$log" >&2
      rm -f "$log"
      die "could not install: $*"
    fi
  fi
  rm -f "$log"
  disable_new_services "$@"
}

case ${1:-} in
  install)
    shift
    install_as_root "$@"
    exit
    ;;
  run) needs=$(list_run) ;;
  run-apache) needs=$(list_run; printf '%s\n' apache2-bin lua-socket) ;;
  test) needs=$(list_test) ;;
  bench) needs=$(list_bench) ;;
  *) die "usage: packages.sh run | run-apache | test | bench" ;;
esac

if ! command -v dpkg-query >/dev/null; then
  say "This is not Debian; expecting what these packages hold: $(printf '%s\n' "$needs" | tr '\n' ' ')"
  exit 0
fi
mapfile -t absent < <(missing <<<"$needs")
[ "${#absent[@]}" -gt 0 ] || exit 0

say "Installing: ${absent[*]}"
if is_root; then
  install_as_root "${absent[@]}"
elif ! command -v sudo >/dev/null || ! sudo bash "$here/packages.sh" install "${absent[@]}"; then
  die "these packages are missing; as root: apt-get install -y --no-install-recommends ${absent[*]}"
fi
