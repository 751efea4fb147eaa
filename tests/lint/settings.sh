#!/bin/sh
# settings.sh - README.md names every setting, and no other.

[ -f README.md ] || {
  echo "README.md: is missing"
  exit
}
known=$(mktemp)
trap 'rm -f "$known"' EXIT
{
  grep -ohE '"KEYDESK_[A-Z0-9_]+"' app/core/settings_table.c | tr -d '"'
  grep -ohE '\bKEYDESK_[A-Z0-9_]+' app/deploy/run.sh
  # What the web server says to the program with each request, and what tests are told.
  printf '%s\n' KEYDESK_ASK KEYDESK_METHOD KEYDESK_URI KEYDESK_CLIENT_ADDR KEYDESK_ENVIRONMENT KEYDESK_TEST_SOCKET
} | sort -u >"$known"
grep -oE '"KEYDESK_[A-Z0-9_]+"' app/core/settings_table.c | tr -d '"' | sort -u | while read -r name; do
  case $name in KEYDESK_TEST_) continue ;; esac
  grep -qw "$name" README.md || echo "README.md: $name is not named"
done
for name in KEYDESK_PORT KEYDESK_STATE; do
  grep -qw "$name" app/deploy/run.sh || continue
  grep -qw "$name" README.md || echo "README.md: $name is not named"
done
grep -ohE '\bKEYDESK_[A-Z0-9_]+' README.md | sort -u | while read -r name; do
  grep -qx "$name" "$known" || echo "README.md: there is no setting $name"
done
