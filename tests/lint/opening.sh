#!/bin/sh
# opening.sh - every file begins with a line that names it and says what it is: "/* name.c - what it is".

for f in $(find app tests -name node_modules -prune -o -name mustache-spec -prune -o -path tests/lint/bad -prune -o \
  -type f \( -name '*.[ch]' -o -name '*.awk' -o -name '*.sh' -o -path 'app/deploy/*.conf' -o -path 'app/deploy/*.service' \
  -o -name '*.test.js' \) -print | sort); do
  name=$(basename "$f")
  head -n 2 "$f" | grep -qE "^(/\*|//|#|--) $name - [^ ]" || echo "$f:1: begins with '$name - what it is' in a comment"
done
