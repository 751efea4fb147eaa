#!/usr/bin/env bash
# units.sh - runs cmocka programs and sums up: units.sh NAME PROGRAM...
#
# As many side by side as there are processors; each has a database of its own. What a program prints is shown when
# it fails or when V=1. RUN is put before each, as in RUN='valgrind -q'. A program that ends without saying
# how many tests it had counts as one that failed.
set -uo pipefail
name=$1
shift
passed=0 failed=0 began=$SECONDS
read -ra before <<<"${RUN:-}"
out=$(mktemp -d)
trap 'jobs -rp | xargs -r kill; rm -rf "$out"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# run PROGRAM NUMBER
run() {
  "${before[@]}" "$1" >"$out/$2" 2>&1
  printf '%s\n' "$?" >"$out/$2.status"
}

# count WORD NUMBER: the number in cmocka's line "[  WORD  ] 3 test(s)."
count() { sed -n "s/^\[  $1  \] \([0-9]*\) test(s).*/\1/p" "$out/$2" | tail -n 1; }

number=0 at_once=$(nproc)
for program in "$@"; do
  while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n; done
  number=$((number + 1))
  run "$program" "$number" &
done
wait

number=0
for program in "$@"; do
  number=$((number + 1))
  status=$(cat "$out/$number.status")
  good=$(count PASSED "$number") bad=$(count FAILED "$number")
  good=${good:-0} bad=${bad:-0}
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] || [ $((good + bad)) -eq 0 ]; then bad=$((bad + 1)); fi
  if [ "$bad" -ne 0 ] || [ -n "${V:-}" ]; then
    printf '%s\n' "---- $program"
    cat "$out/$number"
    if [ "$status" -ne 0 ]; then printf '%s ended with status %s\n' "$program" "$status"; fi
  fi
  # What a test counts itself is always shown: "mustache specification: 136 of 136"; and why one was left out.
  grep -E '^([a-z ]+: [0-9]+ of [0-9]+|skipped: .+)$' "$out/$number"
  passed=$((passed + good)) failed=$((failed + bad))
done
printf '%s: %s passed, %s failed in %s s\n' "$name" "$passed" "$failed" "$((SECONDS - began))"
[ "$failed" -eq 0 ]
