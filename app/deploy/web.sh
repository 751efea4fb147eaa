# web.sh - a private nginx or Apache in front of the program. Sourced after common.sh.
# shellcheck shell=bash

# web_prepare FOLDER NAME=VALUE...: makes FOLDER and fills in all configurations there. Names: see run.sh.
web_prepare() {
  local web=$1 here
  shift
  here=$(dirname "${BASH_SOURCE[0]}")
  install -d -m 0755 "$web" "$web/tmp"
  for name in nginx.conf apache.conf fastcgi.conf example_nginx.conf example_apache.conf keydesk.lua; do
    fill "$here/$name" WEB="$web" "$@" >"$web/$name"
  done
}

# web_check KIND FOLDER: whether the web server takes its configuration; prints its reason when not.
web_check() {
  case $1 in
    nginx) nginx -p "$2" -e stderr -c "$2/nginx.conf" -t -q ;;
    apache) apache2 -d "$2" -f "$2/apache.conf" -t 2>"$2/check" || { cat "$2/check" >&2 && return 1; } ;;
  esac
}

# web_start KIND FOLDER RECORD LOG: starts it as a child of this script. Sets PID.
web_start() {
  # Apache refuses to start beside a number that lives, whose ever it is now; what was left has been stopped.
  rm -f "$2/$1.pid"
  case $1 in
    nginx) process_start "$3" "$4" root nginx -p "$2" -e "$4" -c "$2/nginx.conf" ;;
    apache) process_start "$3" "$4" root apache2 -d "$2" -f "$2/apache.conf" -D FOREGROUND ;;
  esac
}

# web_stop KIND RECORD: lets it answer what it has begun, then ends it.
web_stop() {
  case $1 in
    nginx) process_stop "$2" QUIT 15 ;;
    apache) process_stop "$2" WINCH 15 ;;
  esac
}
