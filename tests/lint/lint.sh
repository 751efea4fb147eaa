#!/usr/bin/env bash
# lint.sh - what no compiler checks, what compilers and clang-tidy check, and that each rule catches.
#
# A rule is a script of this folder that prints FILE:LINE: WHAT for each thing it finds, run at the top of a
# tree: this one, and the bad samples below bad/RULE, where it must print what bad/RULE/expect says.
# What is asked of each file by itself, compilers and clang-tidy, is asked again only when it has changed.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top" || exit
unset -v MAKEFLAGS MFLAGS MAKELEVEL GNUMAKEFLAGS
shopt -s nullglob
passed=0 failed=0 began=$SECONDS
awk=$(command -v mawk || command -v awk)

# result NAME FINDINGS: counts, and shows what was found.
result() {
  if [ -z "$2" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s\n' "$2" | sed "s|^|$1: |"
  fi
}

# awk_rule RULE FILE...: without files there is nothing to find.
awk_rule() {
  local rule=$1
  shift
  [ $# -eq 0 ] || "$awk" -f "$here/$rule.awk" "$@" 2>&1
}

# run_rule RULE: in the tree that we are in.
run_rule() {
  case $1 in
    layers) awk_rule layers app/*.[ch] app/*/*.[ch] ;;
    sizes) awk_rule sizes app/*.[ch] app/*/*.[ch] tests/*/*.[ch] ;;
    calls) awk_rule calls app/*.[ch] app/*/*.[ch] ;;
    dialect) awk_rule dialect app/*/*.sql schema/*.sql ;;
    templates) awk_rule templates templates/*.mustache ;;
    *) "$here/$1.sh" 2>&1 ;;
  esac
}

rules=(layers sizes calls dialect templates four states settings machinery quiet acts opening quoted acceptance top)
for rule in "${rules[@]}"; do
  result "$rule" "$(run_rule "$rule")"
done

# The rules themselves: what expect says must be found in the bad sample, and nothing besides. What is too
# long to keep is made by make.sh, in a copy.
bad=$(mktemp -d)
trap 'rm -rf "$bad"' EXIT
cp -r "$here/bad/." "$bad"
for rule in "${rules[@]}"; do
  found=$(cd "$bad/$rule" && { [ ! -f make.sh ] || sh make.sh; } && run_rule "$rule")
  result "bad/$rule" "$(diff <(sort "$bad/$rule/expect") <(printf '%s\n' "$found" | sort) 2>&1)"
done

# lint.sh rules: only these, which takes a second.
if [ "${1:-}" = rules ]; then
  printf 'lint: %s passed, %s failed in %s s\n' "$passed" "$failed" "$((SECONDS - began))"
  [ "$failed" -eq 0 ]
  exit
fi

# Scripts, then headers, which no compiler reads by themselves, then file by file what has changed.
result shellcheck "$(shellcheck app/deploy/*.sh tests/*.sh tests/lint/*.sh tests/hooks/* 2>&1)"
result format "$(clang-format --dry-run -Werror app/*.h app/*/*.h tests/*.h tests/*/*.h 2>&1)"
mkdir -p build/cppcheck
result cppcheck "$(cppcheck -q -j"$(nproc)" --std=c11 --cppcheck-build-dir=build/cppcheck --enable=warning,performance,portability \
  --inline-suppr --suppressions-list=tests/lint/cppcheck.txt --error-exitcode=1 -Iapp app 2>&1)"
result compilers "$(make --no-print-directory -k -j"$(nproc)" ${B:+B="$B"} ${V:+V="$V"} lint-files 2>&1 |
  if [ -n "${V:-}" ]; then cat; else grep -E ': (error|warning):|\*\*\* No rule' | sed "s|^$top/||" | sort -u; fi)"

printf 'lint: %s passed, %s failed in %s s\n' "$passed" "$failed" "$((SECONDS - began))"
[ "$failed" -eq 0 ]
