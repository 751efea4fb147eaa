#!/bin/sh
# machinery.sh - base, db, http, html and crypto stay small: more, and they do a page's work. A quarter of
# them is what refuses a template or a statement before it is ever shown or asked.
#
# Lines that are neither blank nor comment: what a header promises in words costs nothing.

limit=8450
n=$(cat app/base/*.[ch] app/db/*.[ch] app/db/*.awk app/http/*.[ch] app/html/*.[ch] app/crypto/*.[ch] 2>/dev/null |
  grep -vcE '^[[:space:]]*$|^[[:space:]]*(/?\*|#[^a-z])')
[ "$n" -lt "$limit" ] || echo "app: base, db, http, html and crypto have $n lines of code; less than $limit"
