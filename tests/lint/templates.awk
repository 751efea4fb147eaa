# templates.awk - templates hold neither unescaped values nor script nor style: the program or the browser would
# refuse them; this says so before.

/\{\{\{|\{\{&/ {
	print FILENAME ":" FNR ": a value is always escaped"
}

/<style[ >]|[ \t]style *=/ {
	print FILENAME ":" FNR ": style stands in static/; the Content-Security-Policy forbids it here"
}

/[ \t]on[a-z]+ *=/ || (/<script/ && !/<script src="\/static\/[a-z.]+" defer><\/script>/) {
	print FILENAME ":" FNR ": script stands in static/; the Content-Security-Policy forbids it here"
}

/(src|href)="(https?:)?\/\// {
	print FILENAME ":" FNR ": nothing is loaded from elsewhere"
}
