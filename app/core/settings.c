/* settings.c - reads the settings of settings_table.c from the environment and a file. */
#define _GNU_SOURCE
#include "core/settings.h"

#include "core/origin.h"
#include "core/settings_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SETTING_FILE_MAX = 65536 };

/* Where a setting comes from: the environment, or else the lines of the file KEYDESK_SETTINGS. */
struct source {
	struct arena *arena;
	str file;
	struct buf *wrong;
};

/* A whole small file, in the arena. False, with a line in wrong, when it cannot be read. */
static bool
read_file(const struct source *from, const char *variable, const char *path, str *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *at = NEW(from->arena, char, SETTING_FILE_MAX);
	ssize_t n = fd < 0 ? -1 : read(fd, at, SETTING_FILE_MAX);
	int why = errno;

	if (fd >= 0)
		close(fd);
	if (n < 0) {
		buf_fmt(from->wrong, "%s: cannot read %s: %s\n", variable, path, strerror(why));
		return false;
	}
	if (n == SETTING_FILE_MAX) {
		buf_fmt(from->wrong, "%s: %s is too large\n", variable, path);
		return false;
	}
	*text = (str){ at, (size_t)n };
	return true;
}

/* The value of NAME=VALUE in the lines of the settings file, the last one if there are several. */
static str
find_line(str lines, str name)
{
	str found = { 0 };

	while (lines.n != 0) {
		str value, line = str_trim(str_cut(lines, '\n', &lines));

		if (str_eq(str_trim(str_cut(line, '=', &value)), name))
			found = str_trim(value);
	}
	return found;
}

/* The text of a variable; empty when it is not set, or set to nothing. */
static str
find_value(const struct source *from, const char *variable)
{
	str value = str_of(getenv(variable));

	return value.n != 0 ? value : find_line(from->file, str_of(variable));
}

static bool
is_plain(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
			return false;
	return true;
}

static bool
is_choice(str choices, str word)
{
	while (choices.n != 0)
		if (str_eq(str_cut(choices, ' ', &choices), word))
			return true;
	return false;
}

static void
set_number(const struct source *from, const struct setting *row, str value, void *member)
{
	int64_t number = 0;

	if (!str_int(value, &number) || number < row->min || number > row->max) {
		buf_fmt(from->wrong, "%s: a whole number from %" PRId64 " to %" PRId64 "\n",
		    row->variable, row->min, row->max);
		return;
	}
	if (row->kind == SETTING_INT)
		*(int64_t *)member = number;
	else
		*(int32_t *)member = (int32_t)number;
}

static void
set_text(const struct source *from, const struct setting *row, str value, str *member)
{
	if (value.n < (size_t)row->min || value.n > (size_t)row->max || !is_plain(value)) {
		buf_fmt(from->wrong,
		    "%s: %" PRId64 " to %" PRId64 " bytes without control characters\n",
		    row->variable, row->min, row->max);
		return;
	}
	*member = str_copy(from->arena, value);
}

static void
set_secret(const struct source *from, const struct setting *row, str path, str *member)
{
	str text = { 0 }, rest;

	if (path.n == 0 || !read_file(from, row->variable, str_c(from->arena, path), &text))
		return;
	text = str_cut(text, '\n', &rest);
	if (text.n == 0 || text.n > (size_t)row->max || !is_plain(text) || rest.n != 0) {
		buf_fmt(from->wrong, "%s: %.*s must hold one line of 1 to %" PRId64 " bytes\n",
		    row->variable, STR(path), row->max);
		return;
	}
	*member = text;
}

static void
set_choice(const struct source *from, const struct setting *row, str value, str *member)
{
	if (!is_choice(str_of(row->otherwise), value))
		buf_fmt(from->wrong, "%s: one of %s\n", row->variable, row->otherwise);
	else
		*member = str_copy(from->arena, value);
}

static void
set_one(const struct source *from, const struct setting *row, struct settings *s)
{
	void *member = (char *)s + row->offset;
	str value = find_value(from, row->variable), rest;

	if (value.n == 0 && row->kind == SETTING_CHOICE)
		value = str_cut(str_of(row->otherwise), ' ', &rest);
	else if (value.n == 0)
		value = str_of(row->otherwise);
	switch (row->kind) {
	case SETTING_TEXT:
		set_text(from, row, value, member);
		break;
	case SETTING_INT:
	case SETTING_SMALL:
		set_number(from, row, value, member);
		break;
	case SETTING_SECRET:
		set_secret(from, row, value, member);
		break;
	case SETTING_CHOICE:
		set_choice(from, row, value, member);
		break;
	}
}

static bool
is_setting(str name)
{
	for (size_t i = 0; i < settings_table_n; i++)
		if (str_eq(name, str_of(settings_table[i].variable)))
			return true;
	return str_eq(name, S("KEYDESK_SETTINGS")) || str_starts(name, S("KEYDESK_TEST_"));
}

/* A misspelt setting would otherwise be its default in silence. */
static void
refuse_unknown(const struct source *from, str line)
{
	str value, name = str_trim(str_cut(line, '=', &value));

	if (!is_setting(name))
		buf_fmt(from->wrong, "%.*s: there is no such setting\n", STR(name));
}

static void
find_unknown(const struct source *from)
{
	for (str lines = from->file; lines.n != 0;) {
		str line = str_trim(str_cut(lines, '\n', &lines));

		if (line.n != 0 && !str_starts(line, S("#")))
			refuse_unknown(from, line);
	}
	for (char **at = environ; *at; at++)
		if (str_starts(str_of(*at), S("KEYDESK_")))
			refuse_unknown(from, str_of(*at));
}

/* Each request thread may have a connection, so no more threads are allowed than those. */
static void
settle_connections(const struct source *from, const struct settings *s)
{
	int64_t workers = s->workers ? s->workers : 1;

	if (workers * s->threads > s->db_connections)
		buf_fmt(from->wrong,
		    "KEYDESK_DB_CONNECTIONS: at least KEYDESK_WORKERS times KEYDESK_THREADS, which "
		    "is %" PRId64 "\n",
		    workers * s->threads);
}

static void
settle_mail(const struct source *from, struct settings *s)
{
	const char *setting, *why = mail_place_read(&s->mail, &setting);

	if (why)
		buf_fmt(from->wrong, "%s: %s\n", setting, why);
}

/* What depends on several settings. */
static void
settle(const struct source *from, struct settings *s)
{
	struct origin origin = { 0 };
	const char *why = s->url.n == 0 ? NULL : origin_parse(s->url, &origin);

	if (why)
		buf_fmt(from->wrong, "KEYDESK_URL: %s\n", why);
	s->https = origin.https;
	s->host = origin.authority;
	if (s->arena_bytes < 8 * s->body_bytes)
		buf_fmt(from->wrong,
		    "KEYDESK_ARENA_BYTES: at least 8 times KEYDESK_BODY_BYTES, which is %" PRId64
		    "\n",
		    s->body_bytes);
	if (s->account_keys > s->account_keys_max)
		buf_fmt(from->wrong,
		    "KEYDESK_ACCOUNT_KEYS_MAX: at least KEYDESK_ACCOUNT_KEYS, which is %" PRId64
		    "\n",
		    s->account_keys);
	if (s->calls_per_minute_max && s->calls_per_minute > s->calls_per_minute_max)
		buf_fmt(from->wrong,
		    "KEYDESK_CALLS_PER_MINUTE_MAX: at least KEYDESK_CALLS_PER_MINUTE, which is "
		    "%" PRId64 "\n",
		    s->calls_per_minute);
	if (s->db.host.n != 0 && find_value(from, "KEYDESK_DB_SOCKET").n != 0)
		buf_fmt(from->wrong, "KEYDESK_DB_HOST: not together with KEYDESK_DB_SOCKET\n");
	if (s->db.host.n != 0)
		s->db.socket = (str){ 0 };
	why = db_place_wrong(&s->db);
	if (why)
		buf_fmt(from->wrong, "KEYDESK_DB_%s: %s\n", s->db.host.n ? "HOST" : "SOCKET", why);
	settle_connections(from, s);
	settle_mail(from, s);
	s->people.lanes = s->programs.lanes = 1;
	s->owner.socket = s->db.socket;
	s->owner.host = s->db.host;
	s->owner.port = s->db.port;
	s->owner.name = s->db.name;
}

const struct settings *
settings_read(struct arena *start, struct buf *wrong)
{
	struct settings *s = NEW(start, struct settings, 1);
	struct source from = { .arena = start, .wrong = wrong };
	const char *path = getenv("KEYDESK_SETTINGS");

	if (path && *path)
		read_file(&from, "KEYDESK_SETTINGS", path, &from.file);
	find_unknown(&from);
	for (size_t i = 0; i < settings_table_n; i++)
		set_one(&from, &settings_table[i], s);
	settle(&from, s);
	return s;
}

const struct settings *
settings_forget_owner(struct arena *start, const struct settings *settings)
{
	struct settings *s = NEW(start, struct settings, 1);

	*s = *settings;
	if (s->owner.password.n)
		explicit_bzero((char *)(uintptr_t)s->owner.password.at, s->owner.password.n);
	s->owner.password = (str){ 0 };
	return s;
}

static void
print_limits(struct buf *out, const struct setting *row)
{
	switch (row->kind) {
	case SETTING_TEXT:
		buf_fmt(out, "%" PRId64 " to %" PRId64 " bytes", row->min, row->max);
		break;
	case SETTING_INT:
	case SETTING_SMALL:
		buf_fmt(out, "%" PRId64 " to %" PRId64, row->min, row->max);
		break;
	case SETTING_SECRET:
		buf_fmt(out, "path of a file");
		break;
	case SETTING_CHOICE:
		buf_fmt(out, "one of %s", row->otherwise);
		break;
	}
}

static str
value_text(struct arena *a, const struct setting *row, const struct settings *s)
{
	const void *member = (const char *)s + row->offset;

	if (row->kind == SETTING_INT)
		return fmt(a, "%" PRId64, *(const int64_t *)member);
	if (row->kind == SETTING_SMALL)
		return fmt(a, "%" PRId32, *(const int32_t *)member);
	if (row->kind == SETTING_SECRET)
		return ((const str *)member)->n != 0 ? S("(set)") : S("(empty)");
	return *(const str *)member;
}

void
settings_print(struct buf *out, const struct settings *s)
{
	for (size_t i = 0; i < settings_table_n; i++) {
		const struct setting *row = &settings_table[i];
		str value = value_text(out->arena, row, s), rest;
		str otherwise = str_of(row->otherwise);

		if (row->kind == SETTING_CHOICE)
			otherwise = str_cut(otherwise, ' ', &rest);
		buf_fmt(out, "%-31s %-24.*s  default %-24.*s  ", row->variable, STR(value),
		    STR(otherwise));
		print_limits(out, row);
		buf_fmt(out, "\n    %s\n", row->meaning);
	}
}
