#!/usr/bin/env bash
# promises.sh - makes each mistake of app/README.md's first table on purpose, and sees it caught.
#
#       promises.sh PROGRAM      the built keydesk; needs KEYDESK_TEST_SOCKET (with_database.sh gives it)
#
# Those that only a running request can make are in tests/db (a write in a GET, a change without an audit
# entry), tests/site/route.c (a route that nobody was given) and tests/pages/general.c (who may ask what).
set -uo pipefail
program=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
work=$(mktemp -d "${TMPDIR:-/tmp}/keydesk-promises.XXXXXX")
database=promises_$$
passed=0 failed=0 began=$SECONDS

sql() { mariadb --no-defaults -S "$KEYDESK_TEST_SOCKET" -u root "$@"; }
throw_away() {
  sql -e "DROP DATABASE IF EXISTS $database"
  rm -rf "$work"
}
trap throw_away EXIT

# caught NAME WORDS COMMAND...: the command must fail, and say the words.
caught() {
  local name=$1 words=$2 said
  shift 2
  if said=$("$@" 2>&1); then
    printf 'promise: %s: nobody noticed %s\n' "$name" "$said"
    failed=$((failed + 1))
  elif ! grep -qF -- "$words" <<<"$said"; then
    printf 'promise: %s: not said: %s\nbut: %s\n' "$name" "$words" "$said"
    failed=$((failed + 1))
  else
    passed=$((passed + 1))
  fi
}

# well NAME COMMAND...: without the mistake all is well, or the others would show nothing.
well() {
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then
    passed=$((passed + 1))
  else
    printf 'promise: %s: %s\n' "$name" "$said"
    failed=$((failed + 1))
  fi
}

# ---- found by the compiler

compile() { "${CC:-gcc}" -std=c17 -Wall -Wextra -Werror -Iapp -Ibuild -fsyntax-only -x c "$1"; }
snippet() {
  printf '%s\n' '#include "site/key.h"' '#include "sql.h"' 'const struct client_list_row *row; struct db *db;' \
    'int64_t check(void);' "int64_t check(void) { $1 }" >"$work/snippet.c"
  compile "$work/snippet.c"
}
well "a page's C compiles" snippet 'return row->created_at;'
caught "a misspelt field" "has no member named" snippet 'return row->craeted_at;'
well "a statement with every input" snippet 'return (int64_t)sql_client_list(db, .org = 1, .environment = S("x"), .kind = S("y")).n;'
caught "an input left out" "give every input, by name" snippet 'return (int64_t)sql_client_list(db, .org = 1, .kind = S("y")).n;'

# ---- found by the build

generate() {
  printf '%s\n' "$1" >"$work/page.sql"
  awk -v out_h="$work/sql.h" -v out_c="$work/sql.c" -f app/db/sql2c.awk "$work/page.sql"
}
well "a statement is made" generate $'-- one page_get(org int) -> name text\nSELECT name\n  FROM organization\n WHERE id = :org;'
caught "an input that is not declared" "page.sql:4" generate $'-- one page_get(org int) -> name text\nSELECT name\n  FROM organization\n WHERE id = :organization;'
caught "a declared input that is not used" "page.sql:1" generate $'-- one page_get(org int, id text) -> name text\nSELECT name\n  FROM organization\n WHERE id = :org;'

# ---- found at the start

cp -r templates "$work/templates"
export KEYDESK_TEMPLATES=$work/templates KEYDESK_SCHEMA=$root/schema KEYDESK_KEYRING=$work/keyring
export KEYDESK_DB_SOCKET=$KEYDESK_TEST_SOCKET KEYDESK_DB_NAME=$database KEYDESK_DB_USER=root KEYDESK_DB_OWNER=root
"$program" init >"$work/init" 2>&1 || cat "$work/init"
well "the program starts" "$program" check

# edited FILE PATTERN REPLACEMENT: the program with one template changed.
edited() {
  local status
  sed -i "s~$2~$3~" "$work/templates/$1"
  "$program" check
  status=$?
  cp "templates/$1" "$work/templates/$1"
  return "$status"
}
caught "a misspelt name in a template" "credentials.mustache:" edited credentials.mustache '{{last_address}}\|{{name}}' '{{nmae}}'
caught "printing without escaping" "settings.mustache:" edited settings.mustache '{{organization}}' '{{{organization}}}'
caught "a POST form without its token" "setup.mustache:" edited setup.mustache '{{>csrf}}' ''
caught "an address that begins with a text" "sign_in.mustache:" edited sign_in.mustache 'action="/sign-in"' 'action="{{next}}"'
caught "a part that is missing" "layout.mustache:" edited layout.mustache '{{>part_mark}}' '{{>part_marc}}'

# changed MISTAKE BACK: the database with one statement done to it, which must succeed itself.
changed() {
  local status
  sql "$database" -e "$1" || return 0
  "$program" check
  status=$?
  sql "$database" -e "$2"
  return "$status"
}
# One that no generated column is made of: MariaDB renames those only now and then.
caught "a renamed column" ".sql:" changed \
  "ALTER TABLE organization RENAME COLUMN cadence_days TO cadence" "ALTER TABLE organization RENAME COLUMN cadence TO cadence_days"
caught "a column that became NULL" "may be NULL" changed \
  "ALTER TABLE organization MODIFY name VARCHAR(100) NULL" "ALTER TABLE organization MODIFY name VARCHAR(100) NOT NULL"
newest=$(sql -BN "$database" -e 'SELECT MAX(number) FROM migration')
caught "a database behind the program" "run keydesk migrate" changed \
  "UPDATE migration SET number = 0 WHERE number = $newest" "UPDATE migration SET number = $newest WHERE number = 0"
well "the program starts again" "$program" check

# ---- tests that can fail

well "each mutant has its place in the sources" tests/promises/mutants.sh --places

# ---- there is nothing to free

if grep -rnE '\b(malloc|calloc|free)\(' app/core app/site app/pages app/api app/serve.c >"$work/free"; then
  printf 'promise: memory: %s\n' "$(cat "$work/free")"
  failed=$((failed + 1))
else
  passed=$((passed + 1))
fi

printf 'promises: %s passed, %s failed in %s s\n' "$passed" "$failed" "$((SECONDS - began))"
[ "$failed" -eq 0 ]
