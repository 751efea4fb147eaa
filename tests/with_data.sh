#!/usr/bin/env bash
# with_data.sh - runs a command with the data folder of a MariaDB that has the tables, and nothing in them: with_data.sh COMMAND...
#
# Making one takes seconds of a processor, most of them for the tables, and each test of web/ has a database of its own. Its
# path is KEYDESK_TEST_DATA, from which tests/web/stack.js copies it; run.test.js goes without, as a first start does.
set -euo pipefail
# Before MariaDB is installed, which app/deploy/run.sh does, there is none to copy.
command -v mariadb-install-db >/dev/null || exec "$@"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../app/deploy/common.sh"
. "$here/../app/deploy/mariadb.sh"

user=$(id -un)
if is_root; then
  user=keydesk
  make_user "$user"
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/keydesk-data.XXXXXX")
chmod 755 "$scratch"
if is_root; then chown "$user:" "$scratch"; fi
# shellcheck disable=SC2317 # called by the trap
throw_away() {
  process_stop "$scratch/record" KILL 10
  rm -rf "$scratch"
}
trap throw_away EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# As app/deploy/run.sh begins, which gives these accounts passwords of its own afterwards and finds the tables made.
make_tables() {
  local socket=$scratch/s
  mariadb_start "$scratch" "$user" "$socket" "$scratch/record" "$scratch/log" \
    --innodb-flush-log-at-trx-commit=2 --innodb-flush-method=nosync --innodb-doublewrite=0
  disown "$PID" # bash would report its end
  random_text >"$scratch/password"
  printf '%s\n' "CREATE DATABASE keydesk CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;" \
    "CREATE USER keydesk_owner@localhost IDENTIFIED BY '$(cat "$scratch/password")';" \
    "GRANT ALL ON keydesk.* TO keydesk_owner@localhost;" | as_user "$user" mariadb --no-defaults -S "$socket"
  KEYDESK_DB_SOCKET=$socket KEYDESK_DB_NAME=keydesk KEYDESK_DB_OWNER=keydesk_owner KEYDESK_DB_OWNER_PASSWORD_FILE=$scratch/password \
    KEYDESK_SCHEMA=$here/../schema "$program" migrate >"$scratch/migrate" 2>&1 || {
    cat "$scratch/migrate" >&2
    die "the tables could not be made"
  }
  process_stop "$scratch/record" TERM 60
}

mariadb_install "$scratch" "$user" socket
program=${B:-build/release}/keydesk
if [ -x "$program" ]; then make_tables; fi
KEYDESK_TEST_DATA=$scratch/data "$@"
