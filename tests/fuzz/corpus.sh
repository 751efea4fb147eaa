#!/usr/bin/env bash
# corpus.sh - tries the inputs that are kept on each fuzzer and sums up: corpus.sh PROGRAM...
#
# An input counts as one test. Each is a file of tests/fuzz/corpus/NAME; a fuzzer without any has failed.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
passed=0 failed=0 began=$SECONDS
out=$(mktemp)
trap 'rm -f "$out"' EXIT

for program in "$@"; do
  inputs=("$here/corpus/$(basename "$program")"/*)
  if "$program" "${inputs[@]}" 2>"$out"; then
    passed=$((passed + ${#inputs[@]}))
  else
    failed=$((failed + 1))
    printf '%s\n' "---- $program"
    cat "$out"
  fi
done
printf 'corpus: %s passed, %s failed in %s s\n' "$passed" "$failed" "$((SECONDS - began))"
[ "$failed" -eq 0 ]
