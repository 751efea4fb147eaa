#!/usr/bin/env bash
# node.sh - runs tests of node:test and sums up: node.sh NAME FOLDER [WORDS]
#
# Only files whose name holds WORDS. An unfinished test, or one skipped without a reason, counts as failed: what is not shown is
# not promised.
set -uo pipefail
name=$1 folder=$2 words=${3:-}
files=("$folder"/*"$words"*.test.js)
began=$SECONDS
if [ ! -e "${files[0]}" ]; then
  printf '%s: 0 passed, 0 failed in 0 s\n' "$name"
  exit 0
fi
tap=$(mktemp)
trap 'rm -f "$tap"' EXIT

node --test --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=tap --test-reporter-destination="$tap" "${files[@]}"
status=$?

# count WORD: the number in the closing line "# WORD 3"
count() { sed -n "s/^# $1 \([0-9]*\)$/\1/p" "$tap" | tail -n 1; }

passed=$(count pass)
failed=$(($(count fail) + $(count cancelled) + $(grep -cE '# SKIP *$' "$tap") + $(count todo)))
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
printf '%s: %s passed, %s failed in %s s\n' "$name" "${passed:-0}" "$failed" "$((SECONDS - began))"
[ "$failed" -eq 0 ]
