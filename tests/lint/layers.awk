# layers.awk - #includes go down or stay in their own folder: layers.awk app/*.[ch] app/*/*.[ch]

BEGIN {
	split("base 0 db 1 http 1 html 1 crypto 1 core 2 site 3 pages 4 api 4 . 5", words, " ")
	for (i = 1; i in words; i += 2)
		LAYER[words[i]] = words[i + 1]
}

function complain(what) {
	print FILENAME ":" FNR ": " what
}

function folder_of(path) {
	return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "."
}

FNR == 1 {
	path = FILENAME
	sub(/^app\//, "", path)
	own = folder_of(path)
	if (!(own in LAYER))
		complain("app/" own "/ is in no layer; name it in tests/lint/layers.awk")
}

/^#[ \t]*include[ \t]*"/ {
	split($0, parts, "\"")
	wanted = parts[2]
	if (wanted == "sql.h") {
		if (LAYER[own] < LAYER["core"])
			complain("only core and above may call statements")
		next
	}
	other = folder_of(wanted)
	if (!(other in LAYER))
		complain("\"" wanted "\" is in no layer; write it relative to app/")
	else if (other != own && LAYER[other] >= LAYER[own])
		complain((own == "." ? "app" : own) " may not include " wanted ": includes go down, not up or sideways")
	else if (own == "pages" && other == "pages" && wanted != "pages/pages.h")
		complain("pages do not include pages; what two share goes to site/")
	else if (other != own && wanted ~ /_(parts|common)\.h$/)
		complain(wanted " is for its own folder only")
}
