/* json.c - a posted JSON object into a shape; it and json_file.c are the only files that know jansson. */
#define _GNU_SOURCE
#include "http/json.h"

#include "base/utf8.h"
#include "http/json_parts.h"

#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* jansson calls itself for each level, 2,048 deep, which a thread's stack may not hold. */
enum { JSON_DEPTH_MAX = 32 };

static const double DATE_MAX = 253402300800; /* the year 10000, in seconds since 1970 */

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

bool
json_too_deep(str s)
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

/* The same for a text, or one of many. */
static const char *
text_read(struct reader *r, const struct json_rule *rule, const json_t *value, str *into)
{
	str text = { json_string_value(value), json_string_length(value) };

	if (!json_is_string(value))
		return "must be a string";
	if (rule->required && text.n == 0)
		return "is empty";
	if (rule->max && text.n > rule->max)
		return "is too long";
	if (!utf8_ok(text, false))
		return "holds characters that cannot be stored";
	buf_add(&r->texts, text);
	*into = str_part((str){ r->texts.at, r->texts.n }, r->texts.n - text.n, text.n);
	return NULL;
}

/* There is room for JSON_MANY_MAX. A text alone is a list of one. */
static const char *
many_read(struct reader *r, const struct json_rule *rule, const json_t *value, struct strs *into)
{
	size_t n = json_is_array(value) ? json_array_size(value) : 1;
	const char *wrong = NULL;

	if (n > JSON_MANY_MAX)
		return "has too many elements";
	if (rule->required && n == 0)
		return "is empty";
	for (into->n = 0; into->n < n && !wrong; into->n++)
		wrong = text_read(r, rule,
		    json_is_array(value) ? json_array_get(value, into->n) : value,
		    (str *)(uintptr_t)&into->at[into->n]);
	return wrong;
}

/* A date's seconds up to the year 9999, which a double holds exactly. */
static const char *
int_read(const struct json_rule *rule, const json_t *value, int64_t *into)
{
	double seconds = json_real_value(value);
	bool date = rule->date && json_is_real(value) && seconds >= 0 && seconds < DATE_MAX;

	*into = date ? (int64_t)seconds : json_integer_value(value);
	return date || json_is_integer(value) ? NULL : "must be a whole number";
}

/* What is wrong with a member, as the end of a sentence; NULL when it is in its place. */
static const char *
member_read(struct reader *r, const struct json_rule *rule, const json_t *value)
{
	const struct shape_member *m = shape_find(r->shape, rule->name);

	if (!value || json_is_null(value))
		return rule->required ? "is missing" : NULL;
	if (m->kind == SHAPE_INT)
		return int_read(rule, value, (int64_t *)(void *)(r->into + m->offset));
	if (m->kind == SHAPE_FLAG) {
		*(bool *)(void *)(r->into + m->offset) = json_is_true(value);
		return json_is_boolean(value) ? NULL : "must be true or false";
	}
	if (m->kind == SHAPE_MANY)
		return many_read(r, rule, value, (struct strs *)(void *)(r->into + m->offset));
	return text_read(r, rule, value, (str *)(void *)(r->into + m->offset));
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

/* And room for what comes in numbers. */
static void
rule_check(struct reader *r, const struct json_rule *rule)
{
	const struct shape_member *m = shape_find(r->shape, rule->name);
	struct arena *a = r->rq->arena;

	if (!m)
		fault(a->fault, "%.*s has no '%.*s'", STR(r->shape->name), STR(rule->name));
	if (m->kind == SHAPE_MANY)
		*(struct strs *)(void *)(r->into + m->offset) =
		    (struct strs){ NEW(a, str, JSON_MANY_MAX), 0 };
	else if (m->kind != SHAPE_TEXT && m->kind != SHAPE_INT && m->kind != SHAPE_FLAG)
		fault(a->fault, "%.*s.%.*s cannot be read from JSON", STR(r->shape->name),
		    STR(rule->name));
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
		rule_check(&r, &rules[i]);
	if (json_too_deep(rq->body))
		return S("the body is nested too deeply");

	/* All texts of an object are shorter than the object. So nothing below needs the arena. */
	if (rq->body.n)
		buf_room(&r.texts, rq->body.n);
	rq->arena->fault->held++;
	wrong = object_read(&r, &what);
	rq->arena->fault->held--;
	return wrong ? fmt(rq->arena, "%.*s %s", STR(what), wrong) : (str){ 0 };
}
