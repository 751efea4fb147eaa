/* parameters.c - what a program sends to an OAuth address: a form or a JSON object, read alike. */
#include "api/parameters.h"

#include "base/utf8.h"
#include "core/token.h"
#include "http/json.h"
#include "http/url.h"

enum { PARAMETERS_MAX = 50, TOKEN_MAX_BYTES = 8000, ANY_BYTES = 1 << 20 };

/* Whatever is shown as a token may be none, which is no error (RFC 7009 section 2.2, RFC 7662 section 2.2). */
static const struct json_rule rules[] = {
	{ .name = STR_INIT("grant_type"), .max = 200 },
	{ .name = STR_INIT("scope"), .max = TOKEN_SCOPE_BYTES },
	{ .name = STR_INIT("audience"), .max = 500 },
	{ .name = STR_INIT("resource"), .max = 500 },
	{ .name = STR_INIT("client_id"), .max = 200 },
	{ .name = STR_INIT("client_secret"), .max = 500 },
	{ .name = STR_INIT("client_assertion"), .max = TOKEN_MAX_BYTES },
	{ .name = STR_INIT("client_assertion_type"), .max = 200 },
	{ .name = STR_INIT("token"), .max = ANY_BYTES },
};

struct names {
	str at[PARAMETERS_MAX];
	size_t n;
};

static bool
seen(const struct names *names, str name)
{
	for (size_t i = 0; i < names->n; i++)
		if (str_eq(names->at[i], name))
			return true;
	return false;
}

/* The empty text, or what is wrong with it. */
static str
take(struct arena *a, const struct url_pairs *pair, struct parameters *p)
{
	const struct json_rule *rule = rules, *end = rules + sizeof rules / sizeof rules[0];
	str *into;

	while (rule < end && !str_eq(rule->name, pair->name))
		rule++;
	if (rule == end)
		return (str){ 0 };
	if (pair->value.n > rule->max)
		return fmt(a, "%.*s is too long", STR(rule->name));
	if (!utf8_ok(pair->value, false) && !str_eq(rule->name, S("token")))
		return fmt(a, "%.*s holds characters that cannot be stored", STR(rule->name));
	into = (str *)(void *)((char *)p + shape_find(&parameters_shape, rule->name)->offset);
	if (into == &p->resource && into->n) {
		if (str_eq(*into, pair->value))
			return (str){ 0 };
		into = &p->another_resource;
		if (into->n && !str_eq(*into, pair->value))
			return S("there are too many resources");
	}
	*into = pair->value;
	return (str){ 0 };
}

str
parameters_of_form(struct arena *a, str form, struct parameters *p)
{
	struct url_pairs pair = { .rest = form };
	struct names names = { 0 };
	str wrong = { 0 };

	while (!wrong.n && url_next_pair(a, &pair)) {
		if (!pair.value.n)
			continue;
		if (names.n == PARAMETERS_MAX)
			return S("there are too many parameters");
		if (seen(&names, pair.name) && !str_eq(pair.name, S("resource")))
			return S("a parameter comes more than once");
		names.at[names.n++] = pair.name;
		wrong = take(a, &pair, p);
	}
	return pair.broken ? S("the form is not encoded as one") : wrong;
}

str
parameters_read(struct request *rq, struct parameters *p)
{
	*p = (struct parameters){ 0 };
	if (rq->query.n)
		return S("parameters must not stand in the address");
	if (str_eq(rq->type, S("application/x-www-form-urlencoded")))
		return parameters_of_form(rq->arena, rq->body, p);
	if (str_eq(rq->type, S("application/json")))
		return json_read(rq, parameters, rules, p);
	return S("Content-Type must be application/x-www-form-urlencoded or application/json");
}
