/* doctor_database.c - what the doctor asks the database: what it is, how it is set, what we may do, who are operators. */
#include "doctor.h"

#include "db/migrate.h"
#include "sql.h"

#include <inttypes.h>
#include <stdlib.h>

static const int64_t clock_warn = 2 * SECOND;

static void
ok(struct doctor *d, str says)
{
	doctor_says(d, DOCTOR_OK, says, (str){ 0 });
}

static void
ask_server(void *arg)
{
	struct doctor *d = arg;

	d->asked_at = clock_now();
	d->server = sql_machine_database(d->desk->db);
}

void
doctor_database(struct doctor *d)
{
	struct fault *fault = d->arena->fault;

	d->database = attempt(fault, ask_server, d);
	if (d->database)
		ok(d, fmt(d->arena, "%.*s %.*s", STR(d->server->version), STR(d->server->comment)));
	else
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena, "nothing in it was looked at: %s", fault->what),
		    S("Start it, or look at KEYDESK_DB_SOCKET, KEYDESK_DB_HOST, the account and "
		      "its "
		      "password file."));
}

/* "10.11.6-MariaDB" as 1011; 0 when it is no number. */
static int64_t
version_of(str text)
{
	str rest;
	int64_t first = 0, second = 0;

	if (!str_int(str_cut(text, '.', &rest), &first) ||
	    !str_int(str_cut(rest, '.', &rest), &second))
		return 0;
	return first * 100 + second;
}

void
doctor_server(struct doctor *d)
{
	bool mariadb = str_find(d->server->version, S("MariaDB")) < d->server->version.n;
	bool old = version_of(d->server->version) < (mariadb ? 1006 : 800);
	bool strict = str_find(d->server->modes, S("STRICT_ALL_TABLES")) < d->server->modes.n;

	if (old)
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena, "%.*s is too old", STR(d->server->version)),
		    S("MariaDB 10.6 or later, or MySQL 8.0 or later."));
	if (!strict || !str_eq(d->server->zone, S("+00:00")))
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena,
			"the session is not as it was asked for: time zone %.*s, mode %.*s",
			STR(d->server->zone), STR(d->server->modes)),
		    S("Look what stands between the program and the database."));
	else if (!old)
		ok(d, S("takes writes; the session has UTC and is strict"));
}

void
doctor_clock(struct doctor *d)
{
	int64_t ahead = d->asked_at - d->server->clock;

	if (llabs(ahead) > clock_warn)
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena, "this machine's clock is %.*s %s the database's",
			STR(clock_span(d->arena, llabs(ahead))), ahead > 0 ? "ahead of" : "behind"),
		    S("Let both follow one source of time."));
	else
		ok(d, S("this machine's and the database's agree"));
}

void
doctor_durability(struct doctor *d)
{
	if (!str_eq(d->server->flush, S("1")))
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena,
			"innodb_flush_log_at_trx_commit is %.*s: a power cut can take back what "
			"was "
			"acknowledged, a revocation too",
			STR(d->server->flush)),
		    S("Set it to 1."));
	else
		ok(d, S("each commit is on disk before it is acknowledged"));
}

void
doctor_schema(struct doctor *d)
{
	int newest = migrate_newest(d->arena, str_c(d->arena, d->settings->schema));
	int current = migrate_current(d->arena, &d->settings->db);

	d->schema = current == newest;
	if (d->schema)
		ok(d, fmt(d->arena, "%d, the newest", current));
	else
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena, "the database is at %d, the program at %d", current, newest),
		    current < newest
			? S("Run keydesk migrate, then app/deploy/grants.sql again.")
			: S("The program is older than its database: install the newer one."));
}

void
doctor_statements(struct doctor *d)
{
	db_check(d->desk->db, sql_statements, sql_statements_n);
	ok(d, fmt(d->arena, "all %zu fit the tables", sql_statements_n));
}

void
doctor_rights(struct doctor *d)
{
	static const struct {
		enum db_right right;
		const char *what;
	} rights[] = {
		{ DB_MAY_CHANGE_AUDIT, "change entries of the audit log" },
		{ DB_MAY_REMOVE_AUDIT, "remove entries of the audit log" },
		{ DB_MAY_CREATE, "make tables" },
		{ DB_MAY_ALTER, "change tables" },
		{ DB_MAY_DROP, "remove tables" },
	};
	bool more = false;

	for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++) {
		if (!db_may(d->desk->db, rights[i].right))
			continue;
		more = true;
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena, "the account that serves, %.*s, may %s",
			STR(d->settings->db.user), rights[i].what),
		    S("Give it what app/deploy/grants.sql prints, and nothing else."));
	}
	if (!more)
		ok(d, fmt(d->arena, "%.*s changes neither tables nor the audit log",
			  STR(d->settings->db.user)));
}

/* Who has left, and would come in again. */
static void
operator_gone(struct doctor *d, const struct operator_list_row *row)
{
	doctor_says(d, DOCTOR_WARN,
	    fmt(d->arena, "%.*s is an operator and has left each organization", STR(row->email)),
	    fmt(d->arena, "If they have left for good: keydesk operator end --email %.*s",
		STR(row->email)));
}

void
doctor_operators(struct doctor *d)
{
	struct operator_list_rows rows = sql_operator_list(d->desk->db);

	for (size_t i = 0; i < rows.n; i++)
		if (rows.at[i].gone)
			operator_gone(d, &rows.at[i]);
	if (rows.n)
		ok(d, fmt(d->arena, "%zu", rows.n));
	else if (sql_installation_get(d->desk->db))
		doctor_says(d, DOCTOR_WARN, S("nobody is an operator"),
		    S("Name one: keydesk operator add --email A"));
}
