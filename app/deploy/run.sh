#!/usr/bin/env bash
# run.sh - `make run`: everything on, from a fresh clone or from where it was left; Ctrl-C ends it in order.
#
# What it may be told, by environment:
#   KEYDESK_PORT   port on 127.0.0.1 (8080)             KEYDESK_STATE  folder of data, keys and logs (var)
#   WEB            nginx or apache (nginx)              DEMO=1         fills an empty installation with examples
#   KEYDESK_MARIADB  further options of MariaDB         B, SAN         which build, see the Makefile
# Every other KEYDESK_ variable is a setting of the program and is passed on.
#
# All processes are children of this script and end with it. The state is a folder like any other: it
# may be copied or deleted while nothing runs.
set -euo pipefail
umask 022
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
. app/deploy/common.sh
. app/deploy/mariadb.sh
. app/deploy/web.sh

port=${KEYDESK_PORT:-8080}
web=${WEB:-nginx}
state=${KEYDESK_STATE:-}
read -ra extra <<<"${KEYDESK_MARIADB:-}"
build=${B:-build/release}
modules=/usr/lib/apache2/modules
# These are not settings of the program, which refuses a KEYDESK_ variable that it does not know.
unset -v KEYDESK_PORT KEYDESK_STATE KEYDESK_MARIADB KEYDESK_SETTINGS
# The make that called us must not tell the one that we call what to do.
unset -v MAKEFLAGS MFLAGS MAKELEVEL GNUMAKEFLAGS

check_words() {
  if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || [ "$port" -gt 65535 ]; then
    die "KEYDESK_PORT is '$port'; it must be a number from 1 to 65535"
  fi
  case $web in nginx | apache) ;; *) die "WEB is '$web'; it may be nginx or apache" ;; esac
  case $root$state in
    *[\"\'\$\\\`%\;\{\}]* | *$'\n'*)
      die "quotes, \$, \\, %, ; and braces may not be in the path of the checkout or of KEYDESK_STATE"
      ;;
  esac
  local lowest
  lowest=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
  if ! is_root && [ "$port" -lt "$lowest" ]; then
    die "port $port is for root only; choose one from $lowest on: make run KEYDESK_PORT=8081"
  fi
}

# As root all runs as a user of its own; in a state that somebody else made, as them.
choose_user() {
  if ! is_root; then
    user=$(id -un)
  elif [ -d "${state:-$root/var}/data" ]; then
    user=$(stat -c %U "${state:-$root/var}/data")
  else
    user=keydesk
  fi
  # Whose is what root writes, reads and runs. Not the programs' user: through links and files left there
  # whoever has got hold of one of the programs would be root at the next start. In a state that
  # somebody else made all is theirs, and root trusts them.
  keeper=$user
  if is_root && [ "$user" = keydesk ]; then keeper=root; fi
}

# Whether the user may enter the checkout; before there is such a user, whether anybody may.
checkout_is_open() {
  if ! is_root || id -u "$user" >/dev/null 2>&1; then
    as_user "$user" test -r "$root/Makefile"
  else
    setpriv --reuid 65534 --regid 65534 --clear-groups -- test -r "$root/Makefile"
  fi
}

choose_state() {
  if [ -n "$state" ]; then
    state=$(realpath -m -- "$state")
  elif checkout_is_open; then
    state=$root/var
  else
    state=/var/lib/keydesk-$(hash_of "$root")
    choose_user
    say "Other users cannot enter $root, so what Keydesk keeps is in $state."
  fi
  # A socket's path has at most 107 bytes, and the program binds under a longer name first.
  run=$state/run
  if [ "${#run}" -gt 80 ]; then
    run=${XDG_RUNTIME_DIR:-/tmp}/keydesk-$(hash_of "$state")
    if is_root; then run=/run/keydesk-$(hash_of "$state"); fi
  fi
  log=$state/log
  settings=$state/settings
}

# Makes the folders, and holds the state for this script alone.
open_state() {
  if is_root; then make_user "$user"; fi
  local own=() kept=()
  if is_root; then
    own=(-o "$user" -g "$(id -g "$user")")
    kept=(-o "$keeper" -g "$(id -g "$user")")
  fi
  mkdir -p "$(dirname "$state")"
  if [ -e "$state" ] && [ ! -w "$state" ]; then
    die "$state belongs to $(stat -c %U "$state"): run as them, or choose another: make run KEYDESK_STATE=FOLDER"
  fi
  install -d -m 0750 "${kept[@]}" "$state"
  [ ! -L "$run" ] || die "$run is a link; remove it"
  install -d -m 0750 "${kept[@]}" "$run" "$log" "$state/web"
  install -d -m 0700 "${own[@]}" "$run/db" "$run/api" "$state/keys"
  [ -O "$run" ] || is_root || die "$run belongs to somebody else; remove it"
  as_user "$user" test -w "$state/keys" ||
    die "the user $user cannot reach $state; choose another folder: make run KEYDESK_STATE=/var/lib/keydesk"

  exec 9>"$state/lock"
  flock -n 9 || die "it runs already from $state: $(cat "$state/url" 2>/dev/null || echo 'starting')"
}

# What a kill -9 has left. Each end is asked for even when the one before it was slow.
clear_leftovers() {
  process_stop "$run/web" TERM 15
  process_stop "$run/example" TERM 5
  process_stop "$run/keydesk" TERM 40
  process_stop "$run/mariadb" TERM 300
  mariadb_orphan "$state"
  rm -f "$run"/*.sock "$run/api"/*.sock "$run/ready"
}

check_port() {
  if port_busy "$port"; then
    die "port $port of 127.0.0.1 is in use by another program; choose another: make run KEYDESK_PORT=$((port % 65535 + 1))"
  fi
}

# Where the program is run from: the checkout, or a copy in the state when the user cannot read that.
choose_place() {
  place=$root
  program=$root/$build/keydesk
  case $build in /*) program=$build/keydesk ;; esac
  local unread
  if ! unread=$(as_user "$user" find -L "$root/templates" "$root/schema" "$root/static" "$program" \
    \( ! -readable -o -type d ! -executable \) -print -quit 2>&1) || [ -n "$unread" ]; then
    place=$state/program
    rm -rf "$place.new"
    install -d -m 0755 "$place.new"
    cp -r templates schema static "$program" "$place.new"
    chmod -R u=rwX,go=rX "$place.new"
    rm -rf "$place"
    mv "$place.new" "$place"
    program=$place/keydesk
  fi
}

# secret_file NAME: a file with a random password, made once, by the user whose folder it is in.
secret_file() {
  local file=$state/keys/$1
  if [ ! -s "$file" ]; then
    # shellcheck disable=SC2016 # expanded by the shell of the user
    { random_text && printf '\n'; } |
      as_user "$user" sh -c 'umask 077 && cat >"$1.new" && mv "$1.new" "$1"' sh "$file"
  fi
  printf '%s' "$file"
}

# secret NAME: what stands in it.
secret() { as_user "$user" cat "$state/keys/$1"; }

# A file of settings for the program and for whoever calls it by hand, and the script that does both. What the environment
# says stands in it too: a command that did not know of it would act on others than the program that serves.
write_settings() {
  local name
  url=${KEYDESK_URL:-http://127.0.0.1:$port}
  cat >"$settings.new" <<END
# Written by make run; to change a setting, give it in the environment of make run.
KEYDESK_URL=$url
KEYDESK_USER=$user
KEYDESK_LISTEN=$run/keydesk.sock
KEYDESK_LISTEN_GROUP=$(id -gn "$user")
KEYDESK_KEYRING=$state/keys/keyring
KEYDESK_TEMPLATES=$place/templates
KEYDESK_SCHEMA=$place/schema
KEYDESK_DB_SOCKET=$run/db/mariadb.sock
KEYDESK_DB_NAME=keydesk
KEYDESK_DB_USER=keydesk_serve
KEYDESK_DB_PASSWORD_FILE=$(secret_file serve.password)
KEYDESK_DB_OWNER=keydesk_owner
KEYDESK_DB_OWNER_PASSWORD_FILE=$(secret_file owner.password)
END
  for name in $(compgen -e KEYDESK_); do
    sed -i "/^$name=/d" "$settings.new"
    printf '%s=%s\n' "$name" "${!name}" >>"$settings.new"
  done
  printf '#!/bin/sh\n# The program with the settings of this folder: %s organization list\nKEYDESK_SETTINGS="%s" exec "%s" "$@"\n' \
    "$state/keydesk" "$settings" "$program" >"$state/keydesk.new"
  chmod 0755 "$state/keydesk.new"
  if is_root; then chown "$keeper:" "$settings.new" "$state/keydesk.new"; fi
  mv "$settings.new" "$settings"
  mv "$state/keydesk.new" "$state/keydesk"
}

# keydesk COMMAND...: the program, as the user, on the settings. Its log is its standard error.
keydesk() { as_user "$user" "$state/keydesk" "$@" 2>>"$log/keydesk.log" 9>&-; }

# sql: runs the statements on standard input as the database's superuser, which is whoever has its data.
sql() { as_user "$user" mariadb --no-defaults -S "$run/db/mariadb.sock" --batch --skip-column-names "$@" 9>&-; }

# The passwords go through a pipe: an argument could be read by everybody.
make_accounts() {
  printf '%s\n' \
    "CREATE DATABASE IF NOT EXISTS keydesk CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;" \
    "CREATE USER IF NOT EXISTS keydesk_owner@localhost, keydesk_serve@localhost;" \
    "ALTER USER keydesk_owner@localhost IDENTIFIED BY '$(secret owner.password)'," \
    "  keydesk_serve@localhost IDENTIFIED BY '$(secret serve.password)';" \
    "GRANT ALL ON keydesk.* TO keydesk_owner@localhost;" | sql
}

# What the serving account may do, table by table; the file writes the statements.
grant_tables() { sql keydesk <app/deploy/grants.sql | sql; }

start_database() {
  mariadb_install "$state" "$user" socket
  mariadb_start "$state" "$user" "$run/db/mariadb.sock" "$run/mariadb" "$log/mariadb.log" "${extra[@]}"
}

# failed: the last lines of the program's log, then the end.
failed() {
  tail -n 5 "$log/keydesk.log" >&2
  die "$1; the log is $log/keydesk.log"
}

prepare_program() {
  make_accounts
  keydesk migrate >/dev/null || failed "the database could not be brought to the newest schema"
  grant_tables
  first_words=$(keydesk init) || failed "the first start failed"
}

# The program writes a line to the descriptor when it answers. When it ends before, the pipe does too.
start_program() {
  local ready=
  mkfifo -m 0600 "$run/ready"
  # shellcheck disable=SC2016 # expanded by the shell that becomes the program
  KEYDESK_SETTINGS=$settings process_start "$run/keydesk" "$log/keydesk.log" root \
    bash -c 'exec "$0" serve --ready-fd 7 7>"$1"' "$program" "$run/ready"
  read -r -t 60 ready <"$run/ready" || [ -n "$ready" ] || failed "the program did not start"
  rm -f "$run/ready"
}

# With the examples: an API behind the gateway's question, at the addresses of the first catalogue.
start_example() {
  example_nginx='' example_apache='' example_modules=''
  [ "${DEMO:-}" = 1 ] || return 0
  install -m 0644 app/deploy/example.pl "$state/web/example.pl"
  process_start "$run/example" "$log/example.log" "$user" perl "$state/web/example.pl" "$run/api/example.sock"
  until [ -S "$run/api/example.sock" ]; do
    process_alive "$run/example" || { tail -n 5 "$log/example.log" >&2; die "the example did not start"; }
    sleep 0.05
  done
  example_nginx="include \"$state/web/example_nginx.conf\";"
  example_apache="Include \"$state/web/example_apache.conf\""
  example_modules=$(printf 'LoadModule %s_module "%s/mod_%s.so"\n' proxy_http "$modules" proxy_http lua "$modules" lua)
}

start_web() {
  local user_line='' other=localhost address
  if is_root; then
    case $web in
      nginx) user_line="user $user $(id -gn "$user");" ;;
      apache) user_line="User $user"$'\n'"Group $(id -gn "$user")" ;;
    esac
  fi
  address=${url#*://}
  if [ "${address%:*}" = localhost ]; then other=other.invalid; fi
  web_prepare "$state/web" PORT="$port" URL="$url" OTHER_NAME="$other" LOG="$log" SOCKET="$run/keydesk.sock" \
    STATIC="$place/static" USER_LINE="$user_line" MODULES="$modules" EXAMPLE="$run/api/example.sock" \
    EXAMPLE_NGINX="$example_nginx" EXAMPLE_APACHE="$example_apache" EXAMPLE_MODULES="$example_modules" \
    BODY_LIMIT="$((${KEYDESK_BODY_BYTES:-65536} * 2 + 1048576))"
  web_check "$web" "$state/web" || die "$web refuses its configuration in $state/web"
  web_start "$web" "$state/web" "$run/web" "$log/$web.log"
  until port_busy "$port"; do
    process_alive "$run/web" || { tail -n 5 "$log/$web.log" >&2; die "$web did not start; its log is $log/$web.log"; }
    sleep 0.05
  done
}

# shellcheck disable=SC2317 # called by traps, and so is leave
# In order: nothing new comes in, what has begun is answered, what was answered is on disk.
stop_all() {
  trap '' INT TERM HUP
  web_stop "$web" "$run/web"
  process_stop "$run/example" TERM 5
  process_stop "$run/keydesk" TERM 60
  process_stop "$run/mariadb" TERM 300
  rm -f "$state/url" "$run"/*.sock "$run/db"/*.sock "$run/api"/*.sock "$run/ready"
  if [ "$run" != "$state/run" ]; then rmdir "$run/db" "$run/api" "$run" || :; fi
}

# shellcheck disable=SC2317
leave() {
  say ""
  say "Stopping."
  exit 0 # and so stop_all
}

# A log that has grown large begins anew; one old one is kept.
turn_logs() {
  local file
  for file in "$log"/*.log; do
    if [ -f "$file" ] && [ "$(stat -c %s "$file")" -gt 10000000 ]; then mv "$file" "$file.1"; fi
  done
}

announce() {
  printf '%s\n' "$url" >"$state/url"
  printf 'Keydesk is ready: %s\n' "$url"
  if [ -n "$first_words" ] && [ "${DEMO:-}" != 1 ]; then printf '%s\n' "$first_words"; fi
  if [ "${DEMO:-}" = 1 ]; then keydesk demo || failed "the examples could not be made"; fi
  printf 'Data, keys and logs are in %s. Ctrl-C ends it.\n' "$state"
}

# Ends when any of them does.
watch_over() {
  wait -n || :
  local name
  for name in web keydesk mariadb ${example_nginx:+example}; do
    process_alive "$run/$name" || say "keydesk: $name has ended by itself; see $log"
  done
  exit 1
}

check_words
choose_user
choose_state
open_state
clear_leftovers
check_port
if [ "$web" = apache ]; then app/deploy/packages.sh run-apache; else app/deploy/packages.sh run; fi
make --no-print-directory -j"$(nproc)" B="$build" ${SAN:+SAN="$SAN"} build 9>&- >&2 || die "it does not build"
turn_logs
choose_place
write_settings
trap stop_all EXIT
trap leave INT TERM HUP
start_database
prepare_program
start_program
start_example
start_web
announce
watch_over
