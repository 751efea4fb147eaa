# sizes.awk - a function fits a screen: 60 lines, 4 parameters, 3 levels of indentation; a file 400 lines.
#
# Definitions are recognised by their form, which clang-format sees to: the name begins a line, the
# braces stand at the left edge. Functions whose name ends in _ are called by macros only and may take
# more parameters. Indentation is counted in tabs: what continues a line is indented by blanks.

function complain(line, what) {
	print FILENAME ":" line ": " what
}

function count_parameters(text,    i, c, depth, n) {
	sub(/^[^(]*\(/, "", text)
	n = text ~ /^(void)?\)/ ? 0 : 1
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "(")
			depth++
		else if (c == ")" && depth-- == 0)
			break
		else if (c == "," && depth == 0 && substr(text, i) !~ /^, *\.\.\./)
			n++
	}
	return n
}

function end_file() {
	if (last > 400)
		print file ":" last ": " last " lines; a file has at most 400"
}

FNR == 1 {
	end_file()
	file = FILENAME
	inside = 0
	head = ""
}

{
	last = FNR
}

!inside && /^[a-z_][a-z0-9_]*\(/ {
	head = ""
	head_line = FNR
	name = $0
	sub(/\(.*/, "", name)
	collecting = 1
}

!inside && collecting {
	head = head $0
	if (/;[ \t]*$/ || /^#/)
		collecting = 0
}

!inside && collecting && /^\{/ {
	collecting = 0
	inside = 1
	n = count_parameters(head)
	if (n > 4 && name !~ /_$/)
		complain(head_line, name "() takes " n " parameters; at most 4, or a struct")
	deep = 0
	next
}

inside && /^\t\t\t\t/ && !deep && FILENAME !~ /^tests\// {
	complain(FNR, name "() is indented by more than 3 levels")
	deep = 1
}

inside && /^\}/ {
	inside = 0
	if (FNR - head_line + 1 > 60)
		complain(head_line, name "() has " FNR - head_line + 1 " lines; at most 60")
}

END {
	end_file()
}
