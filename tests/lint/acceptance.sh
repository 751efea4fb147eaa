#!/bin/sh
# acceptance.sh - tests/acceptance.md and the tests agree: each test that it names is there, each id that a
# test's name has stands in it beside that file, no row stands twice, and no id is both built and not
# built, or both whole and in part.

table=tests/acceptance.md
[ -f "$table" ] || {
  echo "$table: is missing"
  exit
}

# LINE|ID|FILE|NAME of each row "| ID | FILE | NAME |"; behind an ID may stand "(part)".
rows() {
  awk -F ' *[|] *' 'NF == 5 && $2 ~ /^[A-Z]+[0-9]+b?( \(part\))?$/ { sub(/ .*/, "", $2); print FNR "|" $2 "|" $3 "|" $4 }' "$table"
}

# has FILE NAME: whether a test of the file has that name, or one that begins so.
has() {
  NAME=$2 awk '
    BEGIN { name = ENVIRON["NAME"] }
    FILENAME ~ /\.test$/ { if (index($0, "== " name) == 1) found = 1; next }
    FILENAME ~ /\.js$/ { if ($0 ~ /^ *(test|step)\(/ && index($0, name)) found = 1; next }
    FILENAME ~ /\.c$/ { if (index($0, "cmocka_unit_test(" name ")") || index($0, "\"" name)) found = 1; next }
    index($0, name) { found = 1 }
    END { exit !found }' "$1"
}

rows | while IFS='|' read -r line id file name; do
  if [ ! -f "$file" ]; then
    echo "$table:$line: there is no $file"
  elif ! has "$file" "$name"; then
    echo "$table:$line: $file has no test '$name'"
  fi
done

# What was said before, and what is whole in one row and in part in another, at the row that disagrees with the first.
awk -F ' *[|] *' -v table="$table" '
  NF != 5 || $2 !~ /^[A-Z]+[0-9]+b?( \(part\))?$/ { next }
  { id = $2; part = sub(/ .*/, "", id); row = id "|" $3 "|" $4 }
  row in line { print table ":" FNR ": stands in line " line[row] " already" }
  !(row in line) { line[row] = FNR }
  id in parts && parts[id] != part && !said[id]++ { print table ":" FNR ": " id " is both whole and in part" }
  !(id in parts) { parts[id] = part }' "$table"

# The ids of a test's name: in a browser's or program's before its colon, in a page's heading anywhere.
for file in tests/*/*.test.js tests/*/*.test; do
  [ -f "$file" ] || continue
  case $file in
    *.js) sed -nE "s/^ *(test|step)\(['\`\"](([A-Z]+[0-9]+b? )*[A-Z]+[0-9]+b?): .*/\2/p" "$file" ;;
    *) grep '^==' "$file" | grep -oE '\b(LR|ID|MP|UI|RX|CARD|KD)[0-9]+b?\b' ;;
  esac | tr ' ' '\n' | sort -u | while read -r id; do
    rows | grep -qF "|$id|$file|" || echo "$file: $id is not beside it in $table"
  done
done

# What is not built yet is a list: "- ID ID ...: what".
grep -E '^- [A-Z]+[0-9]+' "$table" | sed 's/:.*//; s/^- //' | tr ' ' '\n' | sort -u | while read -r id; do
  if rows | grep -qF "|$id|"; then echo "$table: $id is both built and not built"; fi
done
