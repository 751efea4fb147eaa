/* db_connect.c - one connection: how it is made, what its session is like, what its errors mean. */
#include "db/db_parts.h"

#include "base/clock.h"

#include <stdio.h>

enum {
	CONNECT_SECONDS = 2,
	/* Errors that not every client library's headers name. */
	ERROR_KILLED = 1927,        /* MariaDB: the connection was killed */
	ERROR_IDLE_TOO_LONG = 4031, /* MySQL: closed by wait_timeout */
	ERROR_TOOK_TOO_LONG = 1969, /* MariaDB: max_statement_time */
	ERROR_TOO_LONG = 3024,      /* MySQL: max_execution_time */
};

/* A cache for the subqueries of a statement is a temporary table for each of them, and costs more than what it saves:
 * none of ours asks twice for the same (MariaDB 10.11, 50 rows: 0.17 ms; other servers have no such switch). */
static const char session[] =
    "SET SESSION autocommit = 1, time_zone = '+00:00', innodb_lock_wait_timeout = 1, "
    "/*M! optimizer_switch = 'subquery_cache=off', */ "
    "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY'";

void
db_library_init(void)
{
	mysql_library_init(0, NULL, NULL);
}

void
db_thread_end(void)
{
	mysql_thread_end();
}

/* MYSQL_CLIENT_AUTHENTICATION_PLUGIN of <mysql/client_plugin.h>, which cannot be included in Debian 12: it
 * includes what is not there. */
enum { PROOF_PLUGIN = 2 };

void
db_warm(struct arena *a, const struct db_place *place)
{
	static const char *const proofs[] = { "mysql_native_password", "caching_sha2_password",
		"sha256_password", "client_ed25519" };
	struct db *db = db_open(a, place);
	MYSQL *none = mysql_init(NULL);

	for (size_t i = 0; none && i < sizeof proofs / sizeof proofs[0]; i++)
		mysql_client_find_plugin(none, proofs[i], PROOF_PLUGIN);
	mysql_close(none);
	db_alive(db);
	db_close(db);
}

void
db_say(struct db *db, const char *said)
{
	snprintf(db->said, sizeof db->said, "%s", said);
}

/* MYSQL_OPT_RECONNECT stays at its default, off: reconnecting unseen would lose transaction and session. */
static void
set_options(MYSQL *connection, const struct db_host *host, unsigned seconds)
{
	const unsigned connect = CONNECT_SECONDS, none = 0, tcp = MYSQL_PROTOCOL_TCP;

	mysql_options(connection, MYSQL_OPT_CONNECT_TIMEOUT, &connect);
	mysql_options(connection, MYSQL_OPT_READ_TIMEOUT, &seconds);
	mysql_options(connection, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
	mysql_options(connection, MYSQL_OPT_LOCAL_INFILE, &none);
	mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	/* Or the host "localhost" would mean a socket of the library's choice. */
	if (!host->socket)
		mysql_options(connection, MYSQL_OPT_PROTOCOL, &tcp);
}

static MYSQL *
dial(const struct db *db, const struct db_host *host, unsigned seconds)
{
	MYSQL *made = mysql_init(NULL);

	if (!made)
		return NULL; /* not tested: malloc cannot fail here */
	set_options(made, host, seconds);
	mysql_real_connect(made, host->host, db->user, db->password, db->name, host->port,
	    host->socket, CLIENT_FOUND_ROWS);
	return made;
}

MYSQL *
db_connect_for(const struct db *db, const struct db_host *host, unsigned seconds)
{
	MYSQL *made = dial(db, host, seconds);

	if (!made || mysql_errno(made) == 0)
		return made;
	mysql_close(made);
	return NULL;
}

/* What a server says about itself, as rows of a name and a value. */
struct standing {
	bool read_only, galera, ready;
};

static void
note_row(struct standing *s, str name, str value)
{
	if (str_eq(name, S("read_only")))
		s->read_only = !str_eq(value, S("OFF")) && !str_eq(value, S("0"));
	else if (str_eq(name, S("wsrep_provider")))
		s->galera = value.n && !str_eq(value, S("none"));
	else if (str_eq(name, S("wsrep_ready")))
		s->ready = str_eq(value, S("ON"));
}

static unsigned
ask_standing(MYSQL *connection, const char *text, struct standing *s)
{
	MYSQL_RES *rows;
	MYSQL_ROW row;

	if (mysql_query(connection, text))
		return mysql_errno(connection);
	rows = mysql_store_result(connection);
	while (rows && (row = mysql_fetch_row(rows)))
		if (row[0] && row[1])
			note_row(s, str_of(row[0]), str_of(row[1]));
	mysql_free_result(rows);
	return mysql_errno(connection);
}

/* A Galera node that was frozen and has just woken says that it is ready, and answers from its old state until
 * it hears that it was evicted. This SELECT waits until it has all that was committed, or fails. Only for one
 * that kept somebody waiting: while the cluster evicts another node, it would wait as well. */
static unsigned
catch_up(MYSQL *connection)
{
	static const char *const texts[] = { "SET SESSION wsrep_sync_wait = 1", "SELECT 1",
		"SET SESSION wsrep_sync_wait = DEFAULT" };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (mysql_query(connection, texts[i]))
			return mysql_errno(connection);
		mysql_free_result(mysql_store_result(connection));
	}
	return mysql_errno(connection);
}

/* An asynchronous replica would answer from the past, and a Galera node that is not of its cluster answers
 * nobody: neither is a server for us, though it takes connections. */
static unsigned
check_standing(struct db *db, const struct db_host *host, MYSQL *connection)
{
	struct standing s = { 0 };
	unsigned error = ask_standing(connection,
	    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'wsrep_provider')", &s);

	if (!error && s.galera)
		error = ask_standing(connection, "SHOW GLOBAL STATUS LIKE 'wsrep_ready'", &s);
	if (!error && s.galera && s.ready && atomic_load(&host->slow))
		error = catch_up(connection);
	if (error) {
		db_say(db, mysql_error(connection));
		return error;
	}
	db->clustered = s.galera || db->hosts->n > 1;
	if (s.read_only)
		db_say(db, "the server is read-only: a replica?");
	else if (s.galera && !s.ready)
		db_say(db, "the node is not part of its cluster");
	if (s.galera && !s.ready)
		return ER_UNKNOWN_COM_ERROR;
	return s.read_only ? ER_OPTION_PREVENTS_STATEMENT : 0;
}

unsigned
db_standing(struct db *db)
{
	return check_standing(db, &db->hosts->at[db->at], db->connection);
}

unsigned
db_connect_to(struct db *db, const struct db_host *host, MYSQL **connection)
{
	MYSQL *made = dial(db, host, db->read_timeout);
	unsigned error;

	if (!made)
		return CR_OUT_OF_MEMORY; /* not tested: malloc cannot fail here */
	if (mysql_errno(made) == 0 && !mysql_query(made, session) &&
	    !mysql_query(made, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")) {
		error = check_standing(db, host, made);
	} else {
		error = mysql_errno(made);
		db_say(db, mysql_error(made));
	}
	if (error)
		mysql_close(made);
	else
		*connection = made;
	return error;
}

void
db_done(struct db *db)
{
	if (db->reading)
		mysql_stmt_free_result(db->reading);
	db->reading = NULL;
}

void
db_drop(struct db *db)
{
	if (db->mode != DB_NONE)
		db->over = true;
	if (!db->connection)
		return;
	db->moved |= db->committed;
	db_done(db);
	for (size_t i = 0; i < sql_statements_n; i++) {
		if (db->ready[i].handle)
			mysql_stmt_close(db->ready[i].handle);
		db->ready[i] = (struct db_ready){ 0 };
	}
	db->ready_n = 0;
	mysql_close(db->connection);
	db->connection = NULL;
}

unsigned
db_ask(struct db *db, const char *text)
{
	unsigned error;

	if (!db->connection && db->mode != DB_NONE)
		return CR_SERVER_GONE_ERROR;
	error = db_connect(db);
	if (error)
		return error;
	db_done(db);
	db->began = clock_monotonic();
	if (!mysql_query(db->connection, text)) {
		/* Galera reports a conflict at the end of a result as well: ask for the number. */
		MYSQL_RES *rows = mysql_store_result(db->connection);

		if (rows)
			mysql_free_result(rows);
	}
	error = mysql_errno(db->connection);
	db_say(db, mysql_error(db->connection));
	db_note_loss(db, error);
	return error;
}

unsigned
db_ask_again(struct db *db, const char *text)
{
	bool had = db->connection != NULL;
	unsigned error = db_ask(db, text);

	if (!had || !db_lost(db, error))
		return error;
	db_drop(db);
	return db_ask(db, text);
}

bool
db_only_reads(unsigned error)
{
	return error == ER_OPTION_PREVENTS_STATEMENT || error == ER_READ_ONLY_MODE ||
	       error == ER_OPEN_AS_READONLY;
}

bool
db_lost(const struct db *db, unsigned error)
{
	switch (error) {
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_SERVER_LOST_EXTENDED:
	case ERROR_KILLED:
	case ER_SERVER_SHUTDOWN:
	case ERROR_IDLE_TOO_LONG:
	case ER_UNKNOWN_STMT_HANDLER:
	case ER_UNKNOWN_COM_ERROR:               /* Galera: a node without its cluster */
	case ER_MAX_PREPARED_STMT_COUNT_REACHED: /* a new connection begins with none */
	case ER_NEED_REPREPARE:                  /* a table was changed again and again */
		return true;
	default:
		return db->hosts->n > 1 && db_only_reads(error);
	}
}

/* What is over once somebody has made room, given a privilege or let the server write: the statement is no worse for it.
 * ER_GET_ERRNO is of the storage engine, most often that the disk is full; privileges may come after a migration. */
static bool
passes(unsigned error)
{
	static const unsigned all[] = { ER_DISK_FULL, ER_ERROR_ON_WRITE, ER_GET_ERRNO,
		ER_RECORD_FILE_FULL, ER_LOCK_TABLE_FULL, ER_OUTOFMEMORY, ER_OUT_OF_SORTMEMORY,
		ER_OUT_OF_RESOURCES, ER_CANT_CREATE_THREAD, ER_CON_COUNT_ERROR,
		ER_TOO_MANY_USER_CONNECTIONS, ER_TOO_MANY_CONCURRENT_TRXS, ER_USER_LIMIT_REACHED,
		ER_DBACCESS_DENIED_ERROR, ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR,
		ER_PROCACCESS_DENIED_ERROR, ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION,
		ER_QUERY_INTERRUPTED, ERROR_TOOK_TOO_LONG, ERROR_TOO_LONG };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i] == error)
			return true;
	return db_only_reads(error);
}

/* Outside a transaction a lost connection was tried again already; inside one nothing has happened. */
static enum fault_kind
kind_of(const struct db *db, unsigned error)
{
	if (db_lost(db, error))
		return db->mode == DB_NONE ? FAULT_DATABASE : FAULT_CONFLICT;
	switch (error) {
	case ER_LOCK_DEADLOCK:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_CHECKREAD:
	case ER_ERROR_DURING_COMMIT:
	case ER_NO_REFERENCED_ROW_2: /* what was read has been removed meanwhile */
	case ER_ROW_IS_REFERENCED_2: /* somebody refers to it by now */
		return FAULT_CONFLICT;
	default:
		return db->connection && !passes(error) ? FAULT_PROGRAM : FAULT_DATABASE;
	}
}

void
db_fail(struct db *db, const char *what, unsigned error)
{
	enum fault_kind kind = kind_of(db, error);

	if (db_lost(db, error))
		db_drop(db);
	if (db->mode != DB_NONE)
		db->over = true;
	if (error == ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION && db->mode == DB_READ)
		fault(db->arena->fault, "%s: a change in a read-only transaction", what);
	fault_as(db->arena->fault, kind, "%s: database error %u%s%s", what, error,
	    db->said[0] ? ": " : "", db->said);
}

void
db_conflict(struct db *db, const char *what, const char *why)
{
	db->over = true;
	fault_as(db->arena->fault, FAULT_CONFLICT, "%s: %s", what, why);
}
