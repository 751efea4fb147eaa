# mariadb.sh - a private MariaDB: its own data, a socket and no port. Sourced after common.sh.
# shellcheck shell=bash
#
# D is its folder: D/data, D/tmp. Nothing of the system's configuration is read.

# mariadb_install D USER METHOD: makes the data folder unless there is one. Made under another name and
# renamed, so that an interrupted installation is never taken for a whole one. METHOD is what the
# superuser proves itself with: socket (the system user of the same name) or normal (nothing; for tests).
# TMPDIR is its own because two installations in one folder take each other's files.
mariadb_install() {
  local d=$1 user=$2 method=$3
  [ -d "$d/data" ] && return
  rm -rf "$d/data.new"
  install -d -m 0700 "$d/data.new" "$d/tmp"
  is_root && chown "$user:" "$d/data.new" "$d/tmp"
  if ! as_user "$user" env TMPDIR="$d/tmp" mariadb-install-db --no-defaults --datadir="$d/data.new" \
    --auth-root-authentication-method="$method" --auth-root-socket-user="$user" --skip-test-db \
    --skip-name-resolve --cross-bootstrap >"$d/install.log" 2>&1 9>&-; then
    tail -n 20 "$d/install.log" >&2
    die "MariaDB could not be set up in $d"
  fi
  mv "$d/data.new" "$d/data"
}

# mariadb_answers USER SOCKET: whether it does, be it to say that it does not let this user in (1045, 1698).
mariadb_answers() {
  local said
  said=$(as_user "$1" mariadb --no-defaults -S "$2" -e 'SELECT 1' 2>&1 9>&-) || [[ $said == *"ERROR 1045"* || $said == *"ERROR 1698"* ]]
}

# mariadb_start D USER SOCKET RECORD LOG OPTION...: starts it as a child of this script and waits until it
# answers. Durable by default: what was acknowledged survives a crash of the machine. OPTIONs come last
# and so win.
mariadb_start() {
  local d=$1 user=$2 socket=$3 record=$4 log=$5
  shift 5
  install -d -m 0700 "$d/tmp"
  is_root && chown "$user:" "$d/tmp"
  rm -f "$socket"
  process_start "$record" "$log" "$user" mariadbd --no-defaults --datadir="$d/data" --tmpdir="$d/tmp" \
    --socket="$socket" --pid-file="$d/data/mariadb.pid" --skip-networking --skip-name-resolve --skip-log-bin \
    --local-infile=0 --character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
    --default-time-zone=+00:00 --innodb-flush-log-at-trx-commit=1 --innodb-doublewrite=1 \
    --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --performance-schema=0 \
    --aria-pagecache-buffer-size=8M --max-connections=300 "$@"
  # A recovery after a crash may take long; while the server lives it is given its time.
  until mariadb_answers "$user" "$socket"; do
    if ! process_alive "$record"; then
      tail -n 20 "$log" >&2
      die "MariaDB did not start; its log is $log"
    fi
    sleep 0.05
  done
}

# mariadb_orphan D: ends a server that another script left running on this data. Sets nothing.
mariadb_orphan() {
  local d=$1 pid
  pid=$(cat "$d/data/mariadb.pid" 2>/dev/null) || return 0
  [ -r "/proc/$pid/cmdline" ] && tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF -- "--datadir=$d/data" || return 0
  say "Stopping a MariaDB that was left running (process $pid)."
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

# shellcheck disable=SC2034 # for those who source this
# What makes a database for tests fast and not durable.
mariadb_fast=(--innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --innodb-doublewrite=0
  --innodb-buffer-pool-size=32M --innodb-log-file-size=8M)
