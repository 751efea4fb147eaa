#!/usr/bin/env bash
# bench.sh - `make bench`: what the README's figures come from. B is the build, S the number of rounds, N how many
# credentials the long list has, and entries the long audit log; SCALE=1 asks /verify beside a million secrets too.
#
# Everything that it starts is a private process of its own and ends with it. BENCH_RIVALS=FOLDER measures
# other products in the same run; see rivals.js. BENCH_ONLY=floods leaves all out but good callers beside floods,
# BENCH_ROWS='verify token' all but these rows; of verify token gateway auth oauth page.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."
build=${B:-build/release} rounds=${S:-8} many=${N:-20000}
case $rounds in '' | *[!0-9]* | 0) echo "bench: S is '$rounds'; it must be a number of rounds" >&2 && exit 1 ;; esac

case $many in '' | *[!0-9]* | 0) echo "bench: N is '$many'; it must be a number of credentials" >&2 && exit 1 ;; esac

app/deploy/packages.sh bench
tests/install_node.sh
[ -z "${BENCH_ONLY:-}${BENCH_ROWS:-}" ] || exec node tests/bench/bench.js "$(realpath "$build")" "$rounds"
printf '%s; %s cores; %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(date -u +%F)"
printf '\nA page of 13 kB with a table of 50 rows, shown\n'
"$build/bench/mustache" | sed 's/^/  /'
node tests/bench/mustache.mjs | sed 's/^/  /'
printf '\n'
node tests/bench/bench.js "$(realpath "$build")" "$rounds"
printf '\n'
node tests/bench/scale.js "$rounds"
printf '\n'
node tests/bench/lists.js "$many"
printf '\n'
exec node tests/bench/audit.js "$many"
