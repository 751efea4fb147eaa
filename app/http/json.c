/* json.c - JSON into a shape: a posted object, or a whole file; the only file that knows jansson. */
#define _GNU_SOURCE
#include "http/json.h"

#include "base/utf8.h"

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

/* ---- a whole file */

/* Where a value stands: a member of an object, or an element of one of its lists. */
struct place {
	const struct place *up;
	str name;
	size_t at;  /* LIST_ITSELF when it is no element */
	void *into; /* the struct that it goes into, or is a member of */
};

#define LIST_ITSELF ((size_t)-1)

struct file_reader {
	struct arena *arena;
	struct json_wrongs *wrongs;
	str text;
	const struct shape *shape;
	struct place file;
	json_t *root;
};

static str
place_words(struct arena *a, const struct place *place)
{
	str up = place->up ? place_words(a, place->up) : (str){ 0 };
	str dot = up.n ? S(".") : (str){ 0 };

	if (place->at == LIST_ITSELF)
		return fmt(a, "%.*s%.*s%.*s", STR(up), STR(dot), STR(place->name));
	return fmt(a, "%.*s%.*s%.*s[%zu]", STR(up), STR(dot), STR(place->name), place->at);
}

static void
wrong_at(struct file_reader *r, const struct place *place, str words)
{
	str path = place->name.n ? place_words(r->arena, place) : S("the file");

	json_wrong(r->wrongs, path, words);
}

static void object_fill(struct file_reader *, const struct shape *, json_t *, const struct place *);

static void
list_fill(
    struct file_reader *r, const struct shape_member *m, json_t *value, const struct place *place)
{
	size_t n = json_array_size(value);
	char *at;

	if (!json_is_array(value)) {
		wrong_at(r, place, S("must be a list"));
		return;
	}
	at = arena_new(r->arena, m->of->size, alignof(max_align_t), n);
	*(struct shape_list *)(void *)((char *)place->into + m->offset) =
	    (struct shape_list){ at, n };
	for (size_t i = 0; i < n; i++) {
		struct place element = { place->up, place->name, i, at + i * m->of->size };

		object_fill(r, m->of, json_array_get(value, i), &element);
	}
}

static void
text_fill(struct file_reader *r, json_t *value, const struct place *place, str *into)
{
	str text = { json_string_value(value), json_string_length(value) };

	if (!json_is_string(value))
		wrong_at(r, place, S("must be a string"));
	else if (!utf8_ok(text, false))
		wrong_at(r, place, S("holds characters that cannot be stored"));
	else
		*into = str_copy(r->arena, text);
}

static void
value_fill(
    struct file_reader *r, const struct shape_member *m, json_t *value, const struct place *place)
{
	char *at = (char *)place->into + m->offset;

	switch (m->kind) {
	case SHAPE_TEXT:
		text_fill(r, value, place, (str *)(void *)at);
		break;
	case SHAPE_FLAG:
		*(bool *)(void *)at = json_is_true(value);
		if (!json_is_boolean(value))
			wrong_at(r, place, S("must be true or false"));
		break;
	case SHAPE_LIST:
		list_fill(r, m, value, place);
		break;
	case SHAPE_NONE:
	case SHAPE_INT:
	case SHAPE_TIME:
	case SHAPE_PART:
	case SHAPE_MANY:
		fault(r->arena->fault, "%.*s cannot be read from a file", STR(m->name));
	}
}

static void
object_fill(
    struct file_reader *r, const struct shape *shape, json_t *value, const struct place *place)
{
	if (!json_is_object(value)) {
		wrong_at(r, place, S("must be an object"));
		return;
	}
	for (void *i = json_object_iter(value); i; i = json_object_iter_next(value, i)) {
		str name = str_of(json_object_iter_key(i));
		struct place member = {
			.up = place->name.n ? place : NULL, .at = LIST_ITSELF, .into = place->into
		};
		const struct shape_member *m = shape_find(shape, name);

		member.name = utf8_ok(name, false) ? str_copy(r->arena, name) : S("?");
		if (!m)
			wrong_at(r, &member, S("is no member that is known here"));
		else
			value_fill(r, m, json_object_iter_value(i), &member);
	}
}

static void
file_fill(void *arg)
{
	struct file_reader *r = arg;

	object_fill(r, r->shape, r->root, &r->file);
}

void
json_wrong(struct json_wrongs *wrongs, str path, str words)
{
	for (size_t i = 0; i < wrongs->n; i++)
		if (str_eq(wrongs->at[i].path, path))
			return;
	if (wrongs->n == JSON_WRONGS_MAX)
		wrongs->more++;
	else
		wrongs->at[wrongs->n++] = (struct json_wrong){ path, words };
}

void
json_file_(
    struct arena *a, str text, const struct shape *shape, void *into, struct json_wrongs *wrongs)
{
	struct file_reader r = { a, wrongs, text, shape, { .into = into }, NULL };
	json_error_t error = { 0 };
	bool done;

	if (is_too_deep(text)) {
		wrong_at(&r, &r.file, S("is nested too deeply"));
		return;
	}
	r.root = json_loadb(text.at ? text.at : "", text.n, JSON_REJECT_DUPLICATES, &error);
	if (!r.root) {
		wrong_at(&r, &r.file,
		    fmt(a, "is not JSON: line %d, column %d%s%s", error.line, error.column,
			utf8_ok(str_of(error.text), false) ? ": " : "",
			utf8_ok(str_of(error.text), false) ? error.text : ""));
		return;
	}
	/* A full arena must not keep the library's memory, so its fault is caught here and sent on. */
	done = attempt(a->fault, file_fill, &r);
	json_decref(r.root);
	if (!done)
		fault_as(a->fault, a->fault->kind, "while reading JSON: %s", a->fault->what);
}

/* ---- the members of an object */

struct member_list {
	struct arena *arena;
	json_t *root;
	struct json_members members;
};

static str
value_text(struct arena *a, const json_t *value)
{
	str text = { json_string_value(value), json_string_length(value) };
	size_t n;
	char *dump;

	if (json_is_string(value))
		return fmt(a, "%.*s", STR(text));
	n = json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
	dump = NEW(a, char, n + 1);
	json_dumpb(value, dump, n, JSON_COMPACT | JSON_ENCODE_ANY);
	return (str){ dump, n };
}

static void
members_fill(void *list)
{
	struct member_list *l = list;
	const char *name;
	json_t *value;

	l->members.at = NEW(l->arena, struct json_member, json_object_size(l->root));
	json_object_foreach(l->root, name, value)
	{
		struct json_member *m = &l->members.at[l->members.n++];

		m->name = fmt(l->arena, "%s", name);
		m->change = json_array_size(value) == 2 &&
		            !json_is_array(json_array_get(value, 0)) &&
		            !json_is_object(json_array_get(value, 0));
		if (m->change)
			m->was = value_text(l->arena, json_array_get(value, 0));
		m->is = value_text(l->arena, m->change ? json_array_get(value, 1) : value);
	}
}

struct json_members
json_members(struct arena *a, str text)
{
	struct member_list list = { .arena = a };
	bool done = true;

	if (text.n == 0 || is_too_deep(text))
		return list.members;
	list.root = json_loadb(text.at, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(list.root))
		done = attempt(a->fault, members_fill, &list);
	json_decref(list.root);
	if (!done)
		fault_as(a->fault, a->fault->kind, "while reading JSON: %s", a->fault->what);
	return list.members;
}
