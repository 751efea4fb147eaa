#!/bin/sh
# quoted.sh - a file that app/README.md quotes stands there as it is: below a line "app/FOLDER/NAME.c:", indented by 4.

[ -f app/README.md ] || {
  echo "app/README.md: is missing"
  exit
}
text=$(cat app/README.md)
grep -noE '^app/[a-z]+/[a-z_]+\.(c|sql)(:$| - )' app/README.md | while IFS=: read -r line file _; do
  file=${file%% *}
  quoted=$(expand "$file" | sed 's/^./    &/')
  case $text in *"$quoted"*) ;; *) echo "app/README.md:$line: $file has changed since it was quoted" ;; esac
done
