/* scratch.h - a database of one test program's own, on the server at $KEYDESK_TEST_SOCKET. */
#ifndef TESTS_DB_SCRATCH_H
#define TESTS_DB_SCRATCH_H

#include "check.h"
#include "db/db.h"

#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The database's name, and a connection that may do anything. */
static char scratch_name[64];
static MYSQL *scratch_root;

static inline MYSQL *
scratch_connect(void)
{
	MYSQL *made = mysql_init(NULL);

	if (!mysql_real_connect(
		made, NULL, "root", NULL, NULL, 0, getenv("KEYDESK_TEST_SOCKET"), 0)) {
		print_error("KEYDESK_TEST_SOCKET: %s\n", mysql_error(made));
		abort();
	}
	return made;
}

/* Runs it as root; a failure ends the program. */
static inline void
scratch_run(const char *text)
{
	if (mysql_query(scratch_root, text)) {
		print_error("%s\n%s\n", text, mysql_error(scratch_root));
		abort();
	}
}

/* The number that a SELECT gives. */
static inline long
scratch_number(const char *text)
{
	MYSQL_RES *rows;
	MYSQL_ROW row;
	long number;

	scratch_run(text);
	rows = mysql_store_result(scratch_root);
	row = mysql_fetch_row(rows);
	number = row && row[0] ? strtol(row[0], NULL, 10) : -1;
	mysql_free_result(rows);
	return number;
}

static inline int
scratch_open(void **state)
{
	char text[100];

	(void)state;
	db_library_init();
	scratch_root = scratch_connect();
	snprintf(scratch_name, sizeof scratch_name, "keydesk_test_%ld", (long)getpid());
	snprintf(text, sizeof text, "CREATE DATABASE %s", scratch_name);
	scratch_run(text);
	if (mysql_select_db(scratch_root, scratch_name))
		abort();
	return 0;
}

static inline int
scratch_close(void **state)
{
	char text[100];

	(void)state;
	snprintf(text, sizeof text, "DROP DATABASE IF EXISTS %s", scratch_name);
	scratch_run(text);
	mysql_close(scratch_root);
	mysql_library_end();
	return 0;
}

/* The tables of statements.sql, empty. */
static inline void
scratch_tables(void)
{
	scratch_run("DROP TABLE IF EXISTS thing, entry");
	scratch_run("CREATE TABLE thing (id BIGINT PRIMARY KEY AUTO_INCREMENT, "
		    "name VARCHAR(200) NOT NULL UNIQUE, note LONGTEXT, amount INT, "
		    "active TINYINT(1) NOT NULL, maybe TINYINT(1), made_at DATETIME(6) NOT NULL, "
		    "ended_at DATETIME(6), hash VARBINARY(64) NOT NULL, price DECIMAL(10, 2)) "
		    "ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
	scratch_run("CREATE TABLE entry (what VARCHAR(200) NOT NULL) ENGINE = InnoDB");
	scratch_run("DROP PROCEDURE IF EXISTS raise");
	scratch_run("CREATE PROCEDURE raise(number INT) "
		    "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = number, MESSAGE_TEXT = 'a value'");
}

static inline struct db_place
scratch_place(void)
{
	return (struct db_place){ .socket = str_of(getenv("KEYDESK_TEST_SOCKET")),
		.name = str_of(scratch_name),
		.user = S("root") };
}

/* Ends a connection from outside and waits until it is gone. */
static inline void
scratch_kill(int64_t id)
{
	char text[100];

	snprintf(text, sizeof text, "KILL %ld", (long)id);
	scratch_run(text);
	snprintf(text, sizeof text,
	    "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %ld", (long)id);
	while (scratch_number(text))
		scratch_run("DO SLEEP(0.001)");
}

#endif
