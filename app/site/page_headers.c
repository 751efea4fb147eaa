/* page_headers.c - the headers that each reply to a browser carries. */
#include "site/page.h"

void
page_headers(struct request *rq, struct reply *reply)
{
	static const struct {
		str name, value;
	} fixed[] = {
		{ STR_INIT("Content-Security-Policy"),
		    STR_INIT(
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'") },
		{ STR_INIT("X-Content-Type-Options"), STR_INIT("nosniff") },
		{ STR_INIT("X-Frame-Options"), STR_INIT("DENY") },
		/* Under no-referrer a browser sends "Origin: null" with a form (Fetch, "append a
		 * request Origin header"), which csrf_ok() cannot tell from a forged one. */
		{ STR_INIT("Referrer-Policy"), STR_INIT("same-origin") },
		{ STR_INIT("Cross-Origin-Opener-Policy"), STR_INIT("same-origin") },
		{ STR_INIT("Cross-Origin-Resource-Policy"), STR_INIT("same-origin") },
		{ STR_INIT("Permissions-Policy"),
		    STR_INIT("camera=(), geolocation=(), microphone=(), payment=()") },
		{ STR_INIT("Cache-Control"), STR_INIT("no-store") },
	};

	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		reply_header(rq, reply, fixed[i].name, fixed[i].value);
	if (rq->desk->settings->https)
		reply_header(rq, reply, S("Strict-Transport-Security"), S("max-age=31536000"));
}
