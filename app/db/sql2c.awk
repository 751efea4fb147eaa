# sql2c.awk - declared statements (.sql) -> typed C calls (sql.h, sql.c).
#
#       awk -v out_h=build/sql.h -v out_c=build/sql.c -f app/db/sql2c.awk app/*/*.sql
#
# With -v header=NAME, sql.c includes that instead of sql.h.
#
# A comment line is the signature, the text below it, up to a ; at the end of a line, the statement:
#
#       -- VERB NAME(INPUT TYPE, ...) -> COLUMN TYPE, ...
#
# VERB is one of one rows run quiet claim audit (enum db_verb in db.h), TYPE one of int text flag time, with
# a ? where NULL is possible. A line of -- and four or more blanks continues a signature. :NAME in the
# text is an input. Instead of columns may stand the NAME of a statement above, of which the rows are. Stops with FILE:LINE and exit 1 at whatever db.h does not promise. The outputs are
# replaced only when they have changed. Written for any POSIX awk; mawk is the one on Debian.

BEGIN {
	if (out_h == "" || out_c == "") {
		print "sql2c.awk: give -v out_h=FILE -v out_c=FILE" > "/dev/stderr"
		failed = 1
		exit 1
	}
	if (header == "")
		header = "sql.h"
	MOST = 40
	new_h = out_h ".new"
	new_c = out_c ".new"
	split("one ONE rows ROWS run RUN quiet QUIET claim CLAIM audit AUDIT", words, " ")
	for (i = 1; i in words; i += 2)
		VERBS[words[i]] = "DB_" words[i + 1]
	split("int int64_t text str flag bool time int64_t", words, " ")
	for (i = 1; i in words; i += 2) {
		CTYPES[words[i]] = words[i + 1]
		KINDS[words[i]] = "SHAPE_" toupper(words[i])
	}
	begin_files()
}

FNR == 1 {
	file_ends()
	file = FILENAME
}

{
	sub(/[ \t\r]+$/, "")
}

in_signature && /^--     *[^ ]/ {
	sub(/^-- */, "")
	signature = signature " " $0
	next
}

/^-- [a-z]+ [A-Za-z0-9_]+ *\(/ {
	if (signature != "")
		fail(signature_line, name_of(signature) " has no ; at the end of a line")
	signature = substr($0, 4)
	signature_line = FNR
	in_signature = 1
	next
}

{
	in_signature = 0
}

/^[ \t]*(--([ \t]|$)|$)/ {
	next
}

{
	if (signature == "")
		fail(FNR, "a statement without a signature above it")
	if (name == "")
		begin_statement()
	scan($0)
	if (ended)
		end_statement()
}

END {
	if (!failed)
		file_ends()
	if (failed) {
		if (new_h != "")
			system("rm -f '" new_h "' '" new_c "'")
		exit 1
	}
	finish_files()
	keep(new_h, out_h)
	keep(new_c, out_c)
}

function fail(line, message) {
	print file ":" line ": " message > "/dev/stderr"
	failed = 1
	exit 1
}

function file_ends() {
	if (signature != "")
		fail(signature_line, name_of(signature) " has no ; at the end of a line")
	in_signature = 0
}

function keep(made, wanted) {
	close(made)
	if (system("cmp -s '" made "' '" wanted "'") == 0)
		system("rm -f '" made "'")
	else
		system("mv -f '" made "' '" wanted "'")
}

function trim(s) {
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	return s
}

function name_of(s) {
	sub(/^[a-z]+ /, "", s)
	sub(/ *\(.*/, "", s)
	return s
}

# The signature.

function begin_statement(    shut, rest) {
	verb = substr(signature, 1, index(signature, " ") - 1)
	name = name_of(signature)
	if (!(verb in VERBS))
		fail(signature_line, "'" verb "' is not one of one rows run quiet claim audit")
	if (name !~ /^[a-z][a-z0-9_]*$/)
		fail(signature_line, "'" name "' is not a name: small letters, digits and _")
	if (name in WHERE)
		fail(signature_line, name " was declared before, in " WHERE[name])
	WHERE[name] = file ":" signature_line

	shut = index(signature, ")")
	if (!shut)
		fail(signature_line, name " lacks the ) after its inputs")
	in_n = split_members(substr(signature, index(signature, "(") + 1, \
	    shut - index(signature, "(") - 1), in_name, in_type, in_null)
	for (i = 1; i <= in_n; i++) {
		in_used[i] = 0
		if (in_null[i] && in_type[i] == "flag")
			fail(signature_line, "input '" in_name[i] "': a flag is sent as true or false, never as NULL")
	}

	rest = trim(substr(signature, shut + 1))
	row_n = 0
	row_of = name
	if (rest ~ /^-> *[a-z0-9_]+$/ && (trim(substr(rest, 3)) in ROWS)) {
		row_of = trim(substr(rest, 3))
		row_n = ROWS[row_of]
	} else if (rest ~ /^->/) {
		row_n = ROWS[name] = split_members(substr(rest, 3), row_name, row_type, row_null)
	}
	else if (rest != "")
		fail(signature_line, "'" rest "' after the inputs, where -> and the columns would stand")
	if ((verb == "one" || verb == "rows") && !row_n)
		fail(signature_line, "'" verb "' needs columns: -> NAME TYPE, ...")
	if (verb != "one" && verb != "rows" && rest != "")
		fail(signature_line, "'" verb "' gives no columns, only how many rows it has changed")

	text = bare = line_text = quote = ""
	uses = uses_n = ended = 0
	uses = ""
}

# Fills the three arrays from 1 on with "NAME TYPE, NAME TYPE?" and gives how many.
function split_members(list, names, types, nulls,    n, i, parts, words, seen) {
	if (trim(list) == "")
		return 0
	n = split(list, parts, ",")
	if (n > MOST)
		fail(signature_line, name " has " n " members here, " MOST " are the most")
	for (i = 1; i <= n; i++) {
		parts[i] = trim(parts[i])
		if (split(parts[i], words, " ") != 2 || words[1] !~ /^[a-z][a-z0-9_]*$/)
			fail(signature_line, "'" parts[i] "' is not NAME TYPE")
		nulls[i] = sub(/\?$/, "", words[2])
		if (!(words[2] in KINDS))
			fail(signature_line, "'" parts[i] "': the types are int text flag time")
		if (words[1] in seen)
			fail(signature_line, "'" words[1] "' is declared twice")
		seen[words[1]] = 1
		names[i] = words[1]
		types[i] = words[2]
	}
	return n
}

# The statement: text is what goes to the server, bare the same without what stands in quotes.

function scan(line,    i, c, pair) {
	line_text = ""
	for (i = 1; i <= length(line) && !ended; i++) {
		c = substr(line, i, 1)
		pair = substr(line, i, 2)
		if (quote != "") {
			if (c == "\\" && quote != "`") {
				c = pair
				i++
			} else if (c == quote) {
				quote = ""
			}
			line_text = line_text c
		} else if (c == "'" || c == "\"" || c == "`") {
			quote = c
			add(c)
		} else if (substr(line, i) ~ /^--([ \t]|$)/) {
			break
		} else if (pair == "/*" || c == "#") {
			fail(FNR, "comments begin with -- here")
		} else if (c == "?") {
			fail(FNR, "a ? in the text: inputs have names, as in :name")
		} else if (pair == "::") {
			add(pair)
			i++
		} else if (c == ":" && substr(line, i + 1, 1) ~ /[A-Za-z_]/) {
			match(substr(line, i + 1), /^[A-Za-z0-9_]+/)
			use_input(substr(line, i + 1, RLENGTH))
			i += RLENGTH
		} else if (c == ";") {
			if (substr(line, i + 1) !~ /^[ \t]*(--([ \t].*)?)?$/)
				fail(FNR, "something follows the ; on its line")
			ended = 1
		} else {
			add(c)
		}
	}
	sub(/[ \t]+$/, "", line_text)
	text = text (text == "" ? "" : "\n") line_text
	bare = bare " "
}

function add(s) {
	line_text = line_text s
	bare = bare s
}

function use_input(wanted,    i) {
	for (i = 1; i <= in_n && in_name[i] != wanted; i++)
		continue
	if (i > in_n)
		fail(FNR, ":" wanted " is not declared as an input of " name)
	in_used[i] = 1
	uses = uses (uses_n++ ? ", " : "") (i - 1)
	add("?")
}

function has_word(pattern) {
	return bare ~ ("(^|[^A-Z0-9_])" pattern "([^A-Z0-9_]|$)")
}

function end_statement(    i) {
	gsub(/[ \t]+/, " ", bare)
	bare = toupper(bare)
	for (i = 1; i <= in_n; i++)
		if (!in_used[i])
			fail(signature_line, "input '" in_name[i] "' of " name " is declared but not used")
	if (bare ~ /SELECT (DISTINCT )?\*/ || bare ~ /[A-Z0-9_`]\.\*/ || bare ~ /, ?\*/)
		fail(signature_line, name ": SELECT * - name the columns")
	if (has_word("OFFSET") || bare ~ /[^A-Z0-9_]LIMIT [^ ,()]+ ?,/)
		fail(signature_line, name ": OFFSET - continue after a key instead")
	if (verb == "rows" && !has_word("LIMIT"))
		fail(signature_line, name " is a list without LIMIT")
	# Leases and what machines say of themselves are between machines, whose clocks may differ.
	if (name !~ /^(lease|machine)_/ && (has_word("(NOW|SYSDATE|CURDATE|CURTIME|UNIX_TIMESTAMP) ?\\( ?[0-9]? ?\\)") || \
	    has_word("(CURRENT_TIMESTAMP|CURRENT_DATE|CURRENT_TIME|LOCALTIME|LOCALTIMESTAMP)") || \
	    has_word("(UTC_TIMESTAMP|UTC_DATE|UTC_TIME)")))
		fail(signature_line, name ": the time is the input :now, not the server's clock")
	if (length(text) > 4000)
		fail(signature_line, name " is longer than 4000 characters")
	write_h()
	write_c()
	table = table "\t&" name "_statement,\n"
	table_n++
	signature = name = ""
}

# What is written.

function begin_files(    i, counts, slots) {
	for (i = MOST; i >= 1; i--) {
		counts = counts (i % 20 == 0 ? " \\\n\t    " : " ") i ","
		slots = slots (i % 10 == 0 ? " \\\n    " : " ") "a" i ","
	}
	print "/* sql.h - the declared statements, as calls: made by db/sql2c.awk, do not edit. */" > new_h
	print "#ifndef SQL_H\n#define SQL_H\n\n#include \"db/db.h\"\n" > new_h
	print "/* An input without a name, or given twice, stops the compiler; elsewhere that is a warning. */" > new_h
	print "#ifdef __clang__" > new_h
	print "#define SQL_BY_NAME_" > new_h
	print "#pragma clang diagnostic error \"-Winitializer-overrides\"" > new_h
	print "#pragma clang diagnostic error \"-Wint-conversion\"" > new_h
	print "#else" > new_h
	print "#define SQL_BY_NAME_ __attribute__((designated_init))" > new_h
	print "#pragma GCC diagnostic error \"-Woverride-init\"" > new_h
	print "#pragma GCC diagnostic error \"-Wdesignated-init\"" > new_h
	print "#endif\n" > new_h
	print "/* How many inputs a call names, which must be all: expands to an expression without a value. A" > new_h
	print " * macro because only the preprocessor can count them. */" > new_h
	print "#define SQL_INPUTS_(count, ...)                                               \\" > new_h
	print "\t(void)sizeof(struct {                                                 \\" > new_h
	print "\t\t_Static_assert(SQL_COUNT_(__VA_ARGS__) == (count) &&          \\" > new_h
	print "\t\t        sizeof #__VA_ARGS__ > 1,                              \\" > new_h
	print "\t\t    \"give every input, by name\");                             \\" > new_h
	print "\t\tchar unused_;                                                 \\" > new_h
	print "\t})" > new_h
	print "#define SQL_COUNT_(...) \\\n\tSQL_PICK_(__VA_ARGS__," counts " 0)" > new_h
	print "#define SQL_PICK_(" substr(slots, 2) " n, ...) \\\n\tn\n" > new_h
	print "/* No input has this type: what is given without a name does not fit. */" > new_h
	print "struct sql_by_name;" > new_h

	print "/* sql.c - the declared statements: made by db/sql2c.awk, do not edit. */" > new_c
	print "#include \"" header "\"\n\n#include <stddef.h>" > new_c
}

function finish_files() {
	print "\n#endif" > new_h
	print "\nconst struct db_statement *const sql_statements[] = {\n" table "\tNULL,\n};" > new_c
	print "\nconst size_t sql_statements_n = " table_n + 0 ";" > new_c
}

function result_type() {
	if (verb == "one")
		return "const struct " row_of "_row *"
	return verb == "rows" ? "struct " row_of "_rows " : "int64_t "
}

function arguments(in_word, pointer) {
	return "(struct db *" in_word (in_n ? ", const struct " name "_in *" pointer : "") ")"
}

function write_h(    i) {
	print "\n/* " file ":" signature_line " */" > new_h
	if (row_n && row_of == name) {
		print "struct " name "_row {" > new_h
		for (i = 1; i <= row_n; i++)
			print "\t" CTYPES[row_type[i]] " " row_name[i] ";" > new_h
		print "};\nstruct " name "_rows {" > new_h
		print "\tconst struct " name "_row *at;\n\tsize_t n;\n};" > new_h
		print "extern const struct shape " name "_row_shape;" > new_h
	}
	if (in_n) {
		print "struct SQL_BY_NAME_ " name "_in {" > new_h
		print "\tconst struct sql_by_name *by_name_;" > new_h
		for (i = 1; i <= in_n; i++)
			print "\t" CTYPES[in_type[i]] " " in_name[i] ";" > new_h
		print "};" > new_h
	}
	print result_type() "sql_" name "_" arguments("", "") ";" > new_h
	if (!in_n) {
		print "#define sql_" name "(db) sql_" name "_(db)" > new_h
		return
	}
	print "#define sql_" name "(db, ...) \\" > new_h
	print "\t(SQL_INPUTS_(" in_n ", __VA_ARGS__), \\" > new_h
	print "\t    sql_" name "_(db, &(struct " name "_in){ __VA_ARGS__ }))" > new_h
}

function write_members(suffix, n, names, types, nulls,    i, list) {
	print "static const struct shape_member " name "_" suffix "_members[] = {" > new_c
	for (i = 1; i <= n; i++) {
		print "\t{ STR_INIT(\"" names[i] "\"), " KINDS[types[i]] ", offsetof(struct " \
		    name "_" suffix ", " names[i] "), NULL }," > new_c
		list = list (i > 1 ? ", " : "") (nulls[i] ? "true" : "false")
	}
	print "};" > new_c
	print "static const bool " name "_" suffix "_null[] = { " list " };" > new_c
	print (suffix == "in" ? "static " : "") "const struct shape " name "_" suffix "_shape = {" > new_c
	print "\tSTR_INIT(\"" name "_" suffix "\"), sizeof(struct " name "_" suffix "), " n ", " \
	    name "_" suffix "_members" > new_c
	print "};" > new_c
}

function write_c(    i, lines, n, s) {
	print "\n/* " file ":" signature_line " */" > new_c
	if (in_n) {
		write_members("in", in_n, in_name, in_type, in_null)
		print "static const unsigned char " name "_use[] = { " uses " };" > new_c
	}
	if (row_n && row_of == name)
		write_members("row", row_n, row_name, row_type, row_null)
	print "static const struct db_statement " name "_statement = {" > new_c
	print "\t.name = \"" name "\",\n\t.file = \"" file "\",\n\t.line = " signature_line "," > new_c
	print "\t.verb = " VERBS[verb] ",\n\t.index = " table_n + 0 "," > new_c
	n = split(text, lines, "\n")
	for (i = 1; i <= n; i++) {
		s = s "\n\t    \"" c_text(lines[i]) (i < n ? "\\n\"" : "\"")
	}
	print "\t.text = STR_INIT(" s ")," > new_c
	if (in_n) {
		print "\t.in = &" name "_in_shape,\n\t.use = " name "_use,\n\t.uses = " uses_n "," > new_c
		print "\t.in_null = " name "_in_null," > new_c
	}
	if (row_n)
		print "\t.row = &" row_of "_row_shape,\n\t.row_null = " row_of "_row_null," > new_c
	print "};" > new_c
	write_call()
}

# Not gsub: awks disagree about backslashes in what it puts in.
function c_text(s,    i, c, made) {
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		made = made (c == "\\" || c == "\"" ? "\\" : "") c
	}
	return made
}

function write_call(    given) {
	given = "(db, &" name "_statement, " (in_n ? "in" : "NULL") ")"
	print "\n" trim(result_type()) "\nsql_" name "_" arguments("db", "in") "\n{" > new_c
	if (verb == "one") {
		print "\treturn db_one_" given ";" > new_c
	} else if (verb == "rows") {
		print "\tstruct shape_list list = db_rows_" given ";\n" > new_c
		print "\treturn (struct " row_of "_rows){ list.at, list.n };" > new_c
	} else {
		print "\treturn db_run_" given ";" > new_c
	}
	print "}" > new_c
}
