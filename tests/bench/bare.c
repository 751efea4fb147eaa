/* bare.c - the least that a FastCGI program with these statements can do: what Keydesk is held against.
 *
 *      bare SOCKET THREADS ANSWER [STATEMENT VALUE... | begin | commit]...
 *
 * Each thread waits in libfcgi's own accept, with a connection to the database of its own. For each
 * request it runs the STATEMENTs, which are Keydesk's own by name, with the same VALUEs every time, reads
 * all rows, and answers with the bytes of the file ANSWER, whatever was asked. Nothing is checked, logged,
 * counted or wiped, and an error ends the process. VALUE is a text, a number, or bytes as 0x and
 * hexadecimal digits. The database is that of KEYDESK_SETTINGS.
 */
#include "core/settings.h"
#include "crypto/digest.h"

#include <fcgiapp.h>
#include <mysql.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEPS_MAX = 8, INPUTS_MAX = 8, TEXT_BYTES = 1024, BACKLOG = 511, FIRST_STEP = 4 };

/* A statement with its inputs, or, without one, a text. */
struct step {
	const struct db_statement *statement;
	const char *text;
	str values[INPUTS_MAX];
};

struct bare {
	struct arena *arena;
	const char *socket, *database, *user, *password;
	int listen_fd;
	str answer;
	struct step steps[STEPS_MAX];
	size_t steps_n;
};

struct bare_thread {
	pthread_t id;
	struct bare *bare;
	MYSQL *connection;
	MYSQL_STMT *ready[STEPS_MAX];
};

/* ---- what is to be done */

static const struct db_statement *
statement_of(struct bare *bare, const char *name)
{
	for (size_t i = 0; i < sql_statements_n; i++)
		if (strcmp(sql_statements[i]->name, name) == 0)
			return sql_statements[i];
	fault(bare->arena->fault, "there is no statement %s", name);
}

static str
value_of(struct bare *bare, const char *word)
{
	str value = str_of(word);

	if (str_starts(value, S("0x")) &&
	    !digest_unhex(bare->arena, str_part(value, 2, value.n), &value))
		fault(bare->arena->fault, "%s is not hexadecimal", word);
	return value;
}

/* The step that begins at this word; the first word of the next one. */
static char **
read_step(struct bare *bare, char **word)
{
	struct step *step = &bare->steps[bare->steps_n++];

	if (strcmp(*word, "begin") == 0)
		step->text = "START TRANSACTION READ ONLY";
	else if (strcmp(*word, "commit") == 0)
		step->text = "COMMIT";
	else
		step->statement = statement_of(bare, *word);
	word++;
	for (size_t i = 0; step->statement && i < step->statement->in->n; i++) {
		if (!*word || i == INPUTS_MAX)
			fault(bare->arena->fault, "%s: values are missing", step->statement->name);
		step->values[i] = value_of(bare, *word++);
	}
	return word;
}

static str
read_answer(struct arena *a, const char *path)
{
	enum { ANSWER_MAX = 1 << 20 };
	FILE *file = fopen(path, "r");
	char *at = NEW(a, char, ANSWER_MAX);
	str answer = { at, file ? fread(at, 1, ANSWER_MAX, file) : 0 };

	if (!file || fclose(file))
		fault(a->fault, "%s cannot be read", path);
	return answer;
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

/* The inputs of a step. They never change, so they are bound once. */
static void
bind_inputs(struct bare_thread *t, struct step *step, MYSQL_STMT *handle)
{
	const struct db_statement *s = step->statement;
	MYSQL_BIND *in = calloc(s->uses, sizeof *in);

	for (size_t i = 0; i < s->uses; i++) {
		const str *value = &step->values[s->use[i]];
		int64_t *number = calloc(1, sizeof *number);

		if (s->in->members[s->use[i]].kind == SHAPE_INT && str_int(*value, number)) {
			in[i].buffer_type = MYSQL_TYPE_LONGLONG;
			in[i].buffer = number;
		} else {
			in[i].buffer_type = MYSQL_TYPE_STRING;
			in[i].buffer = (void *)(uintptr_t)value->at;
			in[i].buffer_length = in[i].length_value = value->n;
			in[i].length = &in[i].length_value;
		}
	}
	check(t, mysql_stmt_bind_param(handle, in), s->name);
}

/* Where each column of a row goes; the next row overwrites it. */
static void
bind_row(struct bare_thread *t, const struct db_statement *s, MYSQL_STMT *handle)
{
	MYSQL_BIND *out = calloc(s->row->n, sizeof *out);

	for (size_t i = 0; i < s->row->n; i++) {
		enum shape_kind kind = s->row->members[i].kind;

		out[i].buffer_type = kind == SHAPE_TEXT   ? MYSQL_TYPE_STRING
		                     : kind == SHAPE_TIME ? MYSQL_TYPE_DATETIME
		                                          : MYSQL_TYPE_LONGLONG;
		out[i].buffer = calloc(1, TEXT_BYTES);
		out[i].buffer_length = TEXT_BYTES;
		out[i].is_null = &out[i].is_null_value;
		out[i].length = &out[i].length_value;
		out[i].error = &out[i].error_value;
	}
	check(t, mysql_stmt_bind_result(handle, out), s->name);
}

static void
prepare(struct bare_thread *t, size_t i)
{
	struct step *step = &t->bare->steps[i];

	if (!step->statement)
		return;
	t->ready[i] = mysql_stmt_init(t->connection);
	check(t, mysql_stmt_prepare(t->ready[i], step->statement->text.at, step->statement->text.n),
	    step->statement->name);
	bind_inputs(t, step, t->ready[i]);
	bind_row(t, step->statement, t->ready[i]);
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
	const struct step *step = &t->bare->steps[i];
	int fetched;

	if (step->text) {
		check(t, mysql_query(t->connection, step->text), step->text);
		return;
	}
	check(t, mysql_stmt_execute(t->ready[i]), step->statement->name);
	do
		fetched = mysql_stmt_fetch(t->ready[i]);
	while (fetched == 0);
	check(t, fetched != MYSQL_NO_DATA, step->statement->name);
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
	while (FCGX_Accept_r(&request) >= 0) {
		for (size_t i = 0; i < bare->steps_n; i++)
			run_step(t, i);
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
	char **word = words->argv + FIRST_STEP;

	if (!str_int(str_of(words->argv[2]), &words->threads) || words->threads < 1)
		fault(bare->arena->fault, "%s threads", words->argv[2]);
	bare->answer = read_answer(bare->arena, words->argv[3]);
	while (*word && bare->steps_n < STEPS_MAX)
		word = read_step(bare, word);
	if (bare->steps_n)
		read_place(bare);
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
		fprintf(stderr, "usage: bare SOCKET THREADS ANSWER [STATEMENT VALUE...]...\n");
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
