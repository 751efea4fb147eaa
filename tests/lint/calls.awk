# calls.awk - what may be called nowhere, or in one place only.
#
# Comments and texts are taken out first. A line of the table: an expression over code, the files where it
# may stand ("" is nowhere), and what to say. Also here: no mutable globals, no TODO.

function rule(pattern, home, why) {
	PATTERN[++rules] = pattern
	HOME[rules] = home
	WHY[rules] = why
}

BEGIN {
	before = "(^|[^A-Za-z0-9_.>])"
	rule(before "(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|strtok_r|gets|alloca|sscanf|scanf)\\(", "",
	    "text is a str, built by fmt() or a buf")
	rule(before "(atoi|atol|atoll|atof)\\(", "", "numbers are read by str_int(), which says when there is none")
	rule(before "(setjmp|sigsetjmp|longjmp|siglongjmp)\\(", "^app/base/fault\\.c$", "leaving is fault(), coming back attempt()")
	rule(before "(malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf)\\(",
	    "^app/http/json\\.c$|^app/base/wipe\\.c$", "memory comes from the arena and is freed by nobody")
	rule(before "(pthread_[a-z_]+|thrd_[a-z]+|mtx_[a-z]+)\\(", "^app/(worker|dispatcher|dispatcher_take)\\.c$|^app/core/(permits|together)\\.c$",
	    "only worker, dispatcher, permits and together know that threads exist")
	rule(before "(fork|vfork|execl|execle|execlp|execv|execve|execvp|fexecve|posix_spawnp?)\\(",
	    "^app/(master|process|housekeeper|handover|reload|statements|main)\\.c$", "processes are made by the master")
	rule(before "(system|popen)\\(", "", "nothing is ever given to a shell")
	rule(before "(rand|random|srand|srandom|rand_r|drand48)\\(", "", "chance comes from base/random.h")
	rule(before "(localtime|localtime_r|mktime|strftime|gettimeofday)\\(", "", "times are UTC and come from base/clock.h")
	rule("#[ \\t]*include[ \\t]*<(mysql|mysqld_error|errmsg|mariadb)", "^app/db/", "only db/ knows the database's library")
	rule("#[ \\t]*include[ \\t]*<fcgi", "^app/http/fastcgi_parts\\.h$", "only http/fastcgi.c and fastcgi_send.c know libfcgi")
	rule("#[ \\t]*include[ \\t]*<(openssl/|argon2)", "^app/crypto/", "only crypto/ knows libcrypto and libargon2")
	rule("#[ \\t]*include[ \\t]*<jansson", "^app/http/json(_file)?\\.c$", "only http/json.c and json_file.c know the JSON library")
	rule("#[ \\t]*include[ \\t]*<curl", "^app/core/mail_send\\.c$", "only core/mail_send.c knows libcurl")
	rule("#[ \\t]*include[ \\t]*<seccomp", "^app/confine\\.c$", "only app/confine.c knows libseccomp")
	rule("#[ \\t]*include[ \\t]*<setjmp", "^app/base/fault\\.[ch]$", "setjmp stands in base/fault.c")
	rule("(^|[^A-Za-z_])goto[ \\t]", "", "no goto")
	rule("^[ \\t]*static [^()]*[^()=;]*(=[^=].*|;|\\{)$", "", "no mutable globals: const, or a member of something that is passed on")
}

# The line without its comments and texts; a comment may go on over lines.
function code_of(line,    out, i) {
	out = ""
	while (line != "") {
		if (in_comment) {
			i = index(line, "*/")
			if (!i)
				return out
			line = substr(line, i + 2)
			in_comment = 0
		} else if (match(line, /\/\*|\/\/|"|'/)) {
			out = out substr(line, 1, RSTART - 1)
			c = substr(line, RSTART, RLENGTH)
			line = substr(line, RSTART + RLENGTH)
			if (c == "//")
				return out
			if (c == "/*") {
				in_comment = 1
				continue
			}
			while (line != "" && substr(line, 1, 1) != c)
				line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
			line = substr(line, 2)
			out = out c c
		} else {
			return out line
		}
	}
	return out
}

FNR == 1 {
	in_comment = 0
}

/TODO|FIXME|XXX/ {
	print FILENAME ":" FNR ": unfinished work belongs in an issue, not in a comment"
}

{
	code = /^#[ \t]*include/ ? $0 : code_of($0)
	for (i = 1; i <= rules; i++)
		if (code ~ PATTERN[i] && !(HOME[i] != "" && FILENAME ~ HOME[i]) &&
		    !(i == rules && (code ~ /[^a-z_]const[^a-z_]/ || code ~ /_Thread_local|static inline|_Atomic const/)))
			print FILENAME ":" FNR ": " WHY[i]
}
