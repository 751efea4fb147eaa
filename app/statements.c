/* statements.c - all declared statements, compared with the columns of the database. */
#define _GNU_SOURCE
#include "statements.h"

#include "command.h"
#include "sql.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A fault is said by main(), as any other of a command is. */
static _Noreturn void
compare(struct arena *a, const struct settings *settings, size_t share)
{
	size_t from = sql_statements_n * share / STATEMENTS_PROCESSES;
	size_t to = sql_statements_n * (share + 1) / STATEMENTS_PROCESSES;
	struct db *db = db_open(a, &settings->db);

	db_bind(db, a);
	db_check(db, sql_statements + from, to - from);
	_exit(EXIT_DONE);
}

struct statements_check
statements_check(struct arena *a, const struct settings *settings)
{
	struct statements_check check;

	for (size_t i = 0; i < STATEMENTS_PROCESSES; i++) {
		check.at[i] = fork();
		if (check.at[i] < 0)
			fault(a->fault, "no process can be started: %s", strerror(errno));
		if (check.at[i] == 0)
			compare(a, settings, i);
	}
	return check;
}

bool
statements_fit(const struct statements_check *check)
{
	bool fit = true;

	for (size_t i = 0; i < STATEMENTS_PROCESSES; i++) {
		int status = -1;

		while (waitpid(check->at[i], &status, 0) < 0 && errno == EINTR)
			continue;
		if (!WIFEXITED(status))
			say_wrong("the statements were not compared to their end");
		fit &= status == EXIT_DONE;
	}
	return fit;
}
