#!/usr/bin/env bash
# mutants.sh - breaks the program on purpose and sees the tests fail: a test that cannot fail shows nothing.
#
#       mutants.sh [NAME]       only the mutants whose name holds NAME
#       mutants.sh --places     only looks whether each still has its place in the sources
#
# Each mutant is a copy of the checkout with one change, built, started and attacked by a test of tests/web, a page test or a
# unit. It is part of `make soak`, because it builds the program once for each; `make promises` looks at the places.
set -uo pipefail
only=${1:-}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/keydesk-mutants.XXXXXX")
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 began=$SECONDS

# changed FILE: its text with the first $OLD become $NEW; fails when there is none.
changed() { perl -0pe '$n += s/\Q$ENV{OLD}\E/$ENV{NEW}/; END { exit !$n }' "$1"; }

# attack TESTS WORDS: those of tests/web/TESTS.test.js whose name holds WORDS; or, as TESTS has a slash, a unit, or pages. Who
# is on their way when somebody leaves is met in one round of many.
attack() {
  case $1 in
  pages/*) make pages T="${1#pages/}" ;;
  leaving) SOAK=1 node --test --test-name-pattern="$2" tests/web/leaving.test.js ;;
  */*) make units T="$1" ;;
  *) node --test --test-name-pattern="$2" "tests/web/$1.test.js" ;;
  esac
}

# mutant NAME FILE OLD NEW TESTS WORDS: with OLD in FILE become NEW, those of tests/web/TESTS.test.js whose name holds
# WORDS must fail, or the unit WORDS of tests/TESTS.c, or the page test WORDS, and without it they must not.
mutant() {
  local name=$1 file=$2 words=$6 copy=$work/$1
  export OLD=$3 NEW=$4
  if [ "$only" != --places ] && [[ $name != *$only* ]]; then return; fi
  if ! changed "$root/$file" >"$work/changed"; then
    printf 'mutant %s: %s has no such place any more\n' "$name" "$file"
    failed=$((failed + 1))
    return
  fi
  if [ "$only" = --places ]; then
    passed=$((passed + 1))
    return
  fi
  mkdir "$copy"
  (cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$copy")
  cp "$work/changed" "$copy/$file"
  if (cd "$copy" && attack "$5" "$words" >"$copy.log" 2>&1); then
    printf 'mutant %s: nobody noticed\n' "$name"
    failed=$((failed + 1))
  elif ! grep -qE "^not ok .*$words|✖ .*$words|^\[  FAILED  \] $words|\.test:[0-9]+: .*$words" "$copy.log"; then
    printf 'mutant %s: the test did not come to its end\n' "$name"
    tail -n 20 "$copy.log"
    failed=$((failed + 1))
  else
    passed=$((passed + 1))
  fi
  rm -rf "$copy"
}

# Whoever stands in line is answered by a statement that was out already.
mutant stale app/core/together.c \
  '	take_out(t, next);
	t->since = clock_monotonic();' \
  '	for (; next && done && lead->n > 1 && find(&lead->rows, &next->question, &row); next = t->first) {
		take_out(t, next);
		next->found = true;
		packed_row(&next->row, &verify_secret_row_shape, &row);
		change(next, next->row.full ? ALONE : ANSWERED);
	}
	t->out = next != NULL;
	if (!next)
		return;
	take_out(t, next);
	t->since = clock_monotonic();' \
  core/together what_was_committed_before_one_asked_is_heard

# Tokens would go on saying what the organization may not use any more.
mutant entitled app/core/entitlement.c \
  '		return false;
	sql_catalogue_raise(rq->db);
	note(rq, org, S("entitlement.withdraw"), api);' '		return false;
	note(rq, org, S("entitlement.withdraw"), api);' \
  core/token_words an_entitlement_shows_in_the_next_token

# The cache of verified secrets decides, instead of the row: a reset does not end what it knows.
mutant cache app/core/verify.c \
  '	row = verify_row(
	    rq, &(struct sought){ .sid = parts.sid, .call = seen->call, .max_age = seen->max_age });
	caller->sid = str_copy(rq->arena, parts.sid);
	if (!row)
		return VERDICT_UNKNOWN;' \
  '	struct digest known = shared_cache_key(rq->desk->shared, S("any"), seen->secret);
	if (shared_cache_has(rq->desk->shared, &known))
		return VERDICT_GOOD;
	row = verify_row(
	    rq, &(struct sought){ .sid = parts.sid, .call = seen->call, .max_age = seen->max_age });
	caller->sid = str_copy(rq->arena, parts.sid);
	if (!row)
		return VERDICT_UNKNOWN;
	shared_cache_add(rq->desk->shared, CACHE_SECRETS, &known);' \
  races 'LR4'

# The tag is not looked at: a forged secret reaches the database.
mutant tag app/core/verify.c \
  '	case SECRET_UNKNOWN_KEY:
	case SECRET_FORGED:
		break;' \
  '	case SECRET_UNKNOWN_KEY:
		break;
	case SECRET_FORGED:
		return VERDICT_GOOD;' \
  races 'UI1'

# The limit is a count that is read before, instead of a key.
mutant limit app/core/client.c \
  '.place = place, .owner' \
  '.place = 0, .owner' \
  races 'ID4'

# The owner of an additional secret is not looked at: who has left goes on.
mutant owner app/core/verify_row.c \
  '	if (!owner_there(row))' \
  '	if (!owner_there(row) && !row->key_status.n)' \
  additional 'RX7'

# Nor is its account key, which is paused or deleted and opens all the same.
mutant key app/core/verify_row.c \
  '(!is_additional(row) || str_eq(row->key_status, S("active")))' \
  '(!is_additional(row) || row->key_status.n)' \
  additional 'with its key paused'

# Its key's client ID is not asked for: any other does.
mutant client_id app/core/verify.c \
  'verdict = str_eq(row_client_id(row), seen->client_id)' \
  'verdict = str_eq(row_client_id(row), seen->client_id) || row->key_status.n' \
  additional 'refused as a wrong secret is'

# It may do what its key may.
mutant powers app/core/call.c \
  '	bool all = str_eq(row->kind, S("account"));' \
  '	bool all = str_eq(row->kind, S("account")) || row->key_status.n;' \
  additional 'none of the powers'

# One that may only read does what it was granted.
mutant only_reads app/core/call.c \
  '	if (row->only_reads && !call->endpoint->only_reads)' \
  '	if (row->only_reads && !call->endpoint)' \
  additional 'only reads'

# A secret goes by the status of its owner alone: off and on by hand revives it.
mutant tenure_secret app/core/verify_row.c \
  '(!is_additional(row) || row->tenure_of == row->owner)' \
  'row->owner > 0' \
  leaving 'KD11'

# So does a session.
mutant tenure_session app/site/session.sql \
  'AND t.live_id = u.id' \
  '' \
  pages/team_reactivate 'off and on by hand'

# A write that was on its way when its sender left is not looked at again.
mutant tenure_write app/serve.c \
  '	return counted(rq) && session_alive(rq);' \
  '	return true;' \
  leaving 'by a plain UPDATE'

# How many have committed is read when the row has come, not before it is asked for: a commit in between is not seen.
mutant lately app/core/verify_row.c \
  '	row = row_now(rq, sought, api);
	if (row && row_verdict' \
  '	row = row_now(rq, sought, api);
	recent = recent_begin(rq, sought->max_age, &question);
	if (row && row_verdict' \
  core/verify_lately 'what_was_asked_before_a_commit_is_not_reused_after_it'

printf 'mutants: %s passed, %s failed in %s s\n' "$passed" "$failed" "$((SECONDS - began))"
[ "$failed" -eq 0 ]
