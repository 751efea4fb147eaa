/* catalogue_compare.c - what differs between two catalogues, in words, and who is in the way of it. */
#include "core/catalogue_change.h"

#include "sql.h"

#include <stdarg.h>
#include <stdio.h>

/* Texts that grow in number. */
struct texts {
	struct arena *arena;
	str *at;
	size_t n, room;
};

/* printf() into one more. */
static void __attribute__((format(printf, 2, 3))) add(struct texts *texts, const char *format, ...)
{
	char *at;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	at = NEW(texts->arena, char, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(at, (size_t)n + 1, format, args);
	va_end(args);
	if (texts->n == texts->room) {
		str *more = NEW(texts->arena, str, 2 * texts->room + 8);

		for (size_t i = 0; i < texts->n; i++)
			more[i] = texts->at[i];
		texts->at = more;
		texts->room = 2 * texts->room + 8;
	}
	texts->at[texts->n++] = (str){ at, (size_t)n };
}

struct comparing {
	struct request *rq;
	const struct api *before, *after;
	struct texts words, refused;
};

static void
differs(struct comparing *c, const char *what, str was, str is)
{
	if (!str_eq(was, is))
		add(&c->words, "%s \"%.*s\" becomes \"%.*s\"", what, STR(was), STR(is));
}

/* ---- who holds it */

static str
credentials_words(struct arena *a, int64_t n)
{
	return catalogue_count_words(a, n, "credential", "credentials");
}

/* "Northwind Trading (a1B2c3D4e5): 2 credentials" */
static void
add_holder(struct comparing *c, const struct catalogue_holders_row *row)
{
	struct arena *a = c->rq->arena;

	add(&c->refused, "  %.*s (%.*s)%s: %.*s", STR(row->name), STR(row->id),
	    row->entitled ? "" : ", not entitled any more",
	    STR(credentials_words(a, row->credentials)));
}

static void
in_the_way(struct comparing *c, str what)
{
	str api = c->before->word;
	struct arena *a = c->rq->arena;
	struct catalogue_held held = catalogue_held(c->rq, api);
	struct catalogue_holders_rows holders;

	if (held.organizations == 0 && held.credentials == 0)
		return;
	add(&c->refused, "%.*s: %.*s may use the API, and %.*s %s permissions of it", STR(what),
	    STR(catalogue_count_words(a, held.organizations, "organization", "organizations")),
	    STR(credentials_words(a, held.credentials)), held.credentials == 1 ? "has" : "have");
	holders = sql_catalogue_holders(c->rq->db, .word = api);
	for (size_t i = 0; i < holders.n; i++)
		add_holder(c, &holders.at[i]);
}

static void
permission_in_the_way(struct comparing *c, const struct api_permission *p, str what)
{
	struct arena *a = c->rq->arena;
	int64_t held = catalogue_permission_held(c->rq, c->before->word, p->word);
	struct catalogue_permission_holders_rows holders;

	if (held == 0)
		return;
	add(&c->refused, "permission %.*s %.*s: %.*s %s it", STR(p->word), STR(what),
	    STR(credentials_words(a, held)), held == 1 ? "has" : "have");
	holders = sql_catalogue_permission_holders(
	    c->rq->db, .api = c->before->word, .permission = p->word);
	for (size_t i = 0; i < holders.n; i++)
		add(&c->refused, "  %.*s (%.*s): %.*s", STR(holders.at[i].name),
		    STR(holders.at[i].id), STR(credentials_words(a, holders.at[i].credentials)));
}

/* ---- permissions */

/* Whether the permission of that word gives the other one, itself included, followed to the end. */
static bool
gives(const struct api *api, const struct api_permission *p, str word)
{
	for (size_t steps = 0; p && steps <= api->permissions.n; steps++) {
		if (str_eq(p->word, word))
			return true;
		p = p->includes.n ? api_permission_of(api, p->includes) : NULL;
	}
	return false;
}

/* Whether it would open another set of permissions than it does. */
static bool
opens_otherwise(
    const struct comparing *c, const struct api_permission *was, const struct api_permission *is)
{
	for (size_t i = 0; i < c->before->permissions.n; i++) {
		str word = c->before->permissions.at[i].word;

		if (gives(c->before, was, word) != gives(c->after, is, word))
			return true;
	}
	for (size_t i = 0; i < c->after->permissions.n; i++) {
		str word = c->after->permissions.at[i].word;

		if (gives(c->before, was, word) != gives(c->after, is, word))
			return true;
	}
	return false;
}

static str
included(struct arena *a, str word)
{
	return word.n ? fmt(a, "includes %.*s", STR(word)) : S("includes no other");
}

static void
compare_permission(struct comparing *c, const struct api_permission *was)
{
	const struct api_permission *is = api_permission_of(c->after, was->word);
	struct arena *a = c->rq->arena;

	if (!is) {
		add(&c->words, "permission %.*s goes", STR(was->word));
		permission_in_the_way(c, was, S("cannot be removed"));
		return;
	}
	differs(c, str_c(a, fmt(a, "permission %.*s: name", STR(was->word))), was->name, is->name);
	if (was->only_reads != is->only_reads) {
		add(&c->words, "permission %.*s %s", STR(was->word),
		    is->only_reads ? "only reads from now on" : "does not only read any more");
		permission_in_the_way(
		    c, was, S("must go on to say whether it only reads as it does"));
	}
	if (!str_eq(was->includes, is->includes))
		add(&c->words, "permission %.*s %.*s", STR(was->word),
		    STR(included(a, is->includes)));
	if (opens_otherwise(c, was, is))
		permission_in_the_way(c, was, S("must go on to include what it does"));
}

static bool
permissions_in_order(const struct api *was, const struct api *is)
{
	for (size_t i = 0; i < was->permissions.n && i < is->permissions.n; i++)
		if (!str_eq(was->permissions.at[i].word, is->permissions.at[i].word))
			return false;
	return true;
}

static void
compare_permissions(struct comparing *c)
{
	struct arena *a = c->rq->arena;
	size_t kept = 0;

	for (size_t i = 0; i < c->before->permissions.n; i++) {
		compare_permission(c, &c->before->permissions.at[i]);
		kept += api_permission_of(c->after, c->before->permissions.at[i].word) != NULL;
	}
	for (size_t i = 0; i < c->after->permissions.n; i++) {
		const struct api_permission *p = &c->after->permissions.at[i];

		if (api_permission_of(c->before, p->word))
			continue;
		add(&c->words, "permission %.*s is new: %.*s, %s, %.*s", STR(p->word), STR(p->name),
		    p->only_reads ? "only reads" : "changes things", STR(included(a, p->includes)));
	}
	if (kept == c->before->permissions.n && !permissions_in_order(c->before, c->after))
		add(&c->words, "its permissions come in another order");
}

/* ---- endpoints */

static const struct api_endpoint *
endpoint_of(const struct api *api, const struct api_endpoint *like)
{
	for (size_t i = 0; i < api->endpoints.n; i++) {
		const struct api_endpoint *e = &api->endpoints.at[i];

		if (str_eq(e->method, like->method) && str_eq(e->path, like->path))
			return e;
	}
	return NULL;
}

static str
needs_words(struct arena *a, const struct api *api, const struct api_endpoint *e)
{
	if (e->permission.n == 0)
		return S("open to everybody");
	return fmt(a, "%s %.*s:%.*s",
	    str_eq(e->needs, S("key")) ? "the key alone, with" : "key and secret, with",
	    STR(api->word), STR(e->permission));
}

static void
compare_endpoints(struct comparing *c)
{
	struct arena *a = c->rq->arena;
	size_t kept = 0;
	bool moved = false;

	for (size_t i = 0; i < c->before->endpoints.n; i++) {
		const struct api_endpoint *was = &c->before->endpoints.at[i];
		const struct api_endpoint *is = endpoint_of(c->after, was);

		if (!is) {
			add(&c->words, "%.*s %.*s goes", STR(was->method), STR(was->path));
			continue;
		}
		moved |= is != &c->after->endpoints.at[kept++];
		if (!str_eq(was->needs, is->needs) || !str_eq(was->permission, is->permission))
			add(&c->words, "%.*s %.*s needs %.*s, and needed %.*s", STR(is->method),
			    STR(is->path), STR(needs_words(a, c->after, is)),
			    STR(needs_words(a, c->before, was)));
	}
	for (size_t i = 0; i < c->after->endpoints.n; i++) {
		const struct api_endpoint *is = &c->after->endpoints.at[i];

		if (!endpoint_of(c->before, is))
			add(&c->words, "%.*s %.*s is new: %.*s", STR(is->method), STR(is->path),
			    STR(needs_words(a, c->after, is)));
	}
	if (kept == c->before->endpoints.n && moved)
		add(&c->words, "its endpoints come in another order");
}

/* ---- APIs */

static void
compare_api(struct comparing *c)
{
	const struct api *was = c->before, *is = c->after;
	size_t level;

	differs(c, "name", was->name, is->name);
	differs(c, "description", was->description, is->description);
	level = c->words.n;
	differs(c, "level", was->level, is->level);
	if (c->words.n > level)
		in_the_way(c, S("the level must stay"));
	if (!str_eq(was->choice, is->choice)) {
		differs(c, "choice", was->choice, is->choice);
		in_the_way(c, S("the choice must stay"));
	}
	compare_permissions(c);
	compare_endpoints(c);
}

static struct catalogue_step
step_of(struct request *rq, const struct api *before, const struct api *after)
{
	struct comparing c = { .rq = rq,
		.before = before,
		.after = after,
		.words = { .arena = rq->arena },
		.refused = { .arena = rq->arena } };

	if (!before)
		add(&c.words, "%.*s is new, with %zu permissions and %zu endpoints",
		    STR(after->name), after->permissions.n, after->endpoints.n);
	else if (!after) {
		add(&c.words, "%.*s goes", STR(before->name));
		in_the_way(&c, S("it cannot be removed"));
	} else
		compare_api(&c);
	return (struct catalogue_step){ .before = before,
		.after = after,
		.words = { c.words.at, c.words.n },
		.refused = { c.refused.at, c.refused.n } };
}

/* Whether those that are in both come in one order. */
static bool
in_order(const struct catalogue *before, const struct catalogue *after)
{
	size_t last = 0;

	for (size_t i = 0; i < before->apis.n; i++) {
		const struct api *api = catalogue_api(after, before->apis.at[i].word);

		if (!api)
			continue;
		if ((size_t)(api - after->apis.at) < last)
			return false;
		last = (size_t)(api - after->apis.at);
	}
	return true;
}

struct catalogue_plan
catalogue_compare(struct request *rq, const struct catalogue *before, const struct catalogue *after)
{
	size_t most = before->apis.n + after->apis.n;
	struct catalogue_step *at = NEW(rq->arena, struct catalogue_step, most);
	struct catalogue_plan plan = { .at = at, .reorders = !in_order(before, after) };

	for (size_t i = 0; i < most; i++) {
		bool old = i < before->apis.n;
		const struct api *api =
		    old ? &before->apis.at[i] : &after->apis.at[i - before->apis.n];
		const struct api *other = catalogue_api(old ? after : before, api->word);
		struct catalogue_step step;

		if (!old && other)
			continue;
		step = old ? step_of(rq, api, other) : step_of(rq, NULL, api);
		plan.refused |= step.refused.n > 0;
		if (step.words.n)
			at[plan.n++] = step;
	}
	return plan;
}
