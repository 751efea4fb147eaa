/* json.c - a posted JSON object into a shape; a shape as JSON; the only file that knows jansson. */
#define _GNU_SOURCE
#include "http/json.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* jansson calls itself for each level, 2,048 deep, which a thread's stack may not hold. */
enum { JSON_DEPTH_MAX = 32 };

/* ---- the library */

static void
wiping_free(void *at)
{
	if (at)
		explicit_bzero(at, malloc_usable_size(at));
	free(at);
}

void
json_library_init(void)
{
	json_set_alloc_funcs(malloc, wiping_free);
	json_object_seed(0);
}

/* ---- reading */

/* Brackets outside of strings, however wrong the rest is: that jansson finds out. */
static bool
is_too_deep(str s)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.at[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > JSON_DEPTH_MAX)
			return true;
	}
	return false;
}

struct reader {
	struct request *rq;
	const struct shape *shape;
	const struct json_rule *rules;
	size_t n;
	char *into;
	struct buf texts; /* never grows: views of it stay good */
};

/* What is wrong with a member, as the end of a sentence; NULL when it is in its place. */
static const char *
member_read(struct reader *r, const struct json_rule *rule, const json_t *value)
{
	const struct shape_member *m = shape_find(r->shape, rule->name);
	str text = { json_string_value(value), json_string_length(value) };

	if (!value || json_is_null(value))
		return rule->required ? "is missing" : NULL;
	if (m->kind == SHAPE_INT) {
		*(int64_t *)(void *)(r->into + m->offset) = json_integer_value(value);
		return json_is_integer(value) ? NULL : "must be a whole number";
	}
	if (m->kind == SHAPE_FLAG) {
		*(bool *)(void *)(r->into + m->offset) = json_is_true(value);
		return json_is_boolean(value) ? NULL : "must be true or false";
	}
	if (!json_is_string(value))
		return "must be a string";
	if (rule->required && text.n == 0)
		return "is empty";
	if (rule->max && text.n > rule->max)
		return "is too long";
	if (!utf8_ok(text, false))
		return "holds characters that cannot be stored";
	buf_add(&r->texts, text);
	*(str *)(void *)(r->into + m->offset) =
	    str_part((str){ r->texts.at, r->texts.n }, r->texts.n - text.n, text.n);
	return NULL;
}

/* The same for the whole; *what is what it is about. The only place with library memory in hand. */
static const char *
object_read(struct reader *r, str *what)
{
	json_t *object = json_loadb(r->rq->body.at, r->rq->body.n, JSON_REJECT_DUPLICATES, NULL);
	const char *wrong = json_is_object(object) ? NULL : "is not a JSON object";

	*what = S("the body");
	for (size_t i = 0; i < r->n && !wrong; i++) {
		*what = r->rules[i].name;
		wrong = member_read(r, &r->rules[i], json_object_getn(object, what->at, what->n));
	}
	json_decref(object);
	return wrong;
}

static void
rule_check(struct fault *f, const struct shape *shape, const struct json_rule *rule)
{
	const struct shape_member *m = shape_find(shape, rule->name);

	if (!m)
		fault(f, "%.*s has no '%.*s'", STR(shape->name), STR(rule->name));
	if (m->kind != SHAPE_TEXT && m->kind != SHAPE_INT && m->kind != SHAPE_FLAG)
		fault(f, "%.*s.%.*s cannot be read from JSON", STR(shape->name), STR(rule->name));
}

str
json_read_(struct request *rq, const struct shape *shape, const struct json_rule *rules, size_t n,
    void *into)
{
	struct reader r = { rq, shape, rules, n, into, buf_new(rq->arena, rq->body.n) };
	json_malloc_t make;
	json_free_t end;
	const char *wrong;
	str what;

	json_get_alloc_funcs(&make, &end);
	if (end != wiping_free)
		fault(rq->arena->fault, "json_library_init() was not called");
	for (size_t i = 0; i < n; i++)
		rule_check(rq->arena->fault, shape, &rules[i]);
	if (is_too_deep(rq->body))
		return S("the body is nested too deeply");

	/* All texts of an object are shorter than the object. So nothing below needs the arena. */
	if (rq->body.n)
		buf_room(&r.texts, rq->body.n);
	rq->arena->fault->held++;
	wrong = object_read(&r, &what);
	rq->arena->fault->held--;
	return wrong ? fmt(rq->arena, "%.*s %s", STR(what), wrong) : (str){ 0 };
}

/* ---- writing */

/* U+2028 or U+2029: they end a line in JavaScript before 2019. */
static bool
is_separator(str s, size_t i)
{
	str three = str_part(s, i, 3);

	return str_eq(three, S("\xe2\x80\xa8")) || str_eq(three, S("\xe2\x80\xa9"));
}

/* How many bytes at s.at[i] stand for themselves in a string: 0 when they have to be escaped. */
static size_t
plain(str s, size_t i)
{
	unsigned char c = (unsigned char)s.at[i];

	if (c < 0x80)
		return c >= ' ' && !strchr("\"\\<>&\x7f", c);
	if (is_separator(s, i))
		return 0;
	for (size_t n = 2; n <= 4 && i + n <= s.n; n++)
		if (utf8_ok(str_part(s, i, n), false))
			return n;
	return 0;
}

void
json_write_text(struct buf *b, str s)
{
	buf_add_char(b, '"');
	for (size_t i = 0, n; i < s.n;) {
		size_t from = i;

		while (i < s.n && (n = plain(s, i)) != 0)
			i += n;
		buf_add(b, str_part(s, from, i - from));
		if (i == s.n)
			break;
		if (is_separator(s, i)) {
			buf_fmt(b, "\\u20%02x", (unsigned)(unsigned char)s.at[i + 2] - 0x80);
			i += 3;
			continue;
		}
		/* A byte that is no text becomes the sign for that, U+FFFD. */
		buf_fmt(b, "\\u%04x", (unsigned char)s.at[i] < 0x80 ? (unsigned)s.at[i] : 0xfffdu);
		i++;
	}
	buf_add_char(b, '"');
}

static void
write_list(struct buf *b, const struct shape *shape, struct shape_list list)
{
	buf_add_char(b, '[');
	for (size_t i = 0; i < list.n; i++) {
		if (i)
			buf_add_char(b, ',');
		json_write(b, shape, (const char *)list.at + i * shape->size);
	}
	buf_add_char(b, ']');
}

static void
write_many(struct buf *b, struct shape_list list)
{
	buf_add_char(b, '[');
	for (size_t i = 0; i < list.n; i++) {
		if (i)
			buf_add_char(b, ',');
		json_write_text(b, ((const str *)list.at)[i]);
	}
	buf_add_char(b, ']');
}

static void
write_member(struct buf *b, const struct shape_member *m, const void *data)
{
	switch (m->kind) {
	case SHAPE_INT:
		buf_fmt(b, "%" PRId64, SHAPE_INT_OF(data, m));
		break;
	case SHAPE_TEXT:
		json_write_text(b, SHAPE_TEXT_OF(data, m));
		break;
	case SHAPE_FLAG:
		buf_add(b, SHAPE_FLAG_OF(data, m) ? S("true") : S("false"));
		break;
	case SHAPE_TIME:
		if (SHAPE_INT_OF(data, m))
			json_write_text(b, shape_text(b->arena, m, data));
		else
			buf_add(b, S("null"));
		break;
	case SHAPE_PART:
		json_write(b, m->of, (const char *)data + m->offset);
		break;
	case SHAPE_LIST:
		write_list(b, m->of, SHAPE_LIST_OF(data, m));
		break;
	case SHAPE_MANY:
		write_many(b, SHAPE_LIST_OF(data, m));
		break;
	case SHAPE_NONE: /* not tested: SHAPE() makes no such member */
		break;
	}
}

void
json_write(struct buf *b, const struct shape *shape, const void *data)
{
	buf_add_char(b, '{');
	for (size_t i = 0; i < shape->n; i++) {
		if (i)
			buf_add_char(b, ',');
		json_write_text(b, shape->members[i].name);
		buf_add_char(b, ':');
		write_member(b, &shape->members[i], data);
	}
	buf_add_char(b, '}');
}
