#!/usr/bin/env bash
# check.sh - runs several runners, each a target of the Makefile, and sums up: check.sh RUNNER...
#
# `make check` and `make test` are this. Each runner ends with a line "NAME: N passed, N failed in S s"; one
# that does not, counts as one that failed. All run, whatever the one before said. The runner called
# packages installs what tests need. One scratch database serves them all.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.." || exit
unset -v MAKEFLAGS MFLAGS MAKELEVEL GNUMAKEFLAGS

if [ "$1" = packages ]; then
  shift
  app/deploy/packages.sh test || exit
  tests/install_node.sh || exit
fi
if [ -z "${KEYDESK_TEST_SOCKET:-}" ]; then exec tests/with_database.sh "${BASH_SOURCE[0]}" "$@"; fi

lines=() passed=0 failed=0
out=$(mktemp) looks=
trap 'rm -rf "$out" "$looks"' EXIT
# What the page tests have seen is what tests/web/look.test.js looks at.
if [[ " $* " = *' pages '*' nginx '* ]] && [ -z "${KEYDESK_TEST_PAGES:-}${T:-}" ]; then
  looks=$(mktemp -d)
  export KEYDESK_TEST_PAGES=$looks
fi
for runner in "$@"; do
  printf '== %s\n' "$runner"
  make --no-print-directory -j"$(nproc)" ${B:+B="$B"} ${T:+T="$T"} ${V:+V="$V"} "$runner" 2>&1 | tee "$out"
  status=${PIPESTATUS[0]}
  line=$(grep -E "^$runner: [0-9]+ passed, [0-9]+ failed in [0-9.]+ s\$" "$out" | tail -n 1)
  read -r good bad < <(sed -n 's/^[a-z]*: \([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' <<<"$line")
  if [ -z "$line" ] || { [ "$status" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; }; then
    line="${line:-$runner: did not come to its end}"
    bad=$((${bad:-0} + 1))
  fi
  lines+=("$line")
  passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0}))
done

printf '\n'
printf '%s\n' "${lines[@]}"
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
