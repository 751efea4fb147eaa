/* db_parts.h - what the files of db/ share. Nobody else includes it, and nothing else includes mysql.h. */
#ifndef DB_DB_PARTS_H
#define DB_DB_PARTS_H

#include "db/db.h"

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <stdatomic.h>

/* A server of the list, and what the threads of this process have seen of it: 0, or until when it is
 * passed over, and whether it fails only after a while. */
struct db_host {
	const char *name;          /* as it stands in the list */
	const char *socket, *host; /* one of them is NULL */
	unsigned port;
	_Atomic int64_t until;
	atomic_bool slow;
	_Atomic int64_t
	    looked; /* when one that is connected to it last asked what it says of itself */
};

struct db_hosts {
	struct db_host at[DB_HOSTS_MAX];
	size_t n; /* at least 1 */
};

/* A statement that this connection has prepared, and when it was last asked, counted in statements. */
struct db_ready {
	MYSQL_STMT *handle; /* NULL when it is not */
	int64_t asked;
};

/* A prepared statement takes 9.3 to 25 kB here and more in the server, and to prepare one again costs two of its
 * executions: a page of the menu has 4 to 13 of them, and a call of a program 1 to 3. */
enum { DB_READY_MAX = 16 };

struct db {
	struct arena *arena;                /* where rows live and who hears of faults */
	struct db_hosts *hosts;             /* shared by the threads */
	const char *name, *user, *password; /* NULL where there is none */
	unsigned read_timeout;
	MYSQL *connection;      /* NULL until it is needed, and again once it is lost */
	size_t at;              /* which host it leads to */
	bool clustered;         /* it is a node of several */
	int64_t began;          /* when the last statement was sent */
	struct db_ready *ready; /* by index; at most DB_READY_MAX of them are */
	size_t ready_n;
	int64_t asked;
	MYSQL_STMT *reading; /* whose rows the client library still holds */
	enum db_mode mode;
	bool sent;                 /* inputs of a statement, since db_unbind() */
	bool over;                 /* the transaction has failed: only a rollback may follow */
	bool committed, moved;     /* since db_bind() or db_confirm(); and lost that connection */
	bool audited;              /* an audit entry was written in it */
	const char *changed;       /* which statement changed rows first, or NULL */
	_Atomic uint64_t *commits; /* counted there; NULL when nobody asks */
	int64_t insert_id, executed;
	char said[200]; /* what the server said, where that cannot hold a value */
};

/* The hosts of a place whose list is good. */
struct db_hosts *db_hosts_make(struct arena *start, const struct db_place *);

/* Connects unless it is, to the first host that may be tried and answers. 0, or the error's number and its
 * text in said. */
unsigned db_connect(struct db *);

/* A connection to this host, with the session that statements expect; refused, like any server that is
 * away, when it is read-only or without its cluster. 0, or the error's number and its text in said. */
unsigned db_connect_to(struct db *, const struct db_host *, MYSQL **);

/* What keeps the server that we are connected to from being one for us by now: that it is read-only, or without its
 * cluster. 0, or the error's number and its text in said. */
unsigned db_standing(struct db *);

/* A bare connection whose answers may take so long; NULL when there is none. */
MYSQL *db_connect_for(const struct db *, const struct db_host *, unsigned seconds);

/* After each statement: notes when the error means that its host is to be passed over. */
void db_note_loss(struct db *, unsigned error);

/* Where there is another host: asks db_standing(), and leaves this one when it is none for us, with all threads of the process. */
void db_look(struct db *);

/* Drops a connection to a host that is passed over, before it is used again. */
void db_leave_shunned(struct db *);

/* One more commit, for those who count. */
void db_committed(struct db *);

/* Closes the connection and the statements that belong to it; a transaction is then over. */
void db_drop(struct db *);

/* Gives back the rows of the last statement, if a fault has left them. */
void db_done(struct db *);

/* Connects if need be and runs a statement without inputs. 0, or the error's number and its text in
 * said. Never connects in the middle of a transaction. */
unsigned db_ask(struct db *, const char *text);

/* The same, and once more on a new connection when the old one turns out to be lost, which says nothing
 * about the database. */
unsigned db_ask_again(struct db *, const char *text);

/* Whether the error is of a server that only reads. */
bool db_only_reads(unsigned error);

/* Whether the error means that the connection or its statements are gone, or of no more use: where there is another host, a
 * server that has become read-only is as good as lost. */
bool db_lost(const struct db *, unsigned error);

/* Faults with the kind that the error calls for. what names the statement. */
_Noreturn void db_fail(struct db *, const char *what, unsigned error);

/* Faults as FAULT_CONFLICT, whatever the error was. */
_Noreturn void db_conflict(struct db *, const char *what, const char *why);

/* The statement as faults name it: file, line, name. In the arena. */
const char *db_name(struct db *, const struct db_statement *);

/* Keeps what the library says, for db_fail(). Only for errors whose text holds names, never values. */
void db_say(struct db *, const char *said);

#endif
