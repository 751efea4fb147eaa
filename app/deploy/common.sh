# common.sh - what the scripts that run Keydesk share: words to the person, users, processes.
# shellcheck shell=bash
# Sourced, never run. Expects bash.

# Says one line to the person at the terminal, on standard error so that nothing is mixed into output.
say() { printf '%s\n' "$*" >&2; }

# Ends the script with a reason.
die() {
  printf 'keydesk: %s\n' "$*" >&2
  exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# Eight hexadecimal digits that stand for a path.
hash_of() { printf '%s' "$1" | sha256sum | cut -c1-8; }

# as_user USER COMMAND...: runs the command as that user when we are root, else as ourselves.
as_user() {
  local user=$1
  shift
  if is_root && [ "$user" != root ]; then
    setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@"
  else
    "$@"
  fi
}

# make_user USER: a system user that cannot sign in, unless there is one of that name.
make_user() {
  id -u "$1" >/dev/null 2>&1 && return
  useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$1"
  say "Made the system user $1."
}

# process_stamp PID: the process as "PID START BOOT", which no other process ever has; fails when it is
# gone or a zombie. Field 22 of proc(5)'s stat is the start, counted here after the name in brackets.
process_stamp() {
  local pid=$1 stat boot
  stat=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
  read -r boot </proc/sys/kernel/random/boot_id
  # shellcheck disable=SC2086 # the fields are meant to be split
  set -- ${stat##*) }
  [ "$1" != Z ] && printf '%s %s %s\n' "$pid" "${20}" "$boot"
}

# process_alive FILE: whether the process recorded in FILE still runs. Sets PID.
process_alive() {
  PID=
  [ -f "$1" ] || return 1
  local stamp
  stamp=$(<"$1")
  PID=${stamp%% *}
  [ -n "$PID" ] && [ "$(process_stamp "$PID")" = "$stamp" ]
}

# process_start FILE LOG USER COMMAND...: starts a process in a session of its own, so that Ctrl-C reaches
# this script alone; tells it to end when this script is killed; records it in FILE. Sets PID.
# Descriptor 9 is the script's lock and is not passed on.
process_start() {
  local file=$1 log=$2 user=$3
  shift 3
  local drop=()
  if is_root && [ "$user" != root ]; then
    drop=(--reuid "$user" --regid "$(id -g "$user")" --init-groups)
  fi
  setsid setpriv "${drop[@]}" --pdeathsig TERM -- "$@" >>"$log" 2>&1 9>&- </dev/null &
  PID=$!
  process_stamp "$PID" >"$file.new" || : # gone already: an empty record, which is nobody's
  mv "$file.new" "$file"
}

# session_rest FILE: the processes that the recorded one has left in its session when it was killed itself.
# Its number is nobody else's as long as one of them lives.
session_rest() {
  local pid boot now stat member
  read -r pid _ boot <"$1" 2>/dev/null || return 0
  read -r now </proc/sys/kernel/random/boot_id
  [ "$boot" = "$now" ] && ! process_stamp "$pid" >/dev/null || return 0
  for member in /proc/[0-9]*; do
    stat=$(cat "$member/stat" 2>/dev/null) || continue
    # shellcheck disable=SC2086 # the fields are meant to be split
    set -- ${stat##*) }
    if [ "$4" = "$pid" ] && [ "$1" != Z ]; then printf '%s\n' "${member#/proc/}"; fi
  done
}

# process_stop FILE SIGNAL SECONDS: ends the recorded process and waits; kills it when time is up.
process_stop() {
  local file=$1 signal=$2 seconds=$3 until
  if process_alive "$file"; then
    kill "-$signal" "$PID" 2>/dev/null
    until=$((SECONDS + seconds))
    while process_alive "$file"; do
      if [ "$SECONDS" -ge "$until" ]; then
        say "Process $PID does not end within $seconds seconds; killing it."
        kill -KILL "$PID" 2>/dev/null
        until=$((SECONDS + 10))
      fi
      sleep 0.05
    done
  fi
  if [ -f "$file" ]; then
    # shellcheck disable=SC2046 # numbers, one for each word
    while kill -KILL $(session_rest "$file") 2>/dev/null; do sleep 0.05; done
  fi
  rm -f "$file"
}

# random_text: 43 random characters of base62.
random_text() {
  local text=
  while [ "${#text}" -lt 43 ]; do
    text+=$(head -c 96 /dev/urandom | base64 -w 0 | tr -dc 'A-Za-z0-9')
  done
  printf '%s' "${text:0:43}"
}

# port_busy PORT: whether somebody listens there on loopback.
port_busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# fill TEMPLATE NAME=VALUE...: prints the template with each @NAME@ replaced.
fill() {
  local text pair
  text=$(<"$1")
  shift
  for pair in "$@"; do
    text=${text//"@${pair%%=*}@"/"${pair#*=}"}
  done
  printf '%s\n' "$text"
}
