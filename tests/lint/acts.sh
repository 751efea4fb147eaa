#!/bin/sh
# acts.sh - each act of the audit log that the program writes has its words in app/core/audit_act.c.

list=app/core/audit_act.c
grep -rHnoE '(S|STR_INIT)\("[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*"\)' app --include='*.c' 2>/dev/null | while IFS=: read -r file line text; do
  [ "$file" = "$list" ] && continue
  act=${text#*\"}
  act=${act%\"*}
  grep -qF "STR_INIT(\"$act\")" "$list" 2>/dev/null || echo "$file:$line: the act $act has no words in $list"
done
