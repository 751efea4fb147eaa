/* bare.c - the least that a FastCGI program with these statements can do: what Keydesk is held against.
 *
 *      bare SOCKET THREADS ANSWER [STATEMENTS [SIGNATURES]]
 *
 * Each thread waits in libfcgi's own accept, with a connection to the database of its own. For each
 * request it runs the statements of the file STATEMENTS, in which a zero byte ends each, prepared once,
 * and reads all rows, and makes as many ES256 signatures of a token's claims; then it answers with the bytes of the file
 * ANSWER, whatever was asked. Nothing is checked, logged, counted or wiped, and an error ends the process. The database is
 * that of KEYDESK_SETTINGS.
 */
#include "core/settings.h"
#include "crypto/jwt.h"
#include "db/db.h"

#include <fcgiapp.h>
#include <mysql.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STEPS_MAX = 64, TEXT_BYTES = 1024, BACKLOG = 511, FIRST_STEP = 4 };

struct bare {
	struct arena *arena;
	const char *socket, *database, *user, *password;
	int listen_fd;
	str answer;
	str steps[STEPS_MAX];
	size_t steps_n;
	int64_t signatures;
	str der; /* of the key for them */
};

struct bare_thread {
	pthread_t id;
	struct bare *bare;
	MYSQL *connection;
	MYSQL_STMT *ready[STEPS_MAX];
	struct fault fault;
	struct arena arena;
	struct jwt_key key;
};

/* ---- what is to be done */

static str
read_all(struct arena *a, const char *path)
{
	enum { FILE_MAX = 1 << 20 };
	FILE *file = fopen(path, "r");
	char *at = NEW(a, char, FILE_MAX);
	str text = { at, file ? fread(at, 1, FILE_MAX, file) : 0 };

	if (!file || fclose(file))
		fault(a->fault, "%s cannot be read", path);
	return text;
}

static void
read_steps(struct bare *bare, const char *path)
{
	str rest = read_all(bare->arena, path);

	while (rest.n && bare->steps_n < STEPS_MAX)
		bare->steps[bare->steps_n++] = str_cut(rest, '\0', &rest);
	if (rest.n)
		fault(bare->arena->fault, "%s: more than %d statements", path, STEPS_MAX);
}

/* ---- the database */

static void
check(struct bare_thread *t, int failed, const char *what)
{
	if (!failed)
		return;
	fprintf(stderr, "bare: %s: %s\n", what, mysql_error(t->connection));
	_exit(1);
}

static void
check_statement(struct bare_thread *t, size_t i, int failed)
{
	if (!failed)
		return;
	fprintf(stderr, "bare: %.*s: %s\n", STR(t->bare->steps[i]), mysql_stmt_error(t->ready[i]));
	_exit(1);
}

/* Where each column of a row goes; the next row overwrites it. A text longer than that is cut. */
static void
bind_row(struct bare_thread *t, MYSQL_STMT *handle)
{
	MYSQL_RES *about = mysql_stmt_result_metadata(handle);
	unsigned n = mysql_stmt_field_count(handle);
	MYSQL_BIND *out = calloc(n ? n : 1, sizeof *out);

	for (unsigned i = 0; i < n; i++) {
		enum enum_field_types type = mysql_fetch_field_direct(about, i)->type;

		out[i].buffer_type = type == MYSQL_TYPE_DATETIME ? type
		                     : type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_LONG ||
		                             type == MYSQL_TYPE_TINY
		                         ? MYSQL_TYPE_LONGLONG
		                         : MYSQL_TYPE_STRING;
		out[i].buffer = calloc(1, TEXT_BYTES);
		out[i].buffer_length = TEXT_BYTES;
		out[i].is_null = &out[i].is_null_value;
		out[i].length = &out[i].length_value;
		out[i].error = &out[i].error_value;
	}
	check(t, n && mysql_stmt_bind_result(handle, out), "bind");
	mysql_free_result(about);
}

static void
prepare(struct bare_thread *t, size_t i)
{
	str text = t->bare->steps[i];

	t->ready[i] = mysql_stmt_init(t->connection);
	check_statement(t, i, mysql_stmt_prepare(t->ready[i], text.at, text.n));
	bind_row(t, t->ready[i]);
}

static void
connect_and_prepare(struct bare_thread *t)
{
	const struct bare *bare = t->bare;

	mysql_thread_init();
	t->connection = mysql_init(NULL);
	check(t,
	    !mysql_real_connect(t->connection, NULL, bare->user, bare->password, bare->database, 0,
		bare->socket, CLIENT_FOUND_ROWS),
	    "connect");
	check(t,
	    mysql_query(t->connection, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"),
	    "session");
	for (size_t i = 0; i < bare->steps_n; i++)
		prepare(t, i);
}

static void
run_step(struct bare_thread *t, size_t i)
{
	MYSQL_STMT *handle = t->ready[i];
	int fetched;

	check_statement(t, i, mysql_stmt_execute(handle));
	if (mysql_stmt_field_count(handle) == 0)
		return;
	do
		fetched = mysql_stmt_fetch(handle);
	while (fetched == 0 || fetched == MYSQL_DATA_TRUNCATED);
	check_statement(t, i, fetched != MYSQL_NO_DATA);
}

/* ---- signatures */

static void
open_key(void *arg)
{
	struct bare_thread *t = arg;

	arena_open(&t->arena, &t->fault, 1 << 20);
	t->key = jwt_key_open(&t->arena, JWT_ES256, t->bare->der);
}

/* As long as the claims of Keydesk's own tokens: 608 bytes, of which the scope has 338. */
static void
sign(void *arg)
{
	struct bare_thread *t = arg;
	char claims[608] = { 0 };

	for (int64_t i = 0; i < t->bare->signatures; i++)
		jwt_sign(&t->arena, &t->key, S("at+jwt"), (str){ claims, sizeof claims });
}

static void
sign_all(struct bare_thread *t)
{
	size_t mark = arena_mark(&t->arena);

	if (!attempt(&t->fault, sign, t))
		_exit(1);
	arena_wipe(&t->arena, mark);
}

/* ---- requests */

static void *
thread_run(void *arg)
{
	struct bare_thread *t = arg;
	struct bare *bare = t->bare;
	FCGX_Request request;

	FCGX_InitRequest(&request, bare->listen_fd, 0);
	if (bare->steps_n)
		connect_and_prepare(t);
	if (bare->signatures && !attempt(&t->fault, open_key, t))
		_exit(1);
	while (FCGX_Accept_r(&request) >= 0) {
		for (size_t i = 0; i < bare->steps_n; i++)
			run_step(t, i);
		if (bare->signatures)
			sign_all(t);
		FCGX_PutStr(bare->answer.at, (int)bare->answer.n, request.out);
		FCGX_Finish_r(&request);
	}
	return NULL;
}

static void
read_place(struct bare *bare)
{
	struct arena *a = bare->arena;
	struct buf wrong = buf_new(a, 65536);
	const struct db_place *place = &settings_read(a, &wrong)->db;

	if (wrong.n)
		fault(a->fault, "%.*s", STR(buf_str(&wrong)));
	bare->socket = str_c(a, place->socket);
	bare->database = str_c(a, place->name);
	bare->user = str_c(a, place->user);
	bare->password = str_c(a, place->password);
}

struct words {
	struct bare bare;
	char **argv;
	int64_t threads;
};

static void
begin(void *arg)
{
	struct words *words = arg;
	struct bare *bare = &words->bare;

	if (!str_int(str_of(words->argv[2]), &words->threads) || words->threads < 1)
		fault(bare->arena->fault, "%s threads", words->argv[2]);
	bare->answer = read_all(bare->arena, words->argv[3]);
	if (words->argv[FIRST_STEP]) {
		read_steps(bare, words->argv[FIRST_STEP]);
		read_place(bare);
	}
	if (words->argv[FIRST_STEP] && words->argv[FIRST_STEP + 1]) {
		if (!str_int(str_of(words->argv[FIRST_STEP + 1]), &bare->signatures))
			fault(bare->arena->fault, "%s signatures", words->argv[FIRST_STEP + 1]);
		bare->der = jwt_key_make(bare->arena, JWT_ES256);
	}
	db_library_init();
	FCGX_Init();
	signal(SIGTERM, SIG_DFL); /* FCGX_Init() has taken it, and no thread would hear of it */
	signal(SIGPIPE, SIG_IGN);
	bare->listen_fd = FCGX_OpenSocket(words->argv[1], BACKLOG);
}

int
main(int argc, char **argv)
{
	struct fault fault = { 0 };
	struct arena arena;
	struct words words = { .bare = { .arena = &arena }, .argv = argv };
	struct bare_thread *threads;

	if (argc < FIRST_STEP) {
		fprintf(stderr, "usage: bare SOCKET THREADS ANSWER [STATEMENTS [SIGNATURES]]\n");
		return 2;
	}
	arena_open(&arena, &fault, (size_t)64 << 20);
	if (!attempt(&fault, begin, &words)) {
		fprintf(stderr, "bare: %s\n", fault.what);
		return 1;
	}
	threads = calloc((size_t)words.threads, sizeof *threads);
	for (int64_t i = 0; i < words.threads; i++) {
		threads[i].bare = &words.bare;
		pthread_create(&threads[i].id, NULL, thread_run, &threads[i]);
	}
	pthread_join(threads[0].id, NULL);
	return 1;
}
