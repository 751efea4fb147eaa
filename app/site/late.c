/* late.c - what is said when a node of the database has not confirmed a change.
 *
 * A page that shows a secret was filled in before COMMIT, so the sentence is put into it afterwards; a redirect
 * carries the hosts along, by their numbers in the list and with a mark that is good for a minute or two: nobody can put
 * in words of their own, nor raise an alarm where all is well. The sentence holds no character that HTML would have to
 * escape: names of hosts are plain (db_place_wrong).
 */
#include "site/late.h"

#include "base/buf.h"
#include "core/actor.h"
#include "core/desk.h"
#include "db/db.h"

#include <inttypes.h>

enum { NAMES_MAX_BYTES = 4096, MARK_CHARS = 16 };

const str late_mark = STR_INIT("<main id=\"main\" tabindex=\"-1\">");

static str
names_of(const struct request *rq, uint32_t hosts, size_t *n)
{
	struct buf names = buf_new(rq->arena, NAMES_MAX_BYTES);

	*n = 0;
	for (size_t i = 0; i < db_hosts_n(rq->db); i++)
		if (hosts & 1U << i)
			buf_fmt(&names, "%s%.*s", (*n)++ ? ", " : "", STR(db_host_name(rq->db, i)));
	return buf_str(&names);
}

static str
words_of(const struct request *rq, uint32_t hosts)
{
	size_t n;
	str names = names_of(rq, hosts, &n);
	bool one = n == 1;

	if (n == 0)
		return (str){ 0 };
	if (!rq->actor)
		names = (str){ 0 }; /* they are for people who are signed in */
	return fmt(rq->arena,
	    "The database node%s%s%.*s %s not confirmed this. A request that %s may still go by "
	    "what was "
	    "before, for up to 5 seconds after it is back.",
	    one ? "" : "s", names.n ? " " : "", STR(names), one ? "has" : "have",
	    one ? "it answers" : "one of them answers");
}

static str
mark_of(const struct request *rq, const struct ring_key *key, uint32_t hosts, int64_t minute)
{
	struct digest mac = digest_hmac(DIGEST_STR(key->session), S("late "),
	    fmt(rq->arena, "%" PRIu32 " %" PRId64, hosts, minute));

	return str_part(digest_base64url(rq->arena, DIGEST_STR(mac)), 0, MARK_CHARS);
}

/* Under each key that reads, and by a clock that is a minute ahead: another machine may have made it. */
static bool
made_here(const struct request *rq, uint32_t hosts, str mark)
{
	int64_t minute = rq->now / MINUTE;
	bool ours = false;

	for (int n = 1; n <= KEYRING_MAX && !ours; n++) {
		const struct ring_key *key = keyring_key(rq->desk->keyring, n);

		for (int64_t m = minute - 1; key && m <= minute + 1 && !ours; m++)
			ours = str_eq_secret(mark, mark_of(rq, key, hosts, m));
	}
	return ours;
}

/* What the redirect has brought along. */
static uint32_t
asked(const struct request *rq)
{
	int64_t hosts = 0;
	str mark, number = str_cut(query_text(rq, S("late")), '.', &mark);

	if (rq->method != GET || !str_int(number, &hosts) || hosts < 1 || hosts > UINT32_MAX ||
	    !made_here(rq, (uint32_t)hosts, mark))
		return 0;
	return (uint32_t)hosts;
}

/* Before a place within the page, which would else swallow it. */
static str
with_query(const struct request *rq, str to)
{
	size_t end = str_find_char(to, '#');
	str page = str_part(to, 0, end), place = str_part(to, end, to.n);
	char sign = str_find_char(page, '?') < page.n ? '&' : '?';
	const struct keyring *ring = rq->desk->keyring;
	str mark = mark_of(rq, &ring->keys[ring->active], rq->late, rq->now / MINUTE);

	return fmt(rq->arena, "%.*s%clate=%" PRIu32 ".%.*s%.*s", STR(page), sign, rq->late,
	    STR(mark), STR(place));
}

static void
say_elsewhere(struct request *rq, struct reply *reply)
{
	const struct header *header = reply->headers;

	reply->headers = NULL;
	for (; header; header = header->next) {
		bool leads = str_eq(header->name, S("Location"));

		reply_header(
		    rq, reply, header->name, leads ? with_query(rq, header->value) : header->value);
	}
}

static void
say_here(struct request *rq, struct reply *reply, str words)
{
	size_t at = str_find(reply->body, late_mark);
	str before = str_part(reply->body, 0, at + late_mark.n);
	str after = str_part(reply->body, at + late_mark.n, reply->body.n);

	if (words.n && at < reply->body.n)
		reply->body = fmt(rq->arena,
		    "%.*s\n<div class=\"alert needs\" role=\"status\"><p>%.*s</p></div>%.*s",
		    STR(before), STR(words), STR(after));
}

void
late_say(struct request *rq, struct reply *reply)
{
	if (rq->late && rq->actor && reply->status == 303)
		say_elsewhere(rq, reply);
	else if (rq->late && rq->actor)
		say_here(rq, reply, words_of(rq, rq->late));
	else if (reply->status == 200)
		say_here(rq, reply, words_of(rq, asked(rq)));
}
