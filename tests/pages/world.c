/* world.c - the installation that all page tests share: a scratch database and the program's own parts. */
#define _GNU_SOURCE
#include "pages/runner.h"

#include "base/log.h"
#include "base/random.h"
#include "core/audit.h"
#include "core/catalogue_file.h"
#include "core/file.h"
#include "core/signing_change.h"
#include "crypto/keyring_file.h"
#include "db/migrate.h"
#include "http/json.h"
#include "serve.h"
#include "sql.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	START_BYTES = 64 << 20,
	TEST_BYTES = 256 << 20,
	CACHE_ENTRIES = 1024,
	LOG_MAX_BYTES = 1 << 20
};

/* Only in sanitized programs: keys of OpenSSL are held from the arena, where it does not look. */
__attribute__((weak)) void __lsan_register_root_region(const void *, size_t);
__attribute__((weak)) void __sanitizer_set_report_fd(void *);

static _Noreturn void
give_up(const char *what, const char *why)
{
	printf("pages: %s: %s\n", what, why);
	exit(1);
}

static void
connect_root(struct world *w)
{
	const char *socket = getenv("KEYDESK_TEST_SOCKET");

	w->root = mysql_init(NULL);
	if (!socket || !mysql_real_connect(w->root, NULL, "root", NULL, NULL, 0, socket, 0))
		give_up("KEYDESK_TEST_SOCKET", socket ? mysql_error(w->root) : "not set");
	mysql_set_character_set(w->root, "utf8mb4");
}

static str
row_text(struct arena *a, MYSQL_RES *rows, MYSQL_ROW row)
{
	const unsigned long *lengths = mysql_fetch_lengths(rows);
	struct buf b = buf_new(a, 1 << 20);

	for (unsigned i = 0; i < mysql_num_fields(rows); i++) {
		if (i)
			buf_add_char(&b, ' ');
		buf_add(&b, row[i] ? (str){ row[i], lengths[i] } : S("NULL"));
	}
	return buf_str(&b);
}

str
world_sql(struct world *w, struct arena *a, str text)
{
	struct buf b = buf_new(a, 1 << 20);
	MYSQL_RES *rows;
	MYSQL_ROW row;

	if (mysql_real_query(w->root, text.at, text.n))
		fault(&w->fault, "sql: %s", mysql_error(w->root));
	rows = mysql_store_result(w->root);
	while (rows && (row = mysql_fetch_row(rows))) {
		if (b.n)
			buf_add(&b, S("; "));
		buf_add(&b, row_text(a, rows, row));
	}
	mysql_free_result(rows);
	return buf_str(&b);
}

/* The account that serves may do what a real one may, by the same file. */
static void
grant(struct world *w)
{
	static const char account[] = "keydesk_serve";
	struct arena *a = &w->start;
	str file = file_read(a, S("app/deploy/grants.sql")), rest;
	size_t at = str_find(file, str_of(account));

	world_sql(w, a, fmt(a, "CREATE USER %s@localhost", w->name));
	rest = world_sql(w, a,
	    fmt(a, "%.*s%s%.*s", STR(str_part(file, 0, at)), w->name,
		STR(str_part(file, at + sizeof account - 1, file.n))));
	while (rest.n) {
		world_sql(w, a, str_trim(str_cut(rest, ';', &rest)));
		rest = str_trim(rest);
		if (str_starts(rest, S(";")))
			rest = str_trim(str_part(rest, 1, rest.n));
	}
}

static void
make_database(struct world *w)
{
	struct arena *a = &w->start;

	world_sql(w, a, fmt(a, "CREATE DATABASE %s", w->name));
	mysql_select_db(w->root, w->name);
	migrate_run(a, &w->settings->owner, "schema");
	grant(w);
}

/* Hashes are made as cheap as they may be: what they are worth is tested elsewhere. */
static void
set_environment(struct world *w)
{
	const char *const sets[][2] = {
		{ "KEYDESK_SETTINGS", "" },
		{ "KEYDESK_URL", "http://127.0.0.1:8080" },
		{ "KEYDESK_KEYRING", w->folder },
		{ "KEYDESK_TEMPLATES", "templates" },
		{ "KEYDESK_SCHEMA", "schema" },
		{ "KEYDESK_DB_SOCKET", getenv("KEYDESK_TEST_SOCKET") },
		{ "KEYDESK_DB_NAME", w->name },
		{ "KEYDESK_DB_USER", w->name },
		{ "KEYDESK_DB_OWNER", "root" },
		{ "KEYDESK_PASSWORD_KIB", "8" },
		{ "KEYDESK_PASSWORD_PASSES", "1" },
		{ "KEYDESK_SECRET_KIB", "8" },
	};

	for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
		setenv(sets[i][0], sets[i][1], 1);
}

const struct settings *
world_settings(struct arena *a)
{
	struct buf wrong = buf_new(a, 1 << 16);
	const struct settings *settings = settings_read(a, &wrong);

	if (wrong.n)
		give_up("settings", str_c(a, buf_str(&wrong)));
	return settings;
}

static void
read_settings(struct world *w)
{
	snprintf(w->name, sizeof w->name, "keydesk_pages_%ld", (long)getpid());
	snprintf(w->folder, sizeof w->folder, "/tmp/keydesk-pages.XXXXXX");
	if (!mkdtemp(w->folder))
		give_up("no folder", w->folder);
	snprintf(w->folder + 25, sizeof w->folder - 25, "/keyring");
	set_environment(w);
	keyring_create(&w->start, w->folder);
	w->settings = world_settings(&w->start);
}

struct request
world_begin(struct world *w, int64_t now)
{
	struct request rq = { .arena = &w->request,
		.db = w->desk->db,
		.desk = w->desk,
		.now = now,
		.number = S("0000000000000000"),
		.remote = S("192.0.2.1"),
		.environment = S("production") };

	db_bind(rq.db, rq.arena);
	db_begin(rq.db, DB_WRITE);
	return rq;
}

void
world_end(struct request *rq)
{
	audit_write(rq);
	db_commit(rq->db);
}

static void
make_desk(struct world *w)
{
	struct permits *permits = permits_make(&w->start, 1, 1, 1);
	struct db_place nowhere = w->settings->db, partly = nowhere;
	struct desk *desk;
	struct request rq;
	int fd;

	desk = serve_open(&w->start, serve_link(&w->start, w->settings),
	    shared_make(&w->fault, CACHE_ENTRIES, &fd), permits);
	close(fd);
	w->desk = serve_thread(&w->start, desk);
	nowhere.socket = S("/nonexistent/socket");
	w->nowhere = db_open(&w->start, &nowhere);
	partly.socket = fmt(&w->start, "%.*s,%.*s", STR(partly.socket), STR(nowhere.socket));
	w->full = permits_make(&w->start, 1, 1, 0);
	permit_take(w->full, PERMIT_PROGRAMS, 0);
	permit_take(w->full, PERMIT_PEOPLE, 0);
	w->partly = db_open(&w->start, &partly);
	rq = world_begin(w, clock_now());
	db_check(rq.db, sql_statements, sql_statements_n);
	signing_begin(&rq, S("production"));
	signing_begin(&rq, S("integration"));
	catalogue_begin(&rq, w->settings->schema);
	world_end(&rq);
}

/* What is logged goes to a file that is read after each request. */
static void
catch_log(struct world *w)
{
	w->out = dup(STDERR_FILENO);
	w->log = open("/tmp", O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
	if (w->log < 0 || dup2(w->log, STDERR_FILENO) < 0)
		give_up("no log", "/tmp");
	if (__sanitizer_set_report_fd)
		__sanitizer_set_report_fd((void *)(intptr_t)w->out);
}

str
world_logged(struct world *w, struct arena *a)
{
	off_t end = lseek(w->log, 0, SEEK_END);
	size_t n = end > LOG_MAX_BYTES ? LOG_MAX_BYTES : (size_t)end;
	char *at = NEW(a, char, n);
	ssize_t got = pread(w->log, at, n, 0);

	if (ftruncate(w->log, 0) < 0 || got < 0)
		fault(&w->fault, "the log cannot be read");
	return (str){ at, (size_t)got };
}

void
world_open(struct world *w)
{
	db_library_init();
	json_library_init();
	arena_open(&w->start, &w->fault, START_BYTES);
	arena_open(&w->request, &w->fault, 4 << 20);
	arena_open(&w->test, &w->fault, TEST_BYTES);
	if (__lsan_register_root_region)
		__lsan_register_root_region(w->start.at, w->start.size);
	connect_root(w);
	read_settings(w);
	catch_log(w);
	make_database(w);
	make_desk(w);
}

void
world_close(struct world *w)
{
	arena_wipe(&w->test, 0);
	dup2(w->out, STDERR_FILENO);
	close(w->log);
	db_close(w->desk->db);
	db_close(w->nowhere);
	db_close(w->partly);
	world_sql(w, &w->test, fmt(&w->test, "DROP DATABASE %s", w->name));
	world_sql(w, &w->test, fmt(&w->test, "DROP USER %s@localhost", w->name));
	mysql_close(w->root);
	shared_unmap(w->desk->shared);
	unlink(w->folder);
	w->folder[25] = '\0';
	rmdir(w->folder);
	mysql_library_end();
}
