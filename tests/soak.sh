#!/usr/bin/env bash
# soak.sh - what takes longer than `make test` may: the analyzer on the tests too, each state of each page at
# each width, behind Apache what `make test` asks behind nginx only, the races in their full numbers, the cluster
# twenty times, a million mixed requests, the same load on sanitized programs, the mutants, valgrind, and each
# fuzzer for S seconds (60).
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

step lint env TIDY=--config-file=.clang-tidy make --no-print-directory lint
step additional make --no-print-directory units T=additional_races
step races tests/node.sh races tests/web races
step look tests/node.sh look tests/web look
step apache env SOAK= BOTH=1 AT_ONCE=2 WEB=apache tests/with_data.sh tests/node.sh apache tests/web
step leaving tests/node.sh leaving tests/web leaving
step faults tests/node.sh faults tests/web faults
for _ in {1..20}; do step cluster tests/node.sh cluster tests/cluster; done
step load tests/node.sh load tests/web load
# A command that ends leaves its memory to the system: leaks are what the load before looks for.
step sanitized env ASAN_OPTIONS=detect_leaks=0 B=build/address-undefined SAN=address,undefined LOAD=20000 tests/node.sh sanitized tests/web load
step tsan tests/tsan.sh
step mutants tests/promises/mutants.sh
step valgrind make --no-print-directory valgrind
step fuzz make --no-print-directory fuzz S="${S:-60}"
printf '\n%s\n' "${lines[@]}"
exit "$status"
