#!/usr/bin/env bash
# soak.sh - what takes longer than `make test` may: the races in their full numbers, the cluster twenty times,
# the mutants, valgrind, and each fuzzer for S seconds (60).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
export SOAK=1
lines=() status=0

# step NAME COMMAND...: runs it, keeps its last line that says how many passed.
step() {
  local name=$1 out
  shift
  out=$(mktemp)
  printf '== %s\n' "$name"
  if ! "$@" 2>&1 | tee "$out"; then status=1; fi
  lines+=("$(grep -E '^[a-z]+: [0-9]+ passed, [0-9]+ failed' "$out" | tail -n 1 || :)")
  rm -f "$out"
}

step races tests/node.sh races tests/web races
for _ in {1..20}; do step cluster tests/node.sh cluster tests/cluster; done
step mutants tests/promises/mutants.sh
step valgrind make --no-print-directory valgrind
step fuzz make --no-print-directory fuzz S="${S:-60}"
printf '\n%s\n' "${lines[@]}"
exit "$status"
