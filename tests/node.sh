#!/usr/bin/env bash
# node.sh - runs tests of node:test and sums up: node.sh NAME FOLDER [WORDS]
#
# Only files whose name holds WORDS. AT_ONCE files run side by side (1); those of them that have a line "// Alone: WHY" run
# afterwards, one by one. A file that has a line "// Once: WHY" is left out behind Apache, and that is said, unless WORDS or BOTH=1 ask for it. An unfinished test, or one skipped without a reason, counts as failed: what is not shown is not promised.
set -uo pipefail
name=$1 folder=$2 words=${3:-}
files=("$folder"/*"$words"*.test.js)
began=$SECONDS passed=0 failed=0
if [ ! -e "${files[0]}" ]; then
  printf '%s: 0 passed, 0 failed in 0 s\n' "$name"
  exit 0
fi
if [ "${WEB:-}" = apache ] && [ -z "$words" ] && [ -z "${BOTH:-}" ]; then
  while IFS=: read -r file _ why; do printf 'left out, as it runs behind nginx: %s:%s\n' "$file" "$why"; done < <(grep -H '^// Once: ' "${files[@]}")
  mapfile -t files < <(grep -L '^// Once: ' "${files[@]}")
fi
mapfile -t alone < <(grep -l '^// Alone: ' "${files[@]}")
mapfile -t others < <(grep -L '^// Alone: ' "${files[@]}")
tap=$(mktemp) wrong=$(mktemp)
trap 'rm -f "$tap" "$wrong"' EXIT

# count WORD: the number in the closing line "# WORD 3"; 0 without one
count() { sed -n "s/^# $1 \([0-9]*\)$/\1/p" "$tap" | tail -n 1 | grep . || echo 0; }

# run OPTION... FILE...: a node that has no such option runs one file at a time on two processors.
run() {
  local status bad
  node --test --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$tap" "$@"
  status=$?
  bad=$(($(count fail) + $(count cancelled) + $(grep -cE '# SKIP *$' "$tap") + $(count todo)))
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ "$bad" -ne 0 ]; then grep -E -A14 '^ *not ok ' "$tap" | grep -vE '^ *(\.\.\.|---|duration_ms.*|type.*)$' >>"$wrong"; fi
  passed=$((passed + $(count pass))) failed=$((failed + bad))
}

several=()
if node --test-concurrency=1 --version >/dev/null 2>&1; then several=("--test-concurrency=${AT_ONCE:-1}"); fi
if [ "${#others[@]}" -gt 0 ]; then run ${several[@]+"${several[@]}"} "${others[@]}"; fi
for file in ${alone[@]+"${alone[@]}"}; do run "$file"; done
head -n 80 "$wrong" # what failed, once more where it is found
printf '%s: %s passed, %s failed in %s s\n' "$name" "$passed" "$failed" "$((SECONDS - began))"
[ "$failed" -eq 0 ]
