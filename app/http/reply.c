/* reply.c - what a visitor gets. */
#include "http/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* No control character at all: a line end would begin a header of its own, a zero byte end the line
 * for some web servers. */
static bool
is_one_line(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
			return false;
	return true;
}

static char *
put(char *at, str s)
{
	if (s.n)
		memcpy(at, s.at, s.n);
	return at + s.n;
}

void
reply_header(struct request *rq, struct reply *reply, str name, str value)
{
	struct header *header;
	char *line, *end;

	if (name.n == 0 || str_find_char(name, ':') < name.n || !is_one_line(name))
		fault(rq->arena->fault, "a reply header without a proper name");
	if (!is_one_line(value))
		fault(rq->arena->fault, "a line end in the reply header %.*s", STR(name));
	line = NEW(rq->arena, char, name.n + value.n + 4);
	end = put(put(put(put(line, name), S(": ")), value), S("\r\n"));
	header = NEW(rq->arena, struct header, 1);
	*header = (struct header){ name, value, { line, (size_t)(end - line) }, reply->headers };
	reply->headers = header;
}

struct reply
reply_text(int status, str body)
{
	return (
	    struct reply){ .status = status, .type = S("text/plain; charset=utf-8"), .body = body };
}

struct reply
reply_json(int status, str body)
{
	return (struct reply){ .status = status, .type = S("application/json"), .body = body };
}

struct reply
see_other(struct request *rq, const char *format, ...)
{
	struct reply reply = { .status = 303 };
	va_list args;
	int n;
	char *at;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		fault(rq->arena->fault, "a format that printf refuses");
	at = NEW(rq->arena, char, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(at, (size_t)n + 1, format, args);
	va_end(args);

	/* Browsers read "//host" and "/\host" as another site's address. */
	if (at[0] != '/' || at[1] == '/' || at[1] == '\\')
		fault(rq->arena->fault, "a redirection that leaves this site");
	reply_header(rq, &reply, S("Location"), (str){ at, (size_t)n });
	return reply;
}

const char *
reply_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} known[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 204, "No Content" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].status == status)
			return known[i].reason;
	return "Unknown";
}
