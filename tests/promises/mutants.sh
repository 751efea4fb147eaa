#!/usr/bin/env bash
# mutants.sh - breaks the program on purpose and sees the tests fail: a test that cannot fail shows nothing.
#
# Each mutant is a copy of the checkout with one change, built, started and attacked by races.test.js. It is
# part of `make soak`, because it builds the program once for each.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/keydesk-mutants.XXXXXX")
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 began=$SECONDS

# mutant NAME FILE OLD NEW TEST: with OLD in FILE become NEW, the tests whose name holds TEST must fail, and
# without it they must not.
mutant() {
  local name=$1 file=$2 old=$3 new=$4 words=$5 copy=$work/$1
  mkdir "$copy"
  (cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$copy")
  if ! OLD=$old NEW=$new perl -0pi -e '$n = s/\Q$ENV{OLD}\E/$ENV{NEW}/; END { exit !$n }' "$copy/$file"; then
    printf 'mutant %s: %s has no such place any more\n' "$name" "$file"
    failed=$((failed + 1))
  elif (cd "$copy" && node --test --test-name-pattern="$words" tests/web/races.test.js >"$copy.log" 2>&1); then
    printf 'mutant %s: nobody noticed\n' "$name"
    failed=$((failed + 1))
  elif ! grep -q '^not ok .*'"$words" "$copy.log" && ! grep -q "✖ .*$words" "$copy.log"; then
    printf 'mutant %s: the test did not come to its end\n' "$name"
    tail -n 20 "$copy.log"
    failed=$((failed + 1))
  else
    passed=$((passed + 1))
  fi
  rm -rf "$copy"
}

# The cache of verified secrets decides, instead of the row: a reset does not end what it knows.
mutant cache app/core/verify.c \
  '	row = read_row(rq, parts.sid);
	if (!row)
		return VERDICT_UNKNOWN;
	caller_fill' \
  '	struct digest known = shared_cache_key(rq->desk->shared, S("any"), seen->secret);
	if (shared_cache_has(rq->desk->shared, &known))
		return VERDICT_GOOD;
	row = read_row(rq, parts.sid);
	if (!row)
		return VERDICT_UNKNOWN;
	shared_cache_add(rq->desk->shared, CACHE_SECRETS, &known);
	caller_fill' \
  'LR4'

# The tag is not looked at: a forged secret reaches the database.
mutant tag app/core/verify.c \
  '	case SECRET_UNKNOWN_KEY:
	case SECRET_FORGED:
		break;' \
  '	case SECRET_UNKNOWN_KEY:
		break;
	case SECRET_FORGED:
		return VERDICT_GOOD;' \
  'UI1'

# The limit is a count that is read before, instead of a key.
mutant limit app/core/client.c \
  '.place = place, .me = rq->me' \
  '.place = 0, .me = rq->me' \
  'ID4'

printf 'mutants: %s passed, %s failed in %s s\n' "$passed" "$failed" "$((SECONDS - began))"
[ "$failed" -eq 0 ]
