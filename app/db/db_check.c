/* db_check.c - each declared statement, compared with what the database says about it. */
#include "db/db_parts.h"

#include <stdio.h>
#include <string.h>

/* What differs, told after the library's memory is given back. */
struct difference {
	char text[200];
};

static bool
is_whole_number(const MYSQL_FIELD *f)
{
	switch ((int)f->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
		return true;
	case MYSQL_TYPE_NEWDECIMAL: /* SUM() of whole numbers */
		return f->decimals == 0;
	default:
		return false;
	}
}

static bool
is_text(const MYSQL_FIELD *f)
{
	enum { JSON = 245 }; /* MySQL's; MariaDB's is a LONGTEXT */

	switch ((int)f->type) {
	case MYSQL_TYPE_STRING:
	case MYSQL_TYPE_VAR_STRING:
	case MYSQL_TYPE_VARCHAR:
	case MYSQL_TYPE_TINY_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_ENUM:
	case MYSQL_TYPE_SET:
	case JSON:
		return true;
	default:
		return false;
	}
}

static bool
has_type(const MYSQL_FIELD *f, enum shape_kind kind)
{
	if (kind == SHAPE_TEXT)
		return is_text(f);
	if (kind == SHAPE_TIME)
		return f->type == MYSQL_TYPE_DATETIME || f->type == MYSQL_TYPE_TIMESTAMP;
	return is_whole_number(f) && !(kind == SHAPE_FLAG && f->type == MYSQL_TYPE_NEWDECIMAL);
}

static const char *
type_name(enum shape_kind kind)
{
	if (kind == SHAPE_TEXT)
		return "text";
	if (kind == SHAPE_TIME)
		return "time";
	return kind == SHAPE_FLAG ? "flag" : "int";
}

static void
compare_column(
    const struct db_statement *s, const MYSQL_FIELD *f, size_t i, struct difference *found)
{
	const struct shape_member *m = &s->row->members[i];
	const char *type = type_name(m->kind);

	if (!str_eq(str_of(f->name), m->name))
		snprintf(found->text, sizeof found->text, "column %zu is '%.64s', not '%.*s'",
		    i + 1, f->name, STR(m->name));
	else if (!has_type(f, m->kind))
		snprintf(
		    found->text, sizeof found->text, "column '%.*s' is no %s", STR(m->name), type);
	else if (!(f->flags & NOT_NULL_FLAG) && !s->row_null[i])
		snprintf(found->text, sizeof found->text, "column '%.*s' may be NULL: declare %s?",
		    STR(m->name), type);
}

static void
compare(const struct db_statement *s, MYSQL_STMT *prepared, struct difference *found)
{
	size_t columns = mysql_stmt_field_count(prepared), declared = s->row ? s->row->n : 0;
	MYSQL_RES *result;

	if (columns != declared) {
		snprintf(found->text, sizeof found->text, "it gives %zu columns, %zu are declared",
		    columns, declared);
		return;
	}
	result = mysql_stmt_result_metadata(prepared);
	if (!result)
		return;
	for (size_t i = 0; i < columns && !found->text[0]; i++)
		compare_column(s, mysql_fetch_field_direct(result, (unsigned)i), i, found);
	mysql_free_result(result);
}

/* Prepares it afresh, whatever this connection has prepared before. */
static void
check_one(struct db *db, const struct db_statement *s)
{
	struct difference found = { 0 };
	unsigned error = 0;
	MYSQL_STMT *prepared;

	db->arena->fault->held++;
	prepared = mysql_stmt_init(db->connection);
	if (!prepared) {
		error = CR_OUT_OF_MEMORY; /* not tested: malloc cannot fail here */
	} else if (mysql_stmt_prepare(prepared, s->text.at, s->text.n)) {
		error = mysql_stmt_errno(prepared);
		db_say(db, mysql_stmt_error(prepared));
	} else {
		compare(s, prepared, &found);
	}
	if (prepared)
		mysql_stmt_close(prepared);
	db->arena->fault->held--;

	if (error)
		db_fail(db, db_name(db, s), error);
	if (found.text[0])
		fault(db->arena->fault, "%s: %s", db_name(db, s), found.text);
}

void
db_check(struct db *db, const struct db_statement *const *statements, size_t n)
{
	unsigned error = db_ask_again(db, "SELECT 1");

	if (error)
		db_fail(db, "the statements cannot be checked", error);
	for (size_t i = 0; i < n; i++)
		check_one(db, statements[i]);
}
