#!/usr/bin/env bash
# with_database.sh - runs a command with a scratch MariaDB: with_database.sh COMMAND...
#
# Its socket is KEYDESK_TEST_SOCKET, its superuser root without a password. When that variable is set
# already, that database is used and left alone. Otherwise one is started, fast and not durable, in a
# folder of its own, and thrown away afterwards.
set -euo pipefail
[ -z "${KEYDESK_TEST_SOCKET:-}" ] || exec "$@"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../app/deploy/common.sh"
. "$here/../app/deploy/mariadb.sh"

# MariaDB does not run as root.
user=$(id -un)
if is_root; then
  user=keydesk
  make_user "$user"
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/keydesk-test.XXXXXX")
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

mariadb_install "$scratch" "$user" normal
mariadb_start "$scratch" "$user" "$scratch/s" "$scratch/record" "$scratch/log" "${mariadb_fast[@]}"
disown "$PID" # bash would report its end
# Not waited for in the foreground, so that a signal is heard at once.
(
  trap - INT QUIT # which a command in the background would ignore
  KEYDESK_TEST_SOCKET=$scratch/s exec "$@"
) <&0 &
child=$!
trap 'kill -TERM $child 2>/dev/null; wait $child; exit 143' INT TERM HUP
wait "$child"
