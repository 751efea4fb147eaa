/* catalogue_check.c - what a catalogue must be. */
#include "core/catalogue_check.h"

#include "base/utf8.h"
#include "core/address.h"
#include "core/pattern.h"

#include <stdlib.h>

/* A path that is too long for a pattern has a key all the same. */
enum { KEY_MAX_BYTES = 8 << 20 };

enum { WORD_MAX_CHARS = 40, NAME_MAX_CHARS = 100, DESCRIPTION_MAX_CHARS = 500 };

struct checking {
	struct arena *arena;
	const struct catalogue *catalogue;
	struct json_wrongs *wrongs;
	size_t api; /* which one */
};

/* The list of an API, the element of it, and its member; or the API's own member. */
struct spot {
	const char *list;
	size_t at;
	const char *member;
};

static void
wrong(struct checking *c, const struct spot *spot, str words)
{
	str path = fmt(c->arena, "apis[%zu].", c->api);

	if (spot->list)
		path = fmt(c->arena, "%.*s%s[%zu].", STR(path), spot->list, spot->at);
	json_wrong(c->wrongs, fmt(c->arena, "%.*s%s", STR(path), spot->member), words);
}

/* Small letters, digits and single hyphens, a letter first: it stands in scopes and addresses. */
static bool
is_word(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.at[i];
		bool letter = c >= 'a' && c <= 'z';

		if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-')))
			return false;
	}
	return s.n > 0 && s.n <= WORD_MAX_CHARS;
}

static void
check_word(struct checking *c, const struct spot *spot, str word)
{
	if (word.n == 0)
		wrong(c, spot, S("is missing"));
	else if (!is_word(word))
		wrong(c, spot,
		    S("must be 1 to 40 small letters, digits and hyphens, a letter first"));
}

static void
check_name(struct checking *c, const struct spot *spot, str name)
{
	if (!utf8_visible(name))
		wrong(c, spot, S("is missing"));
	else if (utf8_length(name) > NAME_MAX_CHARS)
		wrong(c, spot, S("is longer than 100 characters"));
}

/* One of the words, which are parted by blanks. */
static void
check_one_of(struct checking *c, const struct spot *spot, str word, const char *words)
{
	str rest = str_of(words);

	while (rest.n)
		if (str_eq(str_cut(rest, ' ', &rest), word))
			return;
	wrong(c, spot,
	    word.n ? fmt(c->arena, "must be one of: %s", words)
		   : fmt(c->arena, "is missing; it is one of: %s", words));
}

static void
check_includes(struct checking *c, const struct api *api, size_t i)
{
	const struct spot spot = { "permissions", i, "includes" };
	const struct api_permission *p = &api->permissions.at[i];

	if (p->includes.n && !api_permission_of(api, p->includes)) {
		wrong(c, &spot,
		    fmt(c->arena, "is no permission of this API: %.*s", STR(p->includes)));
		return;
	}
	/* A chain longer than there are permissions comes back to one of them. */
	for (size_t steps = 0; p && p->includes.n; steps++) {
		if (steps == api->permissions.n) {
			wrong(c, &spot, S("leads back to where it began"));
			return;
		}
		p = api_permission_of(api, p->includes);
	}
}

static void
check_permissions(struct checking *c, const struct api *api)
{
	if (api->permissions.n == 0)
		wrong(c, &(struct spot){ .member = "permissions" }, S("needs at least one"));
	if (api->permissions.n > API_PERMISSIONS_MAX)
		wrong(c, &(struct spot){ .member = "permissions" }, S("has more than 50"));
	for (size_t i = 0; i < api->permissions.n && i < API_PERMISSIONS_MAX; i++) {
		const struct api_permission *p = &api->permissions.at[i];
		const struct spot word = { "permissions", i, "word" };
		const struct spot name = { "permissions", i, "name" };

		check_word(c, &word, p->word);
		if (str_eq(p->word, S("open"))) /* "GET /x open" of the console */
			wrong(c, &word, S("must be another one: open is what needs no permission"));
		if (api_permission_of(api, p->word) != p)
			wrong(c, &word,
			    fmt(c->arena, "is that of an earlier one: %.*s", STR(p->word)));
		check_name(c, &name, p->name);
		check_includes(c, api, i);
	}
}

static void
check_path(struct checking *c, size_t i, str path)
{
	const struct spot spot = { "endpoints", i, "path" };
	str refused = path.n ? pattern_wrong(c->arena, path) : S("is missing");

	if (refused.n)
		wrong(c, &spot, refused);
}

static void
check_endpoint(struct checking *c, const struct api *api, size_t i)
{
	const struct api_endpoint *e = &api->endpoints.at[i];
	const struct spot permission = { "endpoints", i, "permission" };
	bool open = str_eq(e->needs, S("open"));

	check_one_of(c, &(struct spot){ "endpoints", i, "method" }, e->method,
	    "GET POST PUT PATCH DELETE OPTIONS");
	check_one_of(c, &(struct spot){ "endpoints", i, "needs" }, e->needs, "secret key open");
	check_path(c, i, e->path);
	if (open && e->permission.n)
		wrong(c, &permission, S("must be left out where needs is open"));
	else if (!open && e->permission.n == 0)
		wrong(c, &permission, S("is missing"));
	else if (!open && !api_permission_of(api, e->permission))
		wrong(c, &permission,
		    fmt(c->arena, "is no permission of this API: %.*s", STR(e->permission)));
}

static void
check_api(struct checking *c, const struct api *api)
{
	const struct spot word = { .member = "word" };
	const struct api *first = catalogue_api(c->catalogue, api->word);

	check_word(c, &word, api->word);
	if (first != api)
		wrong(c, &word, fmt(c->arena, "is that of another API: %.*s", STR(api->word)));
	check_name(c, &(struct spot){ .member = "name" }, api->name);
	if (utf8_length(api->description) > DESCRIPTION_MAX_CHARS)
		wrong(c, &(struct spot){ .member = "description" },
		    S("is longer than 500 characters"));
	check_one_of(
	    c, &(struct spot){ .member = "level" }, api->level, "organization account workspace");
	check_one_of(c, &(struct spot){ .member = "choice" }, api->choice, "one many");
	check_permissions(c, api);
	if (api->endpoints.n > API_ENDPOINTS_MAX)
		wrong(c, &(struct spot){ .member = "endpoints" }, S("has more than 500"));
	for (size_t i = 0; i < api->endpoints.n && i < API_ENDPOINTS_MAX; i++)
		check_endpoint(c, api, i);
}

/* ---- no two endpoints for one call */

/* An endpoint and where it stands. Two keys are equal where the methods are and pattern_same() says so of the
 * paths: that one compares two, and there may be thousands. */
struct call {
	str key;
	size_t api, endpoint;
};

static str
key_of(struct arena *a, const struct api_endpoint *e)
{
	str rest = e->path, segment;
	struct buf b = buf_new(a, KEY_MAX_BYTES);

	if (str_ends(rest, S("/")))
		rest.n--;
	buf_add(&b, e->method);
	while (segment_next(&rest, &segment)) {
		enum segment_kind kind = segment_kind(segment);

		buf_add_char(&b, '/');
		buf_add_char(&b, kind == SEGMENT_LITERAL ? 'l' : kind == SEGMENT_NAMED ? 'n' : 'r');
		if (kind == SEGMENT_LITERAL)
			buf_add(&b, address_loose(a, segment));
	}
	return buf_str(&b);
}

static int
by_key(const void *a, const void *b)
{
	const struct call *left = a, *right = b;
	int order = str_cmp(left->key, right->key);

	if (order)
		return order;
	if (left->api != right->api)
		return left->api < right->api ? -1 : 1;
	return left->endpoint < right->endpoint ? -1 : left->endpoint > right->endpoint;
}

/* All of them, n in number, those of one key together. */
static struct call *
sorted_calls(struct checking *c, size_t n)
{
	struct call *calls = NEW(c->arena, struct call, n), *at = calls;
	const struct apis *apis = &c->catalogue->apis;

	for (size_t i = 0; i < apis->n; i++)
		for (size_t k = 0; k < apis->at[i].endpoints.n; k++, at++) {
			at->key = key_of(c->arena, &apis->at[i].endpoints.at[k]);
			at->api = i;
			at->endpoint = k;
		}
	qsort(calls, n, sizeof *calls, by_key);
	return calls;
}

static void
wrong_twice(struct checking *c, const struct call *first, const struct call *second)
{
	const struct api *api = &c->catalogue->apis.at[first->api];
	const struct api_endpoint *e = &api->endpoints.at[first->endpoint];
	const struct spot spot = { "endpoints", second->endpoint, "path" };

	c->api = second->api;
	wrong(c, &spot,
	    fmt(c->arena, "is a call that %.*s has already: %.*s %.*s", STR(api->word),
		STR(e->method), STR(e->path)));
}

static void
check_calls(struct checking *c, size_t n)
{
	const struct call *calls = sorted_calls(c, n);

	for (size_t i = 1; i < n; i++)
		if (str_eq(calls[i - 1].key, calls[i].key))
			wrong_twice(c, &calls[i - 1], &calls[i]);
}

void
catalogue_check(struct arena *a, const struct catalogue *catalogue, struct json_wrongs *wrongs)
{
	struct checking c = { a, catalogue, wrongs, 0 };
	size_t permissions = 0, endpoints = 0;

	if (catalogue->apis.n > APIS_MAX) {
		json_wrong(wrongs, S("apis"), S("has more than 200"));
		return;
	}
	for (size_t i = 0; i < catalogue->apis.n; i++) {
		permissions += catalogue->apis.at[i].permissions.n;
		endpoints += catalogue->apis.at[i].endpoints.n;
	}
	if (permissions > PERMISSIONS_MAX || endpoints > ENDPOINTS_MAX) {
		json_wrong(wrongs, S("apis"),
		    S("have more than 2000 permissions or 2000 endpoints in all"));
		return;
	}
	for (c.api = 0; c.api < catalogue->apis.n; c.api++)
		check_api(&c, &catalogue->apis.at[c.api]);
	if (endpoints)
		check_calls(&c, endpoints);
}
