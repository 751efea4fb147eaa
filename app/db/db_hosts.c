/* db_hosts.c - the servers of the list: which one is asked, which are passed over for a while, and whether
 * the others have what was committed on one. */
#include "db/db_parts.h"

#include "base/clock.h"

#include <string.h>

enum {
	SOCKET_MAX_BYTES = 107, /* of unix(7) */
	PORT_MAX = 65535,
	/* Each step of asking whether a server has everything; the next one only begins within as long. */
	STEP_SECONDS = 1,
	/* A server that has failed is left alone this long. */
	SHUN_SECONDS = 5,
	/* With no other left, one that kept us waiting is tried again after this, by one thread. */
	DESPAIR_SECONDS = 1,
	/* One that we are connected to is asked so often whether it is still a server for us. */
	LOOK_SECONDS = 2,
};

static const str separators = STR_INIT(", \t");

/* The list as it was set. */

static str
next_word(str *list)
{
	str word = { 0 };

	while (list->n && str_find_char(separators, list->at[0]) < separators.n)
		*list = str_part(*list, 1, list->n);
	word.at = list->at;
	while (word.n < list->n && str_find_char(separators, list->at[word.n]) == separators.n)
		word.n++;
	*list = str_part(*list, word.n, list->n);
	return word;
}

static bool
is_made_of(str text, const char *others)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.at[i];
		bool plain =
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!plain && !strchr(others, c))
			return false;
	}
	return text.n > 0;
}

/* "db1", "db1:3307", "[2001:db8::1]:3307" and "2001:db8::1". NULL, or what is wrong. */
static const char *
split_host(str word, str *host, int64_t *port)
{
	str rest;
	bool bracket = str_starts(word, S("["));

	*host =
	    bracket ? str_cut(str_part(word, 1, word.n), ']', &rest) : str_cut(word, ':', &rest);
	if (bracket && (str_find_char(word, ']') == word.n || (rest.n && rest.at[0] != ':')))
		return "behind an address in brackets stands nothing but :PORT";
	if (bracket) {
		rest = str_part(rest, 1, rest.n);
	} else if (str_find_char(rest, ':') < rest.n) { /* an address of IPv6 */
		*host = word;
		rest = (str){ 0 };
	}
	if (!is_made_of(*host, ".:-_%"))
		return "a host is a name or an address";
	if (rest.n && (!str_int(rest, port) || *port < 1 || *port > PORT_MAX))
		return "a port is a number from 1 to 65535";
	return NULL;
}

static const char *
wrong_word(const struct db_place *place, str word)
{
	str host;
	int64_t port;

	if (!place->socket.n)
		return split_host(word, &host, &port);
	if (word.n > SOCKET_MAX_BYTES)
		return "the path of a socket has at most 107 bytes";
	return is_made_of(word, "/._-+=@:~%#") ? NULL : "a socket is a path of plain characters";
}

const char *
db_place_wrong(const struct db_place *place)
{
	str list = place->socket.n ? place->socket : place->host, word;
	const char *wrong = NULL;
	size_t n = 0;

	while (!wrong && (word = next_word(&list)).n) {
		wrong = wrong_word(place, word);
		n++;
	}
	if (wrong)
		return wrong;
	return n == 0 || n > DB_HOSTS_MAX ? "from 1 to 16 of them, parted by commas" : NULL;
}

struct db_hosts *
db_hosts_make(struct arena *start, const struct db_place *place)
{
	struct db_hosts *hosts = NEW(start, struct db_hosts, 1);
	str list = place->socket.n ? place->socket : place->host, word;

	while (hosts->n < DB_HOSTS_MAX && (word = next_word(&list)).n) {
		struct db_host *host = &hosts->at[hosts->n++];
		int64_t port = place->port;
		str name = word;

		host->name = str_c(start, word);
		if (place->socket.n)
			host->socket = host->name;
		else
			split_host(word, &name, &port);
		host->host = place->socket.n ? NULL : str_c(start, name);
		host->port = (unsigned)port;
	}
	/* None at all is the client library's default. */
	if (hosts->n == 0)
		hosts->at[hosts->n++].name = "";
	return hosts;
}

/* Who is passed over. */

static void
shun(struct db_host *host, bool slow)
{
	atomic_store(&host->slow, slow);
	atomic_store(&host->until, clock_monotonic() + SHUN_SECONDS * SECOND);
}

static void
trust(struct db_host *host)
{
	atomic_store(&host->until, 0);
	atomic_store(&host->slow, false);
}

/* One that makes those who ask it wait is asked by one thread at a time. */
static bool
claim(struct db_host *host, int64_t until)
{
	return atomic_compare_exchange_strong(
	    &host->until, &until, clock_monotonic() + SHUN_SECONDS * SECOND);
}

/* Whether it may be asked: one that makes those who ask it wait only once that is over, and by one thread. */
static bool
may_ask(struct db_host *host)
{
	int64_t until = atomic_load(&host->until);

	return !atomic_load(&host->slow) || (clock_monotonic() >= until && claim(host, until));
}

/* In the first round those that nothing is known against; then those that fail at once, which costs
 * nothing; when there was nobody to try, one of those that kept us waiting. */
enum round { GOOD, QUICK, DESPERATE, ROUNDS };

static bool
may_try(struct db_host *host, enum round round, uint32_t tried)
{
	int64_t until = atomic_load(&host->until), now = clock_monotonic();

	switch (round) {
	case GOOD:
		return until == 0 ||
		       (now >= until && (!atomic_load(&host->slow) || claim(host, until)));
	case QUICK:
		return !atomic_load(&host->slow);
	case DESPERATE:
		return tried == 0 && until - now < (SHUN_SECONDS - DESPAIR_SECONDS) * SECOND &&
		       claim(host, until);
	case ROUNDS:
		break;
	}
	return false;
}

/* An error that another server would give as well: it is about our account or our database. */
static bool
is_about_us(unsigned error)
{
	return error == ER_BAD_DB_ERROR || error == ER_ACCESS_DENIED_ERROR ||
	       error == ER_DBACCESS_DENIED_ERROR || error == ER_ACCESS_DENIED_NO_PASSWORD_ERROR;
}

/* Connects to this one. 0, or the error's number; then what is known about it is noted. */
static unsigned
try_host(struct db *db, size_t at)
{
	struct db_host *host = &db->hosts->at[at];
	int64_t began = clock_monotonic();
	MYSQL *made = NULL;
	unsigned error = db_connect_to(db, host, &made);

	if (!error) {
		trust(host);
		db_drop(db);
		db->connection = made;
		db->at = at;
	} else if (!is_about_us(error) && error != ER_CON_COUNT_ERROR) {
		shun(host, clock_monotonic() - began > SECOND / 2);
	}
	return error;
}

/* Each host that this round allows, until one is connected. */
static unsigned
try_round(struct db *db, enum round round, uint32_t *tried, unsigned error)
{
	for (size_t i = 0; i < db->hosts->n; i++) {
		if (*tried & 1U << i || !may_try(&db->hosts->at[i], round, *tried))
			continue;
		*tried |= 1U << i;
		error = try_host(db, i);
		if (!error || is_about_us(error))
			break;
	}
	return error;
}

unsigned
db_connect(struct db *db)
{
	unsigned error = CR_SERVER_GONE_ERROR;
	uint32_t tried = 0;

	if (db->connection)
		return 0;
	if (db->hosts->n == 1)
		return try_host(db, 0);
	db_say(db, "no server of the list has answered lately");
	for (enum round round = GOOD; round < ROUNDS; round++) {
		error = try_round(db, round, &tried, error);
		if (!error || is_about_us(error))
			break;
	}
	return error;
}

void
db_note_loss(struct db *db, unsigned error)
{
	bool waited = error == CR_SERVER_LOST && clock_monotonic() - db->began > SECOND;

	if (db->connection && db->hosts->n > 1 && db_only_reads(error))
		shun(&db->hosts->at[db->at], false);
	/* A COMMIT may wait for the cluster while its server answers everybody else. */
	if (!db->connection || db->hosts->n == 1 || db->mode == DB_WRITE || db->mode == DB_NOTE)
		return;
	if (waited || error == ER_UNKNOWN_COM_ERROR || error == ER_SERVER_SHUTDOWN)
		shun(&db->hosts->at[db->at], waited);
}

bool
db_may_move(const struct db *db)
{
	for (size_t i = 0; db->hosts->n > 1 && i < db->hosts->n; i++)
		if (atomic_load(&db->hosts->at[i].until) == 0)
			return true;
	return false;
}

void
db_leave_shunned(struct db *db)
{
	if (db->connection && db->mode == DB_NONE && db->hosts->n > 1 &&
	    atomic_load(&db->hosts->at[db->at].until) != 0)
		db_drop(db);
}

/* Whether all have it. */

size_t
db_hosts_n(const struct db *db)
{
	return db->hosts->n;
}

str
db_host_name(const struct db *db, size_t at)
{
	return at < db->hosts->n ? str_of(db->hosts->at[at].name) : (str){ 0 };
}

/* wsrep_sync_wait holds the SELECT back until all that was committed before has been applied. Inside an
 * open transaction it would not wait at all, so the connection is a new one; made each time, since it takes
 * less than the wait (connecting 0.1 ms, waiting 0.4, over a socket). 0, or the error's number. */
static unsigned
ask_for_all(const struct db *db, const struct db_host *host, int64_t began)
{
	static const char *const texts[] = { "SET SESSION wsrep_sync_wait = 1", "SELECT 1" };
	MYSQL *asked = db_connect_for(db, host, STEP_SECONDS);
	unsigned error = asked ? 0 : CR_SERVER_LOST;

	for (size_t i = 0; !error && i < sizeof texts / sizeof texts[0]; i++) {
		if (clock_monotonic() - began > STEP_SECONDS * SECOND) {
			error = CR_SERVER_LOST; /* not tested: one that is slow only half-way */
			break;
		}
		mysql_query(asked, texts[i]);
		mysql_free_result(mysql_store_result(asked));
		error = mysql_errno(asked);
	}
	mysql_close(asked);
	return error;
}

static bool
has_it(const struct db *db, struct db_host *host)
{
	int64_t began = clock_monotonic();
	unsigned error = ask_for_all(db, host, began);

	if (clock_monotonic() - began > SECOND)
		shun(host, true);
	else if (!error && atomic_load(&host->slow))
		trust(host);
	else if (atomic_load(&host->slow))
		shun(host, false);
	/* A node without its cluster answers nobody, and has everything before it does again. */
	return error == 0 || error == ER_UNKNOWN_COM_ERROR;
}

uint32_t
db_confirm(struct db *db)
{
	uint32_t late = 0;

	for (size_t i = 0; i < db->hosts->n; i++) {
		struct db_host *host = &db->hosts->at[i];
		/* What was done after the first COMMIT may have gone to another host. */
		bool committed_here = i == db->at && db->connection && !db->moved;

		if (!committed_here && (!may_ask(host) || !has_it(db, host)))
			late |= 1U << i;
	}
	db->committed = db->moved = false;
	if (db->hosts->n > 1)
		db_committed(db);
	return late;
}

/* A server becomes read-only, or loses its cluster, while we are connected to it, and answers who only reads: from then
 * on from the past. */
void
db_look(struct db *db)
{
	unsigned error;

	if (!db->connection || db->mode != DB_NONE || db->hosts->n == 1)
		return;
	db_done(db);
	db->began = clock_monotonic();
	atomic_store(&db->hosts->at[db->at].looked, db->began);
	error = db_standing(db);
	db_note_loss(db, error);
	if (error)
		db_drop(db);
}

/* One thread for all of the process. */
static bool
look_is_due(struct db_host *host)
{
	int64_t looked = atomic_load(&host->looked), now = clock_monotonic();

	return now - looked >= LOOK_SECONDS * SECOND &&
	       atomic_compare_exchange_strong(&host->looked, &looked, now);
}

void
db_settle(struct db *db)
{
	if (!db->connection || db->mode != DB_NONE)
		return;
	if (look_is_due(&db->hosts->at[db->at]))
		db_look(db);
	if (!db->connection)
		return;
	for (size_t i = 0; i < db->at; i++)
		if (may_try(&db->hosts->at[i], GOOD, 0) && try_host(db, i) == 0)
			return;
	/* The others are not gone to, but db_confirm() asks them. */
	for (size_t i = db->at + 1; i < db->hosts->n; i++)
		if (atomic_load(&db->hosts->at[i].slow) && may_ask(&db->hosts->at[i]))
			has_it(db, &db->hosts->at[i]);
}
