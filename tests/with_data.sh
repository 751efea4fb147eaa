#!/usr/bin/env bash
# with_data.sh - runs a command with the data folder of a MariaDB that has never run: with_data.sh COMMAND...
#
# Making one takes a second of a processor, and each test of web/ has a database of its own. Its path is
# KEYDESK_TEST_DATA, from which tests/web/stack.js copies it; run.test.js goes without, as a first start does.
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
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mariadb_install "$scratch" "$user" socket
KEYDESK_TEST_DATA=$scratch/data "$@"
