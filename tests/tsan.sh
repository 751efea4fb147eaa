#!/usr/bin/env bash
# tsan.sh - looks for races: the units that have threads, and the whole program under a load, both built
# with ThreadSanitizer. LOAD is how many requests (5000). Nothing is suppressed; what it reports is shown, and fails.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
unset -v MAKEFLAGS MFLAGS MAKELEVEL GNUMAKEFLAGS B # of the make that has called this
here=build/thread
# That of gcc 12 finds no place among addresses with 32 random bits.
fixed=(setarch "$(uname -m)" --addr-no-randomize)
reports=$(mktemp -d)
chmod 1777 "$reports" # the program runs as another user
trap 'rm -rf "$reports"' EXIT
export TSAN_OPTIONS="log_path=$reports/tsan"
failed=0

make --no-print-directory -j"$(nproc)" SAN=thread threaded || exit
RUN="${fixed[*]}" tests/with_database.sh tests/units.sh threads "$here"/unit/*/* || failed=1
B=$here SAN=thread LOAD=${LOAD:-5000} "${fixed[@]}" tests/node.sh load tests/web load || failed=1

found=("$reports"/tsan.*)
if [ -e "${found[0]}" ]; then
  cat "${found[@]}"
  failed=$((failed + ${#found[@]}))
fi
printf 'tsan: %s passed, %s failed\n' "$((failed == 0))" "$failed"
[ "$failed" -eq 0 ]
