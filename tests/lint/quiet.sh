#!/bin/sh
# quiet.sh - a change that is not audited is on the list in quiet.txt, with its reason; nothing else is.

list=tests/lint/quiet.txt
grep -rHnoE '^-- quiet [a-z0-9_]+' app --include='*.sql' | while IFS=: read -r file line text; do
  name=${text#-- quiet }
  grep -qE "^$name +[^ ]" "$list" || echo "$file:$line: $name is not audited; say why in $list"
done
grep -vE '^(#|$)' "$list" | while read -r name _; do
  grep -rqE "^-- quiet $name\b" app --include='*.sql' || echo "$list: there is no quiet statement $name"
done
