/* json_file.c - a whole JSON file into a shape, with each mistake's place; and the members of an object, for people. */
#include "base/utf8.h"
#include "http/json_parts.h"

#include <jansson.h>

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

	if (json_too_deep(text)) {
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

	if (text.n == 0 || json_too_deep(text))
		return list.members;
	list.root = json_loadb(text.at, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(list.root))
		done = attempt(a->fault, members_fill, &list);
	json_decref(list.root);
	if (!done)
		fault_as(a->fault, a->fault->kind, "while reading JSON: %s", a->fault->what);
	return list.members;
}
