/* mustache_spec.c - every case of the Mustache specification's six core modules (mustache-spec/).
 *
 * The console's shapes are known when it is compiled; those of a case are made here of its JSON data.
 * From there on a case goes the way of a page, with `strict` not set.
 */
#include "check.h"

#include "html/mustache.h"

#include <jansson.h>

enum { CASES = 136 };

/* Samples of one and the same thing: an object's member over all elements of a list. */
struct samples {
	json_t **at;
	size_t n;
};

static const struct shape *shape_of(struct arena *, struct samples);

static struct samples
samples_new(struct arena *a, size_t room)
{
	return (struct samples){ NEW(a, json_t *, room), 0 };
}

/* All elements of those samples that are lists. */
static struct samples
elements_of(struct arena *a, struct samples all)
{
	struct samples elements;
	size_t room = 0;

	for (size_t i = 0; i < all.n; i++)
		room += json_array_size(all.at[i]);
	elements = samples_new(a, room);
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < json_array_size(all.at[i]); k++)
			elements.at[elements.n++] = json_array_get(all.at[i], k);
	return elements;
}

static struct samples
members_of(struct arena *a, struct samples all, const char *name)
{
	struct samples members = samples_new(a, all.n);

	for (size_t i = 0; i < all.n; i++)
		if (json_object_get(all.at[i], name))
			members.at[members.n++] = json_object_get(all.at[i], name);
	return members;
}

/* Appends the member that the samples need, or none when they are all null. */
static void
member_add(struct arena *a, struct shape *shape, const char *name, struct samples samples)
{
	struct shape_member m = { .name = str_of(name), .offset = shape->size };
	struct samples elements = elements_of(a, samples);

	for (size_t i = 0; i < samples.n && m.kind == SHAPE_NONE; i++) {
		json_t *sample = samples.at[i];

		m.kind = json_is_object(sample)    ? SHAPE_PART
		         : json_is_array(sample)   ? SHAPE_LIST
		         : json_is_boolean(sample) ? SHAPE_FLAG
		         : json_is_null(sample)    ? SHAPE_NONE
		                                   : SHAPE_TEXT;
	}
	if (m.kind == SHAPE_NONE || shape_find(shape, m.name))
		return;
	if (m.kind == SHAPE_PART)
		m.of = shape_of(a, samples);
	if (m.kind == SHAPE_LIST && elements.n)
		m.of = shape_of(a, elements);
	((struct shape_member *)(uintptr_t)shape->members)[shape->n++] = m;
	shape->size += m.kind == SHAPE_PART ? m.of->size : sizeof(str);
}

/* The union of what the samples have; what is no object has a single member ".". */
static const struct shape *
shape_of(struct arena *a, struct samples samples)
{
	struct shape *shape = NEW(a, struct shape, 1);
	const char *name;
	json_t *value;
	size_t room = 1;

	for (size_t i = 0; i < samples.n; i++)
		room += json_object_size(samples.at[i]);
	shape->name = S("data");
	shape->members = NEW(a, struct shape_member, room);
	if (samples.n && !json_is_object(samples.at[0]))
		member_add(a, shape, ".", samples);
	for (size_t i = 0; i < samples.n; i++)
		json_object_foreach(samples.at[i], name, value)
		    member_add(a, shape, name, members_of(a, samples, name));
	return shape;
}

static str
scalar_text(struct arena *a, json_t *value)
{
	if (json_is_integer(value))
		return fmt(a, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (json_is_real(value))
		return fmt(a, "%.15g", json_real_value(value));
	return str_copy(a, (str){ json_string_value(value), json_string_length(value) });
}

/* The struct at data filled from a value. What the value lacks stays zero. */
static void
fill(struct arena *a, const struct shape *shape, json_t *value, char *data)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_member *m = &shape->members[i];
		bool dot = str_eq(m->name, S("."));
		json_t *member = dot ? value : json_object_get(value, str_c(a, m->name));
		size_t n = json_array_size(member);
		char *elements = n ? arena_new(a, m->of->size, alignof(str), n) : NULL;
		void *at = data + m->offset;

		if (!member || json_is_null(member))
			continue;
		if (m->kind == SHAPE_PART)
			fill(a, m->of, member, at);
		else if (m->kind == SHAPE_FLAG)
			*(bool *)at = json_is_true(member);
		else if (m->kind == SHAPE_TEXT)
			*(str *)at = scalar_text(a, member);
		else
			*(struct shape_list *)at = (struct shape_list){ elements, n };
		for (size_t k = 0; k < n; k++)
			fill(a, m->of, json_array_get(member, k), elements + k * m->of->size);
	}
}

static str
member_str(json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	return (str){ json_string_value(value), json_string_length(value) };
}

static str
read_partial(void *arg, struct arena *a, str name)
{
	if (str_eq(name, S("template")))
		return member_str(arg, "template");
	return member_str(json_object_get(arg, "partials"), str_c(a, name));
}

struct spec_case {
	struct arena *arena;
	json_t *json;
	str shown;
};

static void
show_case(void *arg)
{
	struct spec_case *c = arg;
	struct arena *a = c->arena;
	struct mustache_source source = { read_partial, c->json };
	json_t *data = json_object_get(c->json, "data");
	const struct shape *shape = shape_of(a, (struct samples){ &data, 1 });
	struct mustache_link link = { .source = &source, .name = S("template"), .shape = shape };
	char *filled = arena_new(a, shape->size, alignof(str), 1);
	struct buf b = buf_new(a, 1 << 20);

	fill(a, shape, data, filled);
	mustache_show(mustache_link(a, &link), &b, filled, NULL);
	c->shown = buf_str(&b);
}

static bool
case_passes(json_t *json)
{
	struct spec_case c = { test_arena(), json, { 0 } };
	str expected = member_str(json, "expected");

	if (!attempt(c.arena->fault, show_case, &c))
		c.shown = str_of(c.arena->fault->what);
	if (str_eq(c.shown, expected))
		return true;
	print_error("%s\n    is  %.*s\n    not %.*s\n",
	    json_string_value(json_object_get(json, "name")), STR(c.shown), STR(expected));
	return false;
}

static void
test_all_cases(void **state)
{
	static const char *const modules[] = { "comments", "delimiters", "interpolation",
		"inverted", "partials", "sections" };
	size_t cases = 0, passed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
		char path[80];
		json_t *module, *tests;

		snprintf(path, sizeof path, "tests/html/mustache-spec/%s.json", modules[i]);
		module = json_load_file(path, 0, NULL);
		tests = json_object_get(module, "tests");
		for (size_t k = 0; k < json_array_size(tests); k++)
			passed += case_passes(json_array_get(tests, k));
		cases += json_array_size(tests);
		json_decref(module);
	}
	print_message("mustache specification: %zu of %zu\n", passed, cases);
	assert_int_equal(cases, CASES);
	assert_int_equal(passed, cases);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all_cases) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
