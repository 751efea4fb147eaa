/* mail_send.c - hands a mail over to the mail server: the only file that knows libcurl. */
#define _GNU_SOURCE
#include "core/mail_send.h"

#include "base/buf.h"
#include "core/origin.h"

#include <curl/curl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

enum { ADDRESSES_MAX = 8, RESOLVED_BYTES = 1024 };

/* All that libcurl is given, ready before it has a handle: nothing here may fault while it has one. */
struct call {
	const struct mail_place *place;
	const char *url, *user, *password, *authorities; /* NULL when there is none */
	const char *from, *to;                           /* NULL: only look at the server */
	str rest;                                        /* of the message */
	int64_t within, until;                           /* until: by clock_monotonic() */
	struct curl_slist *resolved, *recipients;
	char said[CURL_ERROR_SIZE];
};

static size_t
give(char *into, size_t size, size_t n, void *arg)
{
	struct call *call = arg;
	str part = str_part(call->rest, 0, size * n);

	if (part.n)
		memcpy(into, part.at, part.n);
	call->rest = str_part(call->rest, part.n, call->rest.n);
	return part.n;
}

static size_t
drop(char *from, size_t size, size_t n, void *arg)
{
	(void)from;
	(void)arg;
	return size * n;
}

/* libcurl would wait two minutes more for the answer to its QUIT. */
static int
is_late_(void *arg, curl_off_t to_get, curl_off_t got, curl_off_t to_give, curl_off_t given)
{
	const struct call *call = arg;

	(void)to_get;
	(void)got;
	(void)to_give;
	(void)given;
	return clock_monotonic() > call->until;
}

/* libcurl would start a thread to find a host: it is given the addresses. NULL, and why, when there are none. */
static const char *
resolve(struct arena *a, const struct mail_place *place, str *why)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *found = NULL;
	struct buf out = buf_new(a, RESOLVED_BYTES);
	int error = getaddrinfo(str_c(a, place->host), str_c(a, place->port), &hints, &found);
	int n = 0;

	if (error) {
		*why = fmt(a, "%.*s: %s", STR(place->host), gai_strerror(error));
		return NULL;
	}
	buf_fmt(&out, "%.*s:%.*s:", STR(place->host), STR(place->port));
	for (struct addrinfo *at = found; at && n < ADDRESSES_MAX; at = at->ai_next) {
		char text[NI_MAXHOST];

		if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, NULL, 0,
			NI_NUMERICHOST) != 0)
			continue;
		buf_fmt(&out, at->ai_family == AF_INET6 ? "%s[%s]" : "%s%s", n++ ? "," : "", text);
	}
	freeaddrinfo(found);
	return str_c(a, buf_str(&out));
}

static bool
is_number(str host)
{
	return str_starts(host, S("[")) || is_address(host);
}

static const char *
given(struct arena *a, str s)
{
	return s.n ? str_c(a, s) : NULL;
}

static void
set_connection(CURL *curl, struct call *call)
{
	const struct mail_place *place = call->place;

	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, call->said);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_URL, call->url);
	curl_easy_setopt(curl, CURLOPT_RESOLVE, call->resolved);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)MAIL_CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(call->within / 1000));
	curl_easy_setopt(
	    curl, CURLOPT_USE_SSL, (long)(place->must_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	if (call->authorities) {
		curl_easy_setopt(curl, CURLOPT_CAINFO, call->authorities);
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
	if (call->user) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, call->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, call->password);
		curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
	}
}

static void
set_mail(CURL *curl, struct call *call)
{
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_late_);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, call);
	if (!call->to) {
		curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
		return;
	}
	/* Or it says QUIT where is_late_() is not asked. */
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, call->from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, call->recipients);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, call);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
}

/* What the server says of one mail is an answer to MAIL, RCPT, DATA or the text. */
static enum handed
outcome_of(CURLcode code, long answer)
{
	if (code == CURLE_OK)
		return HANDED_OVER;
	if ((code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY) && answer >= 400)
		return HANDED_BACK;
	return HANDED_NONE;
}

static CURLcode
perform(struct call *call, long *answer)
{
	CURL *curl = curl_easy_init();
	CURLcode code = CURLE_OUT_OF_MEMORY;

	*answer = 0;
	call->until = clock_monotonic() + call->within + SECOND / 2;
	if (curl) {
		set_connection(curl, call);
		set_mail(curl, call);
		code = curl_easy_perform(curl);
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, answer);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(call->resolved);
	curl_slist_free_all(call->recipients);
	return code;
}

/* The server may have put anything into it. */
static str
words_of(struct arena *a, CURLcode code, const char *said)
{
	str text = str_of(*said ? said : curl_easy_strerror(code));
	char *at = NEW(a, char, text.n);

	for (size_t i = 0; i < text.n; i++)
		at[i] = text.at[i];
	for (size_t i = 0; i < text.n; i++)
		if (at[i] < ' ' || at[i] > '~')
			at[i] = '?';
	return (str){ at, text.n };
}

static str
url_of(struct arena *a, const struct mail_place *place)
{
	const char *scheme = place->tls ? "smtps" : "smtp";

	return fmt(a, "%s://%.*s:%.*s", scheme, STR(place->host), STR(place->port));
}

static struct handing
run(struct arena *a, struct call *call)
{
	const struct mail_place *place = call->place;
	struct handing handing = { .outcome = HANDED_NONE };
	const char *resolved = NULL;
	CURLcode code;
	long answer;

	call->url = str_c(a, url_of(a, place));
	call->user = given(a, place->user);
	call->password = given(a, place->password);
	call->authorities = given(a, place->authorities);
	if (!is_number(place->host)) {
		resolved = resolve(a, place, &handing.why);
		if (!resolved)
			return handing;
		call->resolved = curl_slist_append(NULL, resolved);
	}
	if (call->to)
		call->recipients = curl_slist_append(NULL, call->to);
	code = perform(call, &answer);
	handing.outcome = outcome_of(code, answer);
	if (code != CURLE_OK)
		handing.why = words_of(a, code, call->said);
	return handing;
}

struct handing
mail_hand_over(struct arena *a, const struct mail_place *place, const struct letter *letter)
{
	struct call call = { .place = place, .rest = letter->message, .within = letter->within };

	call.from = str_c(a, fmt(a, "<%.*s>", STR(place->from)));
	call.to = str_c(a, fmt(a, "<%.*s>", STR(letter->to)));
	return run(a, &call);
}

struct handing
mail_try_server(struct arena *a, const struct mail_place *place)
{
	struct call call = { .place = place, .within = MAIL_SECONDS * SECOND };

	return run(a, &call);
}

void
mail_send_warm(struct arena *a, const struct mail_place *place)
{
	str why;

	if (!place->url.n)
		return;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (!is_number(place->host))
		resolve(a, place, &why);
}
