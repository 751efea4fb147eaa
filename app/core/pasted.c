/* pasted.c - what may be a secret in what people type. */
#include "core/pasted.h"

#include "core/secret.h"
#include "http/url.h"

enum { RUN_LEAST = 48, START_CHARS = 9, SID_AT = START_CHARS + 1 };

static bool
of_base62(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
in_run(char c)
{
	return of_base62(c) || c == '_' || c == '+' || c == '/' || c == '=' || c == '-';
}

static bool
same_letters(str text, str lower)
{
	if (text.n < lower.n)
		return false;
	for (size_t i = 0; i < lower.n; i++) {
		char c = text.at[i];

		if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower.at[i])
			return false;
	}
	return true;
}

/* Where kds_live_ or kds_test_ begins; text.n when it does not. */
static size_t
find_start(str text)
{
	for (size_t i = 0; i < text.n; i++) {
		str rest = str_part(text, i, text.n);

		if (same_letters(rest, S("kds_live_")) || same_letters(rest, S("kds_test_")))
			return i;
	}
	return text.n;
}

bool
pasted_secret(str text)
{
	size_t run = 0;

	if (find_start(text) < text.n)
		return true;
	for (size_t i = 0; i < text.n && run < RUN_LEAST; i++)
		run = in_run(text.at[i]) ? run + 1 : 0;
	return run == RUN_LEAST;
}

bool
pasted_in_query(struct request *rq)
{
	struct url_pairs pairs = { .rest = rq->query };
	str decoded;

	if (rq->query.n == 0)
		return false;
	if (find_start(rq->query) < rq->query.n)
		return true;
	if (url_decode(rq->arena, rq->query, true, &decoded) && find_start(decoded) < decoded.n)
		return true;
	while (url_next_pair(rq->arena, &pairs))
		if (find_start(pairs.value) < pairs.value.n)
			return true;
	return false;
}

bool
pasted_find(str text, struct pasted *pasted)
{
	str rest = str_part(text, find_start(text), text.n);
	size_t n = 0;

	while (n < rest.n && (of_base62(rest.at[n]) || rest.at[n] == '_'))
		n++;
	if (n < SID_AT + PUBLIC_ID_CHARS)
		return false;
	*pasted = (struct pasted){ .secret = str_part(rest, 0, n),
		.sid = str_part(rest, SID_AT, PUBLIC_ID_CHARS) };
	for (size_t i = 0; i < pasted->sid.n; i++)
		if (!of_base62(pasted->sid.at[i]))
			return false;
	return true;
}
