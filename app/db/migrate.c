/* migrate.c - brings a database to the newest schema/.
 *
 * A file holds statements, each ended by a ; at the end of a line; a line of -- is a comment. Table
 * migration has a row for each file: how many of its statements are done, and ran_at once all are. A
 * data statement and its step are one transaction. A table statement commits by itself, so after a crash
 * between the two it may be there already: then, and only then, "exists already" is no failure.
 *
 * The lock is a row of table migration_lock, which holds on a cluster too; GET_LOCK alone does not, as
 * each node grants it. A holder says after each statement that it is alive. Its row is taken over after
 * STALE_MINUTES without that, or at once on the same server, where GET_LOCK, which ends with its
 * connection, shows that nobody else is at work. So no single statement may take STALE_MINUTES.
 */
#define _GNU_SOURCE
#include "db/migrate.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/db_parts.h"
#include "db/schema.h"

#include <string.h>
#include <time.h>

enum { STATEMENT_SECONDS = 3600, CONFLICT_SECONDS = 30, CONFLICT_WAIT_MS = 20 };
#define STALE_MINUTES "10"

struct migration {
	struct arena *arena;
	const char *folder;
	struct db *db;
	const char *database;
	const struct schema_file *file; /* that is running */
	unsigned long locked;           /* by the connection of this number; 0: not yet */
	bool within;                    /* a transaction */
	int answer;
};

/* The database. */

/* Whether to do anew what has met another node's statement about the same table: nothing has happened. */
static bool
again(int64_t until)
{
	struct timespec t = { 0, CONFLICT_WAIT_MS * 1000000L };

	nanosleep(&t, NULL);
	return clock_monotonic() < until;
}

/* Runs it, or faults with what the server says. A conflict within a transaction ends all of that: see
 * run_statement(). */
static void
run(struct migration *m, str text)
{
	int64_t until = clock_monotonic() + CONFLICT_SECONDS * SECOND;
	unsigned error;

	do
		error = db_ask(m->db, str_c(m->arena, text));
	while (error == ER_LOCK_DEADLOCK && !m->within && again(until));
	if (error)
		db_fail(m->db, "migration", error);
}

/* The number that a SELECT gives, -1 for NULL. 0, or the error's number. */
static unsigned
ask_number(struct migration *m, const char *text, int64_t *number)
{
	MYSQL *connection = m->db->connection;
	MYSQL_RES *rows;
	MYSQL_ROW row;

	*number = -1;
	if (!mysql_query(connection, text)) {
		rows = mysql_store_result(connection);
		row = rows ? mysql_fetch_row(rows) : NULL;
		if (row && row[0])
			str_int(str_of(row[0]), number);
		if (rows)
			mysql_free_result(rows);
	}
	db_say(m->db, mysql_error(connection));
	return mysql_errno(connection);
}

static int64_t
number_of(struct migration *m, str text)
{
	int64_t number;
	unsigned error = ask_number(m, str_c(m->arena, text), &number);

	if (error)
		db_fail(m->db, "migration", error);
	return number;
}

static void
make_database(struct migration *m)
{
	unsigned error = db_connect(m->db);

	if (error == ER_BAD_DB_ERROR) {
		m->db->name = NULL;
		error = db_connect(m->db);
	}
	if (error)
		db_fail(m->db, "migration", error);
	if (!m->db->name) {
		if (strpbrk(m->database, "`\\"))
			fault(m->arena->fault, "not a name for a database");
		run(m, fmt(m->arena,
			   "CREATE DATABASE IF NOT EXISTS `%s` CHARACTER SET utf8mb4 COLLATE "
			   "utf8mb4_bin",
			   m->database));
		run(m, fmt(m->arena, "USE `%s`", m->database));
	}
	/* Waiting for a table longer than this would hold up everybody who comes after. */
	run(m, S("SET SESSION lock_wait_timeout = 30"));
	run(m, S("CREATE TABLE IF NOT EXISTS migration ("
		 "number INT NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, "
		 "checksum CHAR(64) NOT NULL, steps INT NOT NULL, ran_at DATETIME(6)"
		 ") ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
	run(m, S("CREATE TABLE IF NOT EXISTS migration_lock ("
		 "id INT NOT NULL PRIMARY KEY, holder VARCHAR(255) NOT NULL, "
		 "beat_at DATETIME(6) NOT NULL"
		 ") ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
}

/* The lock. A server is told from the others of its cluster by where it keeps its data. */

#define THIS_SERVER "LEFT(CONCAT(@@hostname, ':', @@port, ':', @@datadir), 255)"

static const char take_free[] = "INSERT INTO migration_lock (id, holder, beat_at) "
				"VALUES (1, " THIS_SERVER ", UTC_TIMESTAMP(6))";
static const char take_over[] =
    "UPDATE migration_lock SET holder = " THIS_SERVER ", beat_at = UTC_TIMESTAMP(6) "
    "WHERE id = 1 AND (holder = " THIS_SERVER
    " OR beat_at < UTC_TIMESTAMP(6) - INTERVAL " STALE_MINUTES " MINUTE)";

static bool
take_row(struct migration *m)
{
	unsigned error = db_ask(m->db, take_free);

	if (error == ER_DUP_ENTRY)
		error = db_ask(m->db, take_over);
	if (error == ER_LOCK_DEADLOCK || error == ER_LOCK_WAIT_TIMEOUT)
		return false;
	if (error)
		db_fail(m->db, "migration_lock", error);
	return mysql_affected_rows(m->db->connection) == 1;
}

static void
take_lock(struct migration *m)
{
	while (number_of(m, S("SELECT GET_LOCK(CONCAT('keydesk.', SHA1(DATABASE())), 1)")) != 1)
		log_say("waiting for a migration on this server");
	while (!take_row(m)) {
		log_say("waiting for a migration on another server");
		run(m, S("DO SLEEP(0.5)"));
	}
	m->locked = mysql_thread_id(m->db->connection);
}

static void
stay_alive(struct migration *m)
{
	run(m, S("UPDATE migration_lock SET beat_at = UTC_TIMESTAMP(6) "
		 "WHERE id = 1 AND holder = " THIS_SERVER));
	if (mysql_affected_rows(m->db->connection) != 1)
		fault_as(m->arena->fault, FAULT_DATABASE, "another server has taken over");
}

/* The files. */

/* Of a foreign key the server says it in words only. */
static bool
is_there_already(const struct db *db, unsigned error)
{
	switch (error) {
	case ER_TABLE_EXISTS_ERROR:
	case ER_BAD_TABLE_ERROR:
	case ER_DUP_FIELDNAME:
	case ER_DUP_KEYNAME:
	case ER_DUP_CONSTRAINT_NAME:
	case ER_CANT_DROP_FIELD_OR_KEY:
		return true;
	case ER_CANT_CREATE_TABLE:
		return strstr(db->said, "errno: 121") != NULL;
	default:
		return false;
	}
}

struct step {
	struct migration *m;
	int number;
	str text;
	bool again; /* it may have been done */
};

static void
step_work(void *arg)
{
	const struct step *step = arg;
	struct migration *m = step->m;
	str what = fmt(m->arena, "%s/%s: statement %d", m->folder, m->file->name, step->number);
	unsigned error;

	run(m, S("START TRANSACTION"));
	m->within = true;
	error = db_ask(m->db, str_c(m->arena, step->text));
	if (error && !(step->again && is_there_already(m->db, error)))
		db_fail(m->db, str_c(m->arena, what), error);
	run(m, fmt(m->arena, "UPDATE migration SET steps = %d WHERE number = %d", step->number,
		   m->file->number));
	stay_alive(m);
	run(m, S("COMMIT"));
}

/* On a cluster another node's CREATE TABLE IF NOT EXISTS, of who waits for the lock, takes the transaction away. */
static void
run_statement(struct step step)
{
	struct fault *f = step.m->arena->fault;
	int64_t until = clock_monotonic() + CONFLICT_SECONDS * SECOND;
	char what[sizeof f->what];

	while (!attempt(f, step_work, &step)) {
		memcpy(what, f->what, sizeof what);
		step.m->within = false;
		db_ask(step.m->db, "ROLLBACK");
		if (f->kind != FAULT_CONFLICT || !again(until))
			fault_(f, f->kind, f->file, f->line, "%s", what);
		step.again = true;
	}
	step.m->within = false;
}

static str
checksum_of(struct migration *m, str text)
{
	char *quoted = NEW(m->arena, char, text.n * 2 + 1);

	mysql_real_escape_string(m->db->connection, quoted, text.at, text.n);
	return fmt(m->arena, "SHA2('%s', 256)", quoted);
}

static bool
has_run(struct migration *m, const struct schema_file *file, str checksum)
{
	const char *ask = "SELECT COUNT(*) FROM migration WHERE ran_at IS NOT NULL";

	if (!number_of(m, fmt(m->arena, "%s AND number = %d", ask, file->number)))
		return false;
	if (!number_of(m, fmt(m->arena, "%s AND number = %d AND checksum = %.*s", ask, file->number,
			      STR(checksum))))
		fault(m->arena->fault, "%s/%s was changed after it ran", m->folder, file->name);
	return true;
}

static void
run_file(struct migration *m, const struct schema_file *file)
{
	str text = schema_read(m->arena, m->folder, file), statement;
	str checksum = checksum_of(m, text);
	int64_t done;
	int step = 0;

	if (has_run(m, file, checksum))
		return;
	m->file = file;
	done = number_of(
	    m, fmt(m->arena, "SELECT MAX(steps) FROM migration WHERE number = %d", file->number));
	run(m,
	    fmt(m->arena,
		"INSERT INTO migration (number, name, checksum, steps) VALUES (%d, '%s', %.*s, 0) "
		"ON DUPLICATE KEY UPDATE name = VALUES(name), checksum = VALUES(checksum)",
		file->number, file->name, STR(checksum)));
	while ((statement = schema_statement(m->arena, file, &text)).n)
		if (++step > done)
			run_statement(
			    (struct step){ m, step, statement, done >= 0 && step == done + 1 });
	run(m, fmt(m->arena, "UPDATE migration SET ran_at = UTC_TIMESTAMP(6) WHERE number = %d",
		   file->number));
	log_say("%s/%s has run", m->folder, file->name);
	m->answer++;
}

/* What is called from outside. */

static void
migrate(void *arg)
{
	struct migration *m = arg;
	struct schema_files files = schema_list(m->arena, m->folder);
	size_t mark;

	make_database(m);
	take_lock(m);
	mark = arena_mark(m->arena);
	for (size_t i = 0; i < files.n; i++) {
		run_file(m, &files.at[i]);
		arena_wipe(m->arena, mark);
	}
}

static void
find_current(void *arg)
{
	struct migration *m = arg;
	int64_t number;
	unsigned error = db_connect(m->db);

	/* What was migrated through another node of a cluster a moment ago counts. A server that does not
	 * know the variable is no such node. */
	if (!error)
		db_ask(m->db, "SET SESSION wsrep_sync_wait = 1");
	if (!error)
		error = ask_number(
		    m, "SELECT MAX(number) FROM migration WHERE ran_at IS NOT NULL", &number);
	if (error && error != ER_BAD_DB_ERROR && error != ER_NO_SUCH_TABLE)
		db_fail(m->db, "migration", error);
	m->answer = error || number < 0 ? 0 : (int)number;
}

/* Does the work and closes the connection, also when the work faults. */
static int
with_connection(struct migration *m, const struct db_place *place, void (*work)(void *))
{
	struct fault *f = m->arena->fault;
	char what[sizeof f->what];
	bool done;

	m->db = db_open(m->arena, place);
	m->database = m->db->name ? m->db->name : "";
	done = attempt(f, work, m);
	memcpy(what, f->what, sizeof what);
	/* On another connection than it was taken on the lock may be that of the next one. */
	if (m->db->connection && m->locked == mysql_thread_id(m->db->connection)) {
		db_ask(m->db, "ROLLBACK");
		db_ask(m->db, "DELETE FROM migration_lock WHERE id = 1 AND holder = " THIS_SERVER);
	}
	db_close(m->db);
	if (!done)
		fault_(f, f->kind, f->file, f->line, "%s", what);
	return m->answer;
}

int
migrate_run(struct arena *a, const struct db_place *place, const char *folder)
{
	struct migration m = { .arena = a, .folder = folder };
	struct db_place patient = *place;

	patient.read_timeout_seconds = STATEMENT_SECONDS;
	return with_connection(&m, &patient, migrate);
}

int
migrate_current(struct arena *a, const struct db_place *place)
{
	struct migration m = { .arena = a };

	return with_connection(&m, place, find_current);
}

int
migrate_newest(struct arena *a, const char *folder)
{
	struct schema_files files = schema_list(a, folder);

	return files.n ? files.at[files.n - 1].number : 0;
}
