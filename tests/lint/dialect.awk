# dialect.awk - one SQL for MariaDB and MySQL, and the habits of statements: dialect.awk FILE.sql...
#
# Measured on MariaDB 10.11 and MySQL 9.7: what is refused here is an error on one of them, or on a cluster.
# Comments and quoted texts are taken out first; matching is in capitals.

function rule(pattern, why) {
	PATTERN[++rules] = pattern
	WHY[rules] = why
}

BEGIN {
	b = "(^|[^A-Z0-9_:`])"
	e = "([^A-Z0-9_`]|$)"
	rule(b "RETURNING" e, "RETURNING is MariaDB's alone")
	rule(b "AS +NEW" e, "upserts with AS new are MySQL's alone; VALUES() works on both")
	rule(b "FOR +SHARE" e, "FOR SHARE is MySQL's alone")
	rule(b "SEQUENCE" e, "sequences are MariaDB's alone")
	rule(b "UUID" e, "the type UUID is MariaDB's alone; BINARY(16)")
	rule("(ADD|DROP|MODIFY|CHANGE)( +COLUMN)? +IF +(NOT +)?EXISTS", "IF EXISTS on columns is MariaDB's alone")
	rule("INDEX +IF +(NOT +)?EXISTS", "IF EXISTS on indexes is MariaDB's alone")
	rule("(KEY|INDEX)[^(]*\\( *\\(", "functional indexes are MySQL's alone")
	rule("(0900|UCA1400)_", "this collation is one vendor's alone; utf8mb4_bin")
	rule(b "(RANK|SYSTEM|GROUPS)" e, "RANK, SYSTEM and GROUPS are reserved on MySQL")
	rule("SELECT +(DISTINCT +)?([A-Z_]+\\.)?\\*", "name the columns")
	rule(b "OFFSET" e, "pages continue after a key, not with OFFSET")
	rule(b "(NOW|SYSDATE|CURDATE|UTC_TIMESTAMP|CURRENT_TIMESTAMP|UNIX_TIMESTAMP) *\\(|CURRENT_TIMESTAMP",
	    "the time is the input :now, so that a test can set it")
	rule("GET_LOCK", "GET_LOCK is granted on two nodes of a cluster at once")
	rule(b "(TRIGGER|PROCEDURE|EVENT)" e, "what the program does stands in the program")
	rule("ENGINE *= *(MYISAM|ARIA|MEMORY)", "tables are InnoDB")
}

# By their own name is called who has come. Whoever has done something, or was shown a secret, has.
function names(  t, n, i, is_user, acted, user_of, u) {
	gsub(/[(),=;]/, " & ", text)
	n = split(text, t, " ")
	for (i = 1; i <= n; i++) {
		if (t[i] == "USER" && t[i - 1] ~ /^(FROM|JOIN)$/) {
			is_user[t[i + 1]] = 1
			if (t[i + 2] == "ON" && t[i + 5] ~ /_BY$|^E\.USER_ID$/)
				acted[t[i + 1]] = 1
		}
		if (t[i] == "PERSON" && t[i + 2] == "ON" && sub(/\.PERSON_ID$/, "", t[i + 5]))
			user_of[t[i + 1] ".NAME"] = t[i + 5]
	}
	for (i = 1; i <= n; i++) {
		u = t[i] in user_of ? user_of[t[i]] : ""
		if (u in is_user && !(u in acted) && t[i - 2] != u ".CALLED") {
			print file ":" declared ": who may not have come is COALESCE(" tolower(u) ".called, " tolower(t[i]) ")"
			return
		}
	}
}

function end_statement() {
	if (verb == "rows" && text !~ /LIMIT/)
		print file ":" declared ": a list has a LIMIT"
	if (verb != "")
		names()
	verb = text = ""
}

FNR == 1 {
	end_statement()
	file = FILENAME
}

/^-- (one|rows|run|quiet|claim|audit) [a-z0-9_]+ *\(/ {
	end_statement()
	verb = $2
	declared = FNR
	next
}

{
	line = toupper($0)
	gsub(/'[^']*'/, "''", line)
	sub(/--.*/, "", line)
	text = text " " line
	for (i = 1; i <= rules; i++)
		if (line ~ PATTERN[i] && !(FILENAME ~ /core\/(lease|machine)\.sql$/ && WHY[i] ~ /^the time/))
			print FILENAME ":" FNR ": " WHY[i]
}

END {
	end_statement()
}
