#!/bin/sh
# quoted.sh - what app/README.md quotes of a file stands there as it is, indented by 4: the whole file below a
# line "app/FOLDER/NAME.c:", pieces of it parted by lines of dots below a line "From app/FOLDER/NAME.c".

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
grep -noE '^From app/[a-z]+/[a-z_]+\.c' app/README.md | while IFS=': ' read -r line _ file; do
  expand "$file" | sed 's/^./    &/' | awk -v from="$line" -v name="$file" '
    function check() {
      if (piece != "" && index(whole, "\n" piece) == 0)
        print "app/README.md:" from ": " name " has changed since it was quoted"
      piece = ""
    }
    NR == FNR { whole = whole "\n" $0; next }
    FNR <= from || done { next }
    /^[^ ]/ { done = 1; next }
    $0 == "    ..." { check(); next }
    piece != "" || $0 != "" { piece = piece (piece == "" ? "" : "\n") $0 }
    END { sub(/\n+$/, "", piece); check() }
  ' - app/README.md
done
