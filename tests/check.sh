#!/usr/bin/env bash
# check.sh - runs several runners, each a target of the Makefile, and sums up: check.sh RUNNER...
#
# `make check` and `make test` are this. Each runner ends with a line "NAME: N passed, N failed in S s"; one
# that does not, counts as one that failed. All run, whatever the one before said. The runner called
# packages installs what tests need. One scratch database serves them all. A runner with a "+" before its name, as in
# +lint, runs beside those after it, and only when they leave a processor idle; what it says is shown at the end.
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

lines=() passed=0 failed=0 beside='' pid=''
out=$(mktemp -d) looks=
# shellcheck disable=SC2317 # called by the trap
leave() {
  if [ -n "$pid" ]; then kill -TERM -- "-$pid" 2>/dev/null; fi
  rm -rf "$out" "$looks"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# What the page tests have seen is what tests/web/look.test.js looks at.
if [[ " $* " = *' pages '*' nginx '* ]] && [ -z "${KEYDESK_TEST_PAGES:-}${T:-}" ]; then
  looks=$(mktemp -d)
  export KEYDESK_TEST_PAGES=$looks
fi

# ask RUNNER
ask() { make --no-print-directory -j"$(nproc)" ${B:+B="$B"} ${T:+T="$T"} ${V:+V="$V"} "$1" 2>&1; }

# note RUNNER STATUS: its line, from what it said.
note() {
  local good bad line
  line=$(grep -E "^$1: [0-9]+ passed, [0-9]+ failed in [0-9.]+ s\$" "$out/$1" | tail -n 1)
  read -r good bad < <(sed -n 's/^[a-z]*: \([0-9]*\) passed, \([0-9]*\) failed.*/\1 \2/p' <<<"$line")
  if [ -z "$line" ] || { [ "$2" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; }; then
    line="${line:-$1: did not come to its end}"
    bad=$((${bad:-0} + 1))
  fi
  lines+=("$line")
  passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-0}))
}

for runner in "$@"; do
  if [[ $runner = +* ]]; then
    beside=${runner#+}
    printf '== %s, beside what follows\n' "$beside"
    set -m
    (renice -n 19 "$BASHPID" >/dev/null; ask "$beside") </dev/null >"$out/$beside" &
    pid=$!
    set +m
  else
    printf '== %s\n' "$runner"
    ask "$runner" | tee "$out/$runner"
    note "$runner" "${PIPESTATUS[0]}"
  fi
done
if [ -n "$pid" ]; then
  printf '== %s\n' "$beside"
  # Nothing is beside it any more: it need not stand back.
  renice -n 0 -g "$pid" >/dev/null 2>&1
  wait "$pid"
  status=$?
  pid=''
  cat "$out/$beside"
  note "$beside" "$status"
fi

# What failed, once more beside the sums: each file of node's tests ends with its own.
for runner in "$@"; do
  grep -hE -A12 '^(✖ .*ms\)|not ok|FAIL|\[  FAILED  \])' "$out/${runner#+}" 2>/dev/null | awk '!seen[$0]++' | head -n 150
done

printf '\n'
printf '%s\n' "${lines[@]}"
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
