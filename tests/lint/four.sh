#!/bin/sh
# four.sh - one name, four files: a page has .c, .mustache and .test, and .sql when it calls statements of
# its own; what answers programs has .c and .test; and none of these stands alone.

need() { [ -f "$2" ] || echo "$1: $2 is missing"; }

for c in app/pages/*.c; do
  [ -f "$c" ] || continue
  name=$(basename "$c" .c)
  need "$c" "templates/$name.mustache"
  need "$c" "tests/pages/$name.test"
  if grep -qE "sql_${name}_[a-z0-9_]+\(" "$c"; then need "$c" "app/pages/$name.sql"; fi
done
for c in app/api/*.c; do
  [ -f "$c" ] || continue
  # What several of them share has a header of its own and no test of its own.
  [ -f "${c%.c}.h" ] || need "$c" "tests/api/$(basename "$c" .c).test"
done

for f in app/pages/*.sql app/api/*.sql; do
  if [ -f "$f" ]; then need "$f" "${f%.sql}.c"; fi
done
# What several pages show is in app/site/, with its own template and test; or it is a part with a test.
for f in tests/pages/*.test; do
  [ -f "$f" ] || continue
  name=$(basename "$f" .test)
  case $name in part_*) need "$f" "templates/$name.mustache"; continue ;; esac
  grep -qE "PAGE\($name," app/site/*.c 2>/dev/null || need "$f" "app/pages/$name.c"
done
for f in tests/api/*.test; do
  if [ -f "$f" ]; then need "$f" "app/api/$(basename "$f" .test).c"; fi
done

# A template is a page's, or a part that another one shows.
for f in templates/*.mustache; do
  [ -f "$f" ] || continue
  name=$(basename "$f" .mustache)
  case $name in layout | csrf) continue ;; esac
  grep -qE "PAGE\($name,|struct page ${name}_page =" app/pages/*.c app/site/*.c 2>/dev/null || grep -qF "{{>$name}}" templates/*.mustache ||
    echo "$f: no page and no template shows it"
done
