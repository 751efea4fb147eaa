/* request.c - what a visitor asks: its parameters, cookies and query. */
#include "http/request.h"

#include "base/utf8.h"
#include "http/url.h"

/* The first parameter of that name at or after from, or params_n. A plain walk on purpose, so that a
 * request that was made by hand needs no index: its length tells nearly every name apart. */
static size_t
param_at(const struct request *rq, str name, size_t from)
{
	while (from < rq->params_n &&
	       (rq->params[from].name.n != name.n || !str_eq(rq->params[from].name, name)))
		from++;
	return from;
}

str
request_param(const struct request *rq, str name)
{
	size_t at = param_at(rq, name, 0);

	return at < rq->params_n ? rq->params[at].value : (str){ 0 };
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
	str rest, https = request_param(rq, S("HTTPS")), uri = request_param(rq, S("REQUEST_URI"));

	rq->method = method_of(request_param(rq, S("REQUEST_METHOD")), &rq->head);
	rq->https = str_eq(https, S("on")) || str_eq(https, S("1")) ||
	            str_eq(request_param(rq, S("REQUEST_SCHEME")), S("https"));
	rq->host = request_param(rq, S("HTTP_HOST"));
	rq->remote = request_param(rq, S("REMOTE_ADDR"));
	rq->cookie = request_param(rq, S("HTTP_COOKIE"));
	rq->type = str_trim(str_cut(request_param(rq, S("CONTENT_TYPE")), ';', &rest));
	rq->type = str_lower(rq->arena, rq->type);

	/* PATH_INFO would be decoded, and its slashes merged by some web servers. */
	rq->path = str_cut(uri, '?', &rq->query);
	for (size_t i = 0; i < uri.n; i++)
		if ((unsigned char)uri.at[i] <= ' ' || uri.at[i] == 0x7f)
			return false;
	return str_starts(uri, S("/"));
}
