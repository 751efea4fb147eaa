#!/bin/sh
# states.sh - the test of a page shows it empty, full, with an error and forbidden: a heading begins with
# each of these words, or the file says why there is no such state: "# no empty state: reason".

for f in tests/pages/*.test; do
  [ -f "$f" ] || continue
  for state in empty full error forbidden; do
    grep -qE "^== *$state\b|^# no $state state: ." "$f" ||
      echo "$f: no test begins with '== $state'; if there is no such state, say '# no $state state: reason'"
  done
done
