/* settings.c - tests of the settings: defaults, limits, files, and what is refused. */
#define _GNU_SOURCE
#include "check.h"

#include "core/settings.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
forget_all(void)
{
	for (char **at = environ; *at;) {
		str value, name = str_cut(str_of(*at), '=', &value);

		if (str_starts(name, S("KEYDESK_")))
			unsetenv(str_c(test_arena(), name));
		else
			at++;
	}
}

static int
begin(void **state)
{
	(void)state;
	forget_all();
	return 0;
}

static const struct settings *
read_settings(str *wrong)
{
	static struct buf text;
	const struct settings *s;

	text = buf_new(test_arena(), 65536);
	s = settings_read(text.arena, &text);
	*wrong = buf_str(&text);
	return s;
}

static const struct settings *
read_good(void)
{
	str wrong;
	const struct settings *s = read_settings(&wrong);

	CHECK_STR(wrong, "");
	return s;
}

#define REFUSED(words)                             \
	do {                                       \
		str wrong_;                        \
		read_settings(&wrong_);            \
		CHECK_HOLDS(wrong_, words);        \
		assert_int_not_equal(wrong_.n, 0); \
	} while (0)

/* A file with this text; the path lives until the next call. */
static const char *
file_of(str text)
{
	static char path[64];
	int fd;

	snprintf(path, sizeof path, "/tmp/keydesk-settings-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.at, text.n), text.n);
	close(fd);
	return path;
}

static void
defaults_are_sensible(void **state)
{
	const struct settings *s = read_good();

	(void)state;
	CHECK_STR(s->url, "http://127.0.0.1:8080");
	CHECK_STR(s->host, "127.0.0.1:8080");
	assert_false(s->https);
	CHECK_STR(s->listen_group, "");
	CHECK_STR(s->db.socket, "/run/mysqld/mysqld.sock");
	CHECK_STR(s->db.host, "");
	CHECK_STR(s->db.password, "");
	assert_int_equal(s->db.port, 3306);
	CHECK_STR(s->db.user, "keydesk_serve"); /* as app/deploy/grants.sql names it */
	CHECK_STR(s->owner.user, "keydesk_owner");
	CHECK_STR(s->owner.socket, "/run/mysqld/mysqld.sock");
	CHECK_STR(s->owner.name, "keydesk");
	assert_int_equal(s->workers, 0);
	assert_int_equal(s->threads, 8);
	assert_int_equal(s->body_bytes, 65536);
	assert_int_equal(s->arena_bytes, 4 << 20);
	assert_int_equal(s->deadline_seconds, 10);
	assert_int_equal(s->drain_seconds, 30);
	assert_int_equal(s->argon2_permits, 0);
	assert_int_equal(s->argon2_queue, 256);
	assert_int_equal(s->people.memory_kib, 19456);
	assert_int_equal(s->people.passes, 2);
	assert_int_equal(s->people.lanes, 1);
	assert_int_equal(s->programs.memory_kib, 4096);
	assert_int_equal(s->programs.passes, 1);
	assert_int_equal(s->programs.lanes, 1);
	assert_int_equal(s->cache_entries, 65536);
	assert_int_equal(s->token_seconds, 900);
	CHECK_STR(s->token_algorithm, "ES256");
	assert_int_equal(s->session_idle_minutes, 30);
	assert_int_equal(s->session_hours, 12);
	assert_int_equal(s->proof_minutes, 15);
	assert_int_equal(s->account_keys, 2);
	assert_int_equal(s->account_keys_max, 50);
	assert_int_equal(s->cadence_days, 365);
	assert_int_equal(s->overlap_minutes, 1440);
}

static void
variables_are_read(void **state)
{
	const struct settings *s;

	(void)state;
	setenv("KEYDESK_URL", "https://desk.example.org", 1);
	setenv("KEYDESK_THREADS", "8", 1);
	setenv("KEYDESK_TOKEN_ALGORITHM", "EdDSA", 1);
	setenv("KEYDESK_PASSWORD_KIB", "262144", 1);
	setenv("KEYDESK_LISTEN_GROUP", "", 1);
	setenv("KEYDESK_CADENCE_DAYS", "", 1);
	setenv("KEYDESK_TEST_ANYTHING", "1", 1);
	s = read_good();
	assert_true(s->https);
	CHECK_STR(s->host, "desk.example.org");
	assert_int_equal(s->threads, 8);
	CHECK_STR(s->token_algorithm, "EdDSA");
	assert_int_equal(s->people.memory_kib, 262144);
	assert_int_equal(s->cadence_days, 365);
}

static void
limits_hold(void **state)
{
	static const struct {
		const char *variable, *low, *min, *max, *high;
	} rows[] = {
		{ "KEYDESK_TOKEN_SECONDS", "59", "60", "3600", "3601" },
		{ "KEYDESK_ACCOUNT_KEYS", "0", "1", "50", "51" },
		{ "KEYDESK_OVERLAP_MINUTES", "14", "15", "10080", "10081" },
		{ "KEYDESK_WORKERS", "-1", "0", "64", "65" },
		{ "KEYDESK_THREADS", "1", "2", "128", "129" },
		{ "KEYDESK_SECRET_KIB", "7", "8", "262144", "262145" },
		{ "KEYDESK_DB_PORT", "0", "1", "65535", "65536" },
	};

	(void)state;
	/* So that none of these has too many threads. */
	setenv("KEYDESK_DB_CONNECTIONS", "16384", 1);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *wrong[] = { rows[i].low, rows[i].high, "x", "1x", "1.5", "0x10", " " };

		for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
			str said;

			setenv(rows[i].variable, wrong[k], 1);
			read_settings(&said);
			assert_true(str_starts(said, str_of(rows[i].variable)));
			CHECK_HOLDS(said, ": a whole number from ");
		}
		setenv(rows[i].variable, rows[i].min, 1);
		read_good();
		setenv(rows[i].variable, rows[i].max, 1);
		read_good();
		unsetenv(rows[i].variable);
	}
}

static void
each_mistake_is_a_line(void **state)
{
	str wrong, rest;
	int lines = 0;

	(void)state;
	setenv("KEYDESK_THREADS", "many", 1);
	setenv("KEYDESK_TOKEN_ALGORITHM", "none", 1);
	setenv("KEYDESK_URL", "http://desk.example.org", 1);
	setenv("KEYDESK_LISTEN", "a\nb", 1);
	setenv("KEYDESK_THREDS", "8", 1);
	read_settings(&wrong);
	CHECK_HOLDS(wrong, "KEYDESK_THREADS: a whole number from 2 to 128\n");
	CHECK_HOLDS(wrong, "KEYDESK_TOKEN_ALGORITHM: one of ES256 EdDSA\n");
	CHECK_HOLDS(wrong, "KEYDESK_URL: must be https: http is for loopback only\n");
	CHECK_HOLDS(wrong, "KEYDESK_LISTEN: 1 to 99 bytes without control characters\n");
	CHECK_HOLDS(wrong, "KEYDESK_THREDS: there is no such setting\n");
	for (rest = wrong; rest.n != 0; lines++)
		str_cut(rest, '\n', &rest);
	assert_int_equal(lines, 5);
}

static void
settings_belong_together(void **state)
{
	const struct settings *s;

	(void)state;
	setenv("KEYDESK_BODY_BYTES", "1048576", 1);
	REFUSED("KEYDESK_ARENA_BYTES: at least 8 times KEYDESK_BODY_BYTES");
	setenv("KEYDESK_ARENA_BYTES", "8388608", 1);
	read_good();

	setenv("KEYDESK_THREADS", "65", 1);
	REFUSED(
	    "KEYDESK_DB_CONNECTIONS: at least KEYDESK_WORKERS times KEYDESK_THREADS, which is 65");
	setenv("KEYDESK_DB_CONNECTIONS", "195", 1);
	read_good();
	setenv("KEYDESK_WORKERS", "4", 1);
	REFUSED(
	    "KEYDESK_DB_CONNECTIONS: at least KEYDESK_WORKERS times KEYDESK_THREADS, which is 260");
	setenv("KEYDESK_WORKERS", "3", 1);
	read_good();

	setenv("KEYDESK_ACCOUNT_KEYS_MAX", "1", 1);
	REFUSED("KEYDESK_ACCOUNT_KEYS_MAX: at least KEYDESK_ACCOUNT_KEYS, which is 2");
	setenv("KEYDESK_ACCOUNT_KEYS", "1", 1);
	read_good();

	setenv("KEYDESK_CALLS_PER_MINUTE", "601", 1);
	read_good();
	setenv("KEYDESK_CALLS_PER_MINUTE_MAX", "600", 1);
	REFUSED("KEYDESK_CALLS_PER_MINUTE_MAX: at least KEYDESK_CALLS_PER_MINUTE, which is 601");
	setenv("KEYDESK_CALLS_PER_MINUTE", "600", 1);
	read_good();

	setenv("KEYDESK_DB_HOST", "db1.example.org", 1);
	s = read_good();
	CHECK_STR(s->db.socket, "");
	CHECK_STR(s->owner.socket, "");
	CHECK_STR(s->owner.host, "db1.example.org");
	setenv("KEYDESK_DB_HOST", "db1, db2:3307 [2001:db8::3]:3306", 1);
	CHECK_STR(read_good()->owner.host, "db1, db2:3307 [2001:db8::3]:3306");
	setenv("KEYDESK_DB_HOST", "db1,db2:none", 1);
	REFUSED("KEYDESK_DB_HOST: a port is a number from 1 to 65535");
	setenv("KEYDESK_DB_HOST", "db1", 1);
	setenv("KEYDESK_DB_SOCKET", "/run/db", 1);
	REFUSED("KEYDESK_DB_HOST: not together with KEYDESK_DB_SOCKET");
}

static void
refuse_password(str text)
{
	const char *path = file_of(text);

	setenv("KEYDESK_DB_PASSWORD_FILE", path, 1);
	REFUSED("must hold one line of 1 to 255 bytes");
	unlink(path);
}

static void
secrets_come_from_files(void **state)
{
	const char *path = file_of(S("s3cret word\n"));
	const struct settings *s;

	(void)state;
	setenv("KEYDESK_DB_PASSWORD_FILE", path, 1);
	s = read_good();
	CHECK_STR(s->db.password, "s3cret word");
	CHECK_STR(s->owner.password, "");
	unlink(path);
	REFUSED("KEYDESK_DB_PASSWORD_FILE: cannot read /tmp/keydesk-settings-");

	refuse_password(S(""));
	refuse_password(S("one\ntwo\n"));
	refuse_password(S("one\0two"));
	setenv("KEYDESK_DB_PASSWORD_FILE", "/dev/zero", 1);
	REFUSED("/dev/zero is too large");
	setenv("KEYDESK_DB_PASSWORD_FILE", "/", 1);
	REFUSED("cannot read /");
}

static void
a_file_stands_in(void **state)
{
	const char *path = file_of(S("# words\n\n KEYDESK_THREADS = 7 \nKEYDESK_WORKERS=3\n"
				     "KEYDESK_URL=https://desk.example.org\nKEYDESK_WORKERS=4"));
	const struct settings *s;

	(void)state;
	setenv("KEYDESK_SETTINGS", path, 1);
	setenv("KEYDESK_URL", "https://other.example.org", 1);
	s = read_good();
	assert_int_equal(s->threads, 7);
	assert_int_equal(s->workers, 4);
	CHECK_STR(s->host, "other.example.org");
	unlink(path);
	REFUSED("KEYDESK_SETTINGS: cannot read");

	path = file_of(S("KEYDESK_THREDS=7\nPATH=/\nwords\n"));
	setenv("KEYDESK_SETTINGS", path, 1);
	REFUSED("KEYDESK_THREDS: there is no such setting");
	REFUSED("PATH: there is no such setting");
	REFUSED("words: there is no such setting");
	unlink(path);
}

static void
the_table_shows_no_secret(void **state)
{
	const char *path = file_of(S("s3cret"));
	struct buf out;
	const struct settings *s;

	(void)state;
	setenv("KEYDESK_DB_PASSWORD_FILE", path, 1);
	setenv("KEYDESK_THREADS", "9", 1);
	out = buf_new(test_arena(), 65536);
	s = settings_read(out.arena, &out);
	settings_print(&out, s);
	unlink(path);
	assert_int_equal(str_find(buf_str(&out), S("s3cret")), out.n);
	CHECK_HOLDS(buf_str(&out), "KEYDESK_DB_PASSWORD_FILE        (set) ");
	CHECK_HOLDS(buf_str(&out), "KEYDESK_DB_OWNER_PASSWORD_FILE  (empty) ");
	CHECK_HOLDS(
	    buf_str(&out), "KEYDESK_THREADS                 9                         default 8 ");
	CHECK_HOLDS(buf_str(&out), "2 to 128\n    request threads of each worker\n");
	CHECK_HOLDS(buf_str(&out), "default ES256                     one of ES256 EdDSA\n");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(defaults_are_sensible, begin),
		cmocka_unit_test_setup(variables_are_read, begin),
		cmocka_unit_test_setup(limits_hold, begin),
		cmocka_unit_test_setup(each_mistake_is_a_line, begin),
		cmocka_unit_test_setup(settings_belong_together, begin),
		cmocka_unit_test_setup(secrets_come_from_files, begin),
		cmocka_unit_test_setup(a_file_stands_in, begin),
		cmocka_unit_test_setup(the_table_shows_no_secret, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
