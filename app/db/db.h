/* db.h - the connection to the database, its transaction and its typed statements.
 *
 * There is no function that takes SQL text. A statement is declared in a .sql file; db/sql2c.awk makes
 * sql_NAME(db, .input = ..., ...) of it in build/sql.h. A call that returns has worked: a lost database, or one
 * that is full, read-only or has not granted it yet, is FAULT_DATABASE; a deadlock, a failed certification, or a
 * row that came or went between two statements and that a foreign key minds is FAULT_CONFLICT; both are heard by serve().
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/shape.h"

struct db;

enum { DB_HOSTS_MAX = 16 };

/* Where the database is: paths of sockets, or hosts, each parted by commas or blanks; the first is
 * preferred. Several are the nodes of one cluster. */
struct db_place {
	str socket; /* when it is not empty, host and port do not count */
	str host;   /* NAME, NAME:PORT, [ADDRESS]:PORT */
	int port;   /* of those without one */
	str name, user, password;
	int read_timeout_seconds; /* 0: the default of 10, and of 7 where another can be asked */
};

/* What is wrong with the list, in words that go on with its setting's name; NULL when it is good. */
const char *db_place_wrong(const struct db_place *);

enum db_mode {
	DB_NONE, /* no transaction: each statement by itself */
	DB_READ, /* READ ONLY: the database refuses every change */
	DB_WRITE,
	DB_NOTE, /* quiet changes only, by which nothing is decided: its COMMIT is not counted */
};

/* Once in each process, before any thread: the client library's own set-up is not safe with threads. */
void db_library_init(void);

/* Gives back what the client library keeps for this thread. Last, in a thread that ends before its
 * process does. */
void db_thread_end(void);

/* For a process that may load nothing later: loads what proves an account, whichever way the server asks
 * for, and tries to connect once, which loads what finds hosts. Takes as long as that; never faults. */
void db_warm(struct arena *, const struct db_place *);

/* One for each thread. Nothing is connected yet; the first statement does that. In the start arena. */
struct db *db_open(struct arena *start, const struct db_place *);
void db_close(struct db *);

/* One more, for another thread, to the same hosts; the two share what is seen of them: one that has just
 * failed is not tried by the other. The first one must live as long. */
struct db *db_another(struct arena *start, const struct db *);

/* Whether it is connected now, which says nothing about the next moment. */
bool db_connected(const struct db *);

/* From here on *commits goes up by one after each COMMIT of a DB_WRITE, also after one whose answer is lost, before
 * anybody hears of it; and once more when db_confirm() is done, as another node may have answered from before
 * until then. Whoever has read the number before they asked, and finds it unchanged, knows that nothing was decided
 * since by those who count here. Those that db_another() makes count there too. */
void db_count_commits(struct db *, _Atomic uint64_t *commits);

/* From here on, rows live in this arena and faults go to its fault point. Once for each request. */
void db_bind(struct db *, struct arena *);

/* The request is over. Overwrites the connection's buffer, where its last statements and rows stand. Not
 * within a transaction. */
void db_unbind(struct db *);

/* Between two requests, when nobody waits: leaves a host that has become read-only, goes back to a host that is preferred and may be there again,
 * and asks one that kept db_confirm() waiting whether it still does. Takes up to 2 s when it is not, or does; one
 * thread of the process does that every 5 s. Never faults. */
void db_settle(struct db *);

/* After a FAULT_CONFLICT: whether there is another host to try, however long the lost one took. */
bool db_may_move(const struct db *);

/* The transaction of the request. READ COMMITTED, UTC, strict mode, innodb_lock_wait_timeout = 1. After
 * DB_NONE, commit and rollback do nothing, and a `run`, `claim` or `audit` is a fault: without a
 * transaction nobody would see that the audit entry is missing. So they are after DB_NOTE. db_rollback() never faults: it is
 * called after a fault. db_commit() faults when rows were changed by a `run` or `claim` and no `audit`
 * statement ran, and as FAULT_UNKNOWN when the connection is lost while it waits for the answer. A
 * connection lost before COMMIT is FAULT_CONFLICT (nothing has happened); one lost outside a
 * transaction is made anew, unseen. */
void db_begin(struct db *, enum db_mode);
void db_commit(struct db *);
void db_rollback(struct db *);

/* After COMMIT: whether every other host of the list has what was committed here. Asks each by a SELECT that
 * waits for it (Galera's wsrep_sync_wait), a second, or two until it is connected; one that took over a second is left
 * alone for 5 s, and then asked by one thread at a time, here or in db_settle(), until it answers. Bit n of the result
 * is set when host n has not said so, or was not asked. 0 when there is one host. Never faults. */
uint32_t db_confirm(struct db *);
size_t db_hosts_n(const struct db *);
str db_host_name(const struct db *, size_t at);

/* Whether there is a transaction now. */
bool db_within(const struct db *);

/* Whether a `run` or `claim` has changed rows in this transaction. */
bool db_changed(const struct db *);

/* The AUTO_INCREMENT value of the last INSERT of this connection. */
int64_t db_insert_id(const struct db *);

/* How many statements this connection has executed since it was opened: the tests' proof that a forged
 * secret asks nothing. */
int64_t db_executed(const struct db *);

/* Connects if need be and asks SELECT 1. False when there is no database; where there are several, one that has become
 * read-only is none. Never faults. */
bool db_alive(struct db *);

/* Whether the connection's account may make, change or remove tables, or change or remove entries of the
 * audit log. Outside a transaction. Faults when the answer is neither yes nor no. */
enum db_right {
	DB_MAY_CREATE,
	DB_MAY_ALTER,
	DB_MAY_DROP,
	DB_MAY_CHANGE_AUDIT,
	DB_MAY_REMOVE_AUDIT,
};
bool db_may(struct db *, enum db_right);

/* A declared statement: made by sql2c.awk, read by nobody else. */
enum db_verb {
	DB_ONE,   /* a row or NULL; a second row is a fault */
	DB_ROWS,  /* a list */
	DB_RUN,   /* a change, which must be audited */
	DB_QUIET, /* a change that need not be */
	DB_CLAIM, /* a change, which must be audited, where a duplicate key is an outcome: 0 rows */
	DB_AUDIT, /* the audit entry itself; on a cluster a duplicate key is FAULT_CONFLICT */
};

struct db_statement {
	const char *name;
	const char *file;
	int line;
	enum db_verb verb;
	str text;                 /* with ? for each use of an input */
	size_t index;             /* its place in sql_statements */
	const struct shape *in;   /* the inputs, in the order of their declaration */
	const struct shape *row;  /* the columns, or NULL */
	const unsigned char *use; /* for each ?, which member of in */
	size_t uses;
	const bool *in_null; /* for each input and column: may it be NULL (declared with a ?) */
	const bool *row_null;
};

/* All of them, from build/sql.c. */
extern const struct db_statement *const sql_statements[];
extern const size_t sql_statements_n;

/* Prepares each statement and compares its columns with what was declared: names, types, and whether
 * one may be NULL. The first difference is a fault that names file and line. */
void db_check(struct db *, const struct db_statement *const *, size_t n);

/* What the generated calls call. in is the struct of inputs. */
const void *db_one_(struct db *, const struct db_statement *, const void *in);
struct shape_list db_rows_(struct db *, const struct db_statement *, const void *in);
int64_t db_run_(struct db *, const struct db_statement *, const void *in);

#endif
