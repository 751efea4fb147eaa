/* db.c - a thread's database: opened, bound to a request, and the request's transaction. */
#include "db/db.h"

#include "base/wipe.h"
#include "db/db_parts.h"

/* A Galera cluster evicts a node that is gone after a little more than 6 s (evs.suspect_timeout and a check in
 * between: measured), and a COMMIT waits for that. Longer would only keep those waiting who ask a node that is
 * frozen. */
enum { READ_SECONDS = 10, READ_ONE_OF_MANY_SECONDS = 7 };

/* Sent or refused as a whole: everything else that loses the connection at COMMIT leaves it unknown. */
static bool
never_committed(unsigned error)
{
	return error == CR_SERVER_GONE_ERROR || error == ER_UNKNOWN_COM_ERROR ||
	       db_only_reads(error);
}

static const char *
text_or_null(struct arena *a, str s)
{
	return s.n ? str_c(a, s) : NULL;
}

struct db *
db_open(struct arena *start, const struct db_place *place)
{
	struct db *db = NEW(start, struct db, 1);

	db->arena = start;
	db->hosts = db_hosts_make(start, place);
	db->name = text_or_null(start, place->name);
	db->user = text_or_null(start, place->user);
	db->password = text_or_null(start, place->password);
	db->read_timeout = (unsigned)place->read_timeout_seconds;
	if (!db->read_timeout)
		db->read_timeout = db->hosts->n > 1 ? READ_ONE_OF_MANY_SECONDS : READ_SECONDS;
	db->ready = NEW(start, struct db_ready, sql_statements_n);
	return db;
}

struct db *
db_another(struct arena *start, const struct db *first)
{
	struct db *db = NEW(start, struct db, 1);

	db->arena = start;
	db->hosts = first->hosts;
	db->name = first->name;
	db->user = first->user;
	db->password = first->password;
	db->read_timeout = first->read_timeout;
	db->commits = first->commits;
	db->ready = NEW(start, struct db_ready, sql_statements_n);
	return db;
}

void
db_count_commits(struct db *db, _Atomic uint64_t *commits)
{
	db->commits = commits;
}

void
db_committed(struct db *db)
{
	if (db->commits)
		atomic_fetch_add(db->commits, 1);
}

void
db_close(struct db *db)
{
	db_drop(db);
}

bool
db_connected(const struct db *db)
{
	return db->connection != NULL;
}

void
db_bind(struct db *db, struct arena *a)
{
	db_done(db);
	db->arena = a;
	db->committed = db->moved = false;
	db_leave_shunned(db);
}

/* What was asked with, say a password typed as an e-mail address, is in the buffer until something longer
 * is sent. Both client libraries have it under these names. */
void
db_unbind(struct db *db)
{
	const NET *net;

	db_done(db);
	if (!db->connection)
		return;
	net = &db->connection->net;
	if (net->buff && db->sent)
		wipe(net->buff, (size_t)(net->buff_end - net->buff));
	db->sent = false;
}

static void
end_transaction(struct db *db)
{
	db_done(db);
	db->mode = DB_NONE;
	db->over = false;
	db->audited = false;
	db->changed = NULL;
}

void
db_begin(struct db *db, enum db_mode mode)
{
	const char *text = mode == DB_READ ? "START TRANSACTION READ ONLY" : "START TRANSACTION";
	unsigned error;

	if (db->mode != DB_NONE)
		fault(db->arena->fault, "a transaction begun within another");
	if (mode == DB_NONE)
		return;
	error = db_ask_again(db, text);
	if (error)
		db_fail(db, text, error);
	db->mode = mode;
}

void
db_commit(struct db *db)
{
	unsigned error;

	if (db->mode == DB_NONE)
		return;
	if (db->over)
		fault_as(db->arena->fault, FAULT_CONFLICT, "COMMIT after the transaction failed");
	if (db->changed && !db->audited)
		fault(
		    db->arena->fault, "rows were changed without an audit entry: %s", db->changed);

	error = db_ask(db, "COMMIT");
	if (db->mode == DB_WRITE)
		db_committed(db);
	if (error && db->mode == DB_READ) {
		/* All was read and nothing is to be kept: the answer stands. */
		db_drop(db);
	} else if (db_lost(db, error) && !never_committed(error)) {
		db_drop(db);
		fault_as(db->arena->fault, FAULT_UNKNOWN,
		    "no answer to COMMIT (database error %u): kept or not, nobody knows", error);
	} else if (error) {
		db_fail(db, "COMMIT", error);
	}
	db->committed |= db->mode == DB_WRITE;
	end_transaction(db);
}

void
db_rollback(struct db *db)
{
	if (db->mode != DB_NONE && db->connection && db_ask(db, "ROLLBACK") != 0)
		db_drop(db);
	end_transaction(db);
}

bool
db_within(const struct db *db)
{
	return db->mode != DB_NONE;
}

bool
db_changed(const struct db *db)
{
	return db->changed != NULL;
}

int64_t
db_insert_id(const struct db *db)
{
	return db->insert_id;
}

int64_t
db_executed(const struct db *db)
{
	return db->executed;
}

bool
db_alive(struct db *db)
{
	unsigned error;

	db_look(db);
	error = db_ask_again(db, "SELECT 1");
	if (error)
		db_drop(db);
	return error == 0;
}
