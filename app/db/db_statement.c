/* db_statement.c - a declared statement: prepared once for each connection, executed, read into rows. */
#include "db/db_parts.h"

#include "base/clock.h"

#include <string.h>

/* What one column is fetched into; texts are fetched by their length afterwards. */
union cell {
	int64_t number;
	MYSQL_TIME time;
};

/* One execution. The arrays are in the arena and stay where they are: binds point into themselves. */
struct call {
	const struct db_statement *statement;
	const void *inputs;
	MYSQL_BIND *in, *out;
	union cell *cells;
	MYSQL_STMT *handle;
};

const char *
db_name(struct db *db, const struct db_statement *s)
{
	return str_c(db->arena, fmt(db->arena, "%s:%d: %s", s->file, s->line, s->name));
}

static bool
reads(const struct db_statement *s)
{
	return s->verb == DB_ONE || s->verb == DB_ROWS;
}

/* Inputs. */

static void
bind_time(struct db *db, MYSQL_BIND *b, int64_t time)
{
	MYSQL_TIME *to = NEW(db->arena, MYSQL_TIME, 1);
	struct clock_parts p = clock_split(time);

	to->year = (unsigned)p.year;
	to->month = (unsigned)p.month;
	to->day = (unsigned)p.day;
	to->hour = (unsigned)p.hour;
	to->minute = (unsigned)p.minute;
	to->second = (unsigned)p.second;
	to->second_part = (unsigned long)p.microsecond;
	to->time_type = MYSQL_TIMESTAMP_DATETIME;
	b->buffer_type = MYSQL_TYPE_DATETIME;
	b->buffer = to;
}

static void
bind_text(MYSQL_BIND *b, str text)
{
	b->buffer_type = MYSQL_TYPE_STRING;
	b->buffer = (void *)(uintptr_t)(text.n ? text.at : "");
	b->buffer_length = text.n;
	b->length_value = text.n;
	b->length = &b->length_value;
}

static void
bind_number(struct db *db, MYSQL_BIND *b, int64_t number)
{
	int64_t *to = NEW(db->arena, int64_t, 1);

	*to = number;
	b->buffer_type = MYSQL_TYPE_LONGLONG;
	b->buffer = to;
}

static void
bind_in(struct db *db, struct call *call, size_t i)
{
	size_t use = call->statement->use[i];
	const struct shape_member *m = &call->statement->in->members[use];
	MYSQL_BIND *b = &call->in[i];
	bool empty;

	if (m->kind == SHAPE_TEXT) {
		str text = SHAPE_TEXT_OF(call->inputs, m);
		empty = text.n == 0;
		bind_text(b, text);
	} else if (m->kind == SHAPE_FLAG) {
		empty = false;
		bind_number(db, b, SHAPE_FLAG_OF(call->inputs, m));
	} else {
		int64_t number = SHAPE_INT_OF(call->inputs, m);
		empty = number == 0;
		if (m->kind == SHAPE_TIME)
			bind_time(db, b, number);
		else
			bind_number(db, b, number);
	}
	b->is_null_value = call->statement->in_null[use] && empty;
	b->is_null = &b->is_null_value;
}

static void
bind_out(struct call *call, size_t i)
{
	enum shape_kind kind = call->statement->row->members[i].kind;
	MYSQL_BIND *b = &call->out[i];

	b->is_null = &b->is_null_value;
	b->error = &b->error_value;
	b->length = &b->length_value;
	if (kind == SHAPE_TEXT) {
		b->buffer_type = MYSQL_TYPE_STRING;
		return;
	}
	b->buffer_type = kind == SHAPE_TIME ? MYSQL_TYPE_DATETIME : MYSQL_TYPE_LONGLONG;
	b->buffer = &call->cells[i];
	b->buffer_length = sizeof call->cells[i];
}

static struct call
call_new(struct db *db, const struct db_statement *s, const void *inputs)
{
	struct call call = { .statement = s, .inputs = inputs };

	call.in = NEW(db->arena, MYSQL_BIND, s->uses);
	for (size_t i = 0; i < s->uses; i++)
		bind_in(db, &call, i);
	if (!s->row)
		return call;
	call.out = NEW(db->arena, MYSQL_BIND, s->row->n);
	call.cells = NEW(db->arena, union cell, s->row->n);
	for (size_t i = 0; i < s->row->n; i++)
		bind_out(&call, i);
	return call;
}

/* Execution. */

/* Each answer says whether the transaction is still open. A Galera node may end it for another one's sake and
 * keep silent about it; what came after would then stand by itself. 0, or a conflict's number. */
static unsigned
still_open(struct db *db)
{
	if (db->mode == DB_NONE || db->connection->server_status & SERVER_STATUS_IN_TRANS)
		return 0;
	db_say(db, "the server has ended the transaction");
	return ER_LOCK_DEADLOCK;
}

/* A transaction that ends while a statement is prepared: MariaDB 10.11 puts the error off, to the next
 * execution, and then forgets it (seen on Galera). So it is asked in between. */
static unsigned
prepared_in(struct db *db)
{
	if (db->mode != DB_NONE && mysql_ping(db->connection))
		return mysql_errno(db->connection);
	return still_open(db);
}

/* The one that was asked longest ago is closed. */
static void
make_room(struct db *db)
{
	struct db_ready *oldest = db->ready;

	for (struct db_ready *r = db->ready; r < db->ready + sql_statements_n; r++)
		if (r->handle && (!oldest->handle || r->asked < oldest->asked))
			oldest = r;
	mysql_stmt_close(oldest->handle);
	*oldest = (struct db_ready){ 0 };
	db->ready_n--;
}

static unsigned
prepare(struct db *db, struct call *call)
{
	struct db_ready *ready = &db->ready[call->statement->index];
	unsigned error;

	ready->asked = ++db->asked;
	call->handle = ready->handle;
	if (call->handle)
		return 0;
	if (db->ready_n == DB_READY_MAX)
		make_room(db);
	call->handle = mysql_stmt_init(db->connection);
	if (!call->handle)
		return CR_OUT_OF_MEMORY; /* not tested: malloc cannot fail here */
	if (!mysql_stmt_prepare(call->handle, call->statement->text.at, call->statement->text.n)) {
		ready->handle = call->handle;
		db->ready_n++;
		return prepared_in(db);
	}
	error = mysql_stmt_errno(call->handle);
	db_say(db, mysql_stmt_error(call->handle));
	mysql_stmt_close(call->handle);
	return error;
}

/* 0, or the error's number. After it the client library holds all rows: nothing waits in the connection. */
static unsigned
run_once(struct db *db, struct call *call)
{
	unsigned error = db_connect(db);

	db->began = clock_monotonic();

	db_done(db);
	if (!error)
		error = prepare(db, call);
	if (error)
		return error;

	db->said[0] = '\0';
	db->sent = true;
	if (mysql_stmt_bind_param(call->handle, call->in) || mysql_stmt_execute(call->handle))
		return mysql_stmt_errno(call->handle);
	if (!call->out)
		return still_open(db);
	db->reading = call->handle;
	/* Galera reports a conflict here as well, at the end of a result. */
	if (mysql_stmt_bind_result(call->handle, call->out) ||
	    mysql_stmt_store_result(call->handle))
		return mysql_stmt_errno(call->handle);
	return still_open(db);
}

static unsigned
execute_once(struct db *db, struct call *call)
{
	unsigned error = run_once(db, call);

	db_note_loss(db, error);
	return error;
}

/* A statement outside a transaction may run again on a new connection when the old one was lost at once:
 * after a timeout only on another host, and never a change whose answer is missing. */
static bool
may_repeat(const struct db *db, const struct db_statement *s, unsigned error, int64_t began)
{
	if (db->mode != DB_NONE || !db->connection || !db_lost(db, error) ||
	    (clock_monotonic() - began > SECOND && !db_may_move(db)))
		return false;
	return reads(s) || error != CR_SERVER_LOST;
}

static void
check_place(struct db *db, const struct db_statement *s)
{
	if (db->over)
		fault_as(db->arena->fault, FAULT_CONFLICT, "%s: after the transaction failed",
		    db_name(db, s));
	if ((db->mode == DB_NONE || db->mode == DB_NOTE) && !reads(s) && s->verb != DB_QUIET)
		fault(db->arena->fault, "%s: a change that is audited needs a transaction",
		    db_name(db, s));
}

/* Returns the error that is an outcome of this verb, or 0. */
static unsigned
execute(struct db *db, struct call *call)
{
	const struct db_statement *s = call->statement;
	int64_t began = clock_monotonic();
	unsigned error;

	check_place(db, s);
	/* A change cannot be repeated when its answer is lost: ask before whether anybody listens. */
	if (db->mode == DB_NONE && !reads(s) && db->connection && mysql_ping(db->connection))
		db_drop(db);
	error = execute_once(db, call);
	if (may_repeat(db, s, error, began)) {
		db_drop(db);
		error = execute_once(db, call);
	}
	/* Its number is the next of a chain whose head is locked; on a cluster that lock may be taken away from a
	 * transaction that is kept all the same (Galera replays it). */
	if (error == ER_DUP_ENTRY && s->verb == DB_AUDIT && db->clustered)
		db_conflict(db, db_name(db, s), "its number is taken");
	if (error && !(error == ER_DUP_ENTRY && s->verb == DB_CLAIM))
		db_fail(db, db_name(db, s), error);
	db->executed++;
	return error;
}

int64_t
db_run_(struct db *db, const struct db_statement *s, const void *in)
{
	struct call call = call_new(db, s, in);
	unsigned error = execute(db, &call);
	int64_t rows, id;

	if (error)
		return 0;
	rows = (int64_t)mysql_stmt_affected_rows(call.handle);
	id = (int64_t)mysql_stmt_insert_id(call.handle);
	if (id)
		db->insert_id = id;
	if (s->verb == DB_AUDIT)
		db->audited = true;
	if ((s->verb == DB_RUN || s->verb == DB_CLAIM) && rows > 0 && !db->changed)
		db->changed = s->name;
	return rows;
}

/* Rows. */

static str
fetch_text(struct db *db, struct call *call, size_t i)
{
	size_t n = call->out[i].length_value;
	char *at = NEW(db->arena, char, n);
	MYSQL_BIND b = { .buffer_type = MYSQL_TYPE_STRING, .buffer = at, .buffer_length = n };

	b.length = &b.length_value;
	b.is_null = &b.is_null_value;
	b.error = &b.error_value;
	if (n && mysql_stmt_fetch_column(call->handle, &b, (unsigned)i, 0))
		/* not tested: the row is in this process's memory, nothing can fail */
		db_fail(db, db_name(db, call->statement), mysql_stmt_errno(call->handle));
	return (str){ at, n };
}

static int64_t
time_of(const MYSQL_TIME *t)
{
	return clock_join((struct clock_parts){ .year = (int)t->year,
	    .month = (int)t->month,
	    .day = (int)t->day,
	    .hour = (int)t->hour,
	    .minute = (int)t->minute,
	    .second = (int)t->second,
	    .microsecond = (int)t->second_part });
}

static void
read_column(struct db *db, struct call *call, size_t i, char *row)
{
	const struct shape_member *m = &call->statement->row->members[i];
	void *to = row + m->offset;

	if (call->out[i].is_null_value)
		return;
	if (m->kind == SHAPE_TEXT) {
		str text = fetch_text(db, call, i);
		memcpy(to, &text, sizeof text);
		return;
	}
	if (call->out[i].error_value)
		fault(db->arena->fault, "%s: a value of '%.*s' does not fit",
		    db_name(db, call->statement), STR(m->name));
	if (m->kind == SHAPE_FLAG) {
		bool flag = call->cells[i].number != 0;
		memcpy(to, &flag, sizeof flag);
	} else {
		int64_t number =
		    m->kind == SHAPE_TIME ? time_of(&call->cells[i].time) : call->cells[i].number;
		memcpy(to, &number, sizeof number);
	}
}

struct shape_list
db_rows_(struct db *db, const struct db_statement *s, const void *in)
{
	struct call call = call_new(db, s, in);
	struct shape_list list = { 0 };
	char *rows;

	execute(db, &call);
	list.n = (size_t)mysql_stmt_num_rows(call.handle);
	rows = arena_new(db->arena, s->row->size, alignof(max_align_t), list.n);
	list.at = rows;
	for (size_t i = 0; i < list.n; i++) {
		int fetched = mysql_stmt_fetch(call.handle);
		if (fetched != 0 && fetched != MYSQL_DATA_TRUNCATED)
			/* not tested: the rows are in this process's memory, nothing can fail */
			db_fail(db, db_name(db, s), mysql_stmt_errno(call.handle));
		for (size_t k = 0; k < s->row->n; k++)
			read_column(db, &call, k, rows + i * s->row->size);
	}
	db_done(db);
	return list;
}

const void *
db_one_(struct db *db, const struct db_statement *s, const void *in)
{
	struct shape_list list = db_rows_(db, s, in);

	if (list.n > 1)
		fault(db->arena->fault, "%s: %zu rows where one was expected", db_name(db, s),
		    list.n);
	return list.n ? list.at : NULL;
}
