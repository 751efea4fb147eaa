#!/usr/bin/env bash
# units.sh - runs cmocka programs and sums up: units.sh NAME PROGRAM...
#
# What a program prints is shown when it fails or when V=1. RUN is put before each, as in RUN='valgrind -q'.
# A program that ends without saying how many tests it had counts as one that failed.
set -uo pipefail
name=$1
shift
passed=0 failed=0 began=$SECONDS
read -ra before <<<"${RUN:-}"
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# count WORD: the number in cmocka's line "[  WORD  ] 3 test(s)."
count() { sed -n "s/^\[  $1  \] \([0-9]*\) test(s).*/\1/p" "$out" | tail -n 1; }

for program in "$@"; do
  "${before[@]}" "$program" >"$out" 2>&1
  status=$?
  good=$(count PASSED) bad=$(count FAILED)
  good=${good:-0} bad=${bad:-0}
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] || [ $((good + bad)) -eq 0 ]; then bad=$((bad + 1)); fi
  if [ "$bad" -ne 0 ] || [ -n "${V:-}" ]; then
    printf '%s\n' "---- $program"
    cat "$out"
    if [ "$status" -ne 0 ]; then printf '%s ended with status %s\n' "$program" "$status"; fi
  fi
  # What a test counts itself is always shown: "mustache specification: 136 of 136".
  grep -E '^[a-z ]+: [0-9]+ of [0-9]+$' "$out"
  passed=$((passed + good)) failed=$((failed + bad))
done
printf '%s: %s passed, %s failed in %s s\n' "$name" "$passed" "$failed" "$((SECONDS - began))"
[ "$failed" -eq 0 ]
