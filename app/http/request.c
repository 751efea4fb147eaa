/* request.c - what a visitor asks: its parameters, cookies and query. */
#include "http/request.h"

#include "base/utf8.h"
#include "http/url.h"

/* Its length tells nearly every name apart, and its last letter nearly all others. */
static bool
is_named(const struct pair *param, str name)
{
	return param->name.n == name.n &&
	       (name.n == 0 || param->name.at[name.n - 1] == name.at[name.n - 1]) &&
	       str_eq(param->name, name);
}

/* The first parameter of that name at or after from, or params_n. A plain walk on purpose, so that a
 * request that was made by hand needs no index. */
static size_t
param_at(const struct request *rq, str name, size_t from)
{
	while (from < rq->params_n && !is_named(&rq->params[from], name))
		from++;
	return from;
}

str
request_param(const struct request *rq, str name)
{
	size_t at = param_at(rq, name, 0);

	return at < rq->params_n ? rq->params[at].value : (str){ 0 };
}

/* One of 64 bits, which two names seldom have in common: for the same reason. */
static uint64_t
bit_of(str name)
{
	unsigned last = name.n ? (unsigned char)name.at[name.n - 1] : 0;

	return (uint64_t)1 << ((name.n ^ last) % 64);
}

static void
look_at(const struct pair *param, const str *names, struct param_found *found, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (is_named(param, names[k]) && found[k].times++ == 0)
			found[k].value = param->value;
}

void
request_find(const struct request *rq, const str *names, struct param_found *found, size_t n)
{
	uint64_t sought = 0;

	for (size_t k = 0; k < n; k++) {
		found[k] = (struct param_found){ 0 };
		sought |= bit_of(names[k]);
	}
	for (size_t i = 0; i < rq->params_n; i++)
		if (sought & bit_of(rq->params[i].name))
			look_at(&rq->params[i], names, found, n);
}

bool
request_param_twice(const struct request *rq, str name)
{
	size_t first = param_at(rq, name, 0);

	return first < rq->params_n && param_at(rq, name, first + 1) < rq->params_n;
}

str
request_header(const struct request *rq, str cgi_name)
{
	return request_param(rq, cgi_name);
}

str
request_cookie(const struct request *rq, str name)
{
	str rest = rq->cookie;

	while (rest.n) {
		str value, found = str_trim(str_cut(str_cut(rest, ';', &rest), '=', &value));

		if (found.n && str_eq(found, name))
			return str_trim(value);
	}
	return (str){ 0 };
}

str
query_text(const struct request *rq, str name)
{
	struct url_pairs pairs = { .rest = rq->query };

	while (url_next_pair(rq->arena, &pairs))
		if (str_eq(pairs.name, name))
			return utf8_ok(pairs.value, false) ? pairs.value : (str){ 0 };
	return (str){ 0 };
}

int64_t
query_int(const struct request *rq, str name, int64_t otherwise)
{
	int64_t value;

	return str_int(query_text(rq, name), &value) ? value : otherwise;
}

static enum method
method_of(str name, bool *head)
{
	*head = str_eq(name, S("HEAD"));
	if (*head || str_eq(name, S("GET")))
		return GET;
	return str_eq(name, S("POST")) ? POST : METHOD_NONE;
}

bool
request_parse(struct request *rq)
{
	enum { URI, METHOD, HTTPS, SCHEME, HOST, REMOTE, COOKIE, TYPE, NAMES };
	static const str names[NAMES] = { [URI] = STR_INIT("REQUEST_URI"),
		[METHOD] = STR_INIT("REQUEST_METHOD"),
		[HTTPS] = STR_INIT("HTTPS"),
		[SCHEME] = STR_INIT("REQUEST_SCHEME"),
		[HOST] = STR_INIT("HTTP_HOST"),
		[REMOTE] = STR_INIT("REMOTE_ADDR"),
		[COOKIE] = STR_INIT("HTTP_COOKIE"),
		[TYPE] = STR_INIT("CONTENT_TYPE") };
	struct param_found sent[NAMES];
	str rest, uri;

	request_find(rq, names, sent, NAMES);
	uri = sent[URI].value;
	rq->method = method_of(sent[METHOD].value, &rq->head);
	rq->https = str_eq(sent[HTTPS].value, S("on")) || str_eq(sent[HTTPS].value, S("1")) ||
	            str_eq(sent[SCHEME].value, S("https"));
	rq->host = sent[HOST].value;
	rq->remote = sent[REMOTE].value;
	rq->cookie = sent[COOKIE].value;
	rq->type = str_lower(rq->arena, str_trim(str_cut(sent[TYPE].value, ';', &rest)));

	/* PATH_INFO would be decoded, and its slashes merged by some web servers. */
	rq->path = str_cut(uri, '?', &rq->query);
	for (size_t i = 0; i < uri.n; i++)
		if ((unsigned char)uri.at[i] <= ' ' || uri.at[i] == 0x7f)
			return false;
	return str_starts(uri, S("/"));
}
