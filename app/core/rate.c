/* rate.c - how many calls a minute a credential and a network may make, what its caller is told of that, and forms. */
#include "core/rate.h"

#include "core/actor.h"
#include "core/desk.h"
#include "core/shared_rate.h"
#include "core/throttle.h"

#include <inttypes.h>

enum { REVOCATIONS = 10, SESSIONS_TOGETHER = 2 };

static int64_t
seconds_of(int64_t microseconds)
{
	return (microseconds + SECOND - 1) / SECOND;
}

static void
add(struct request *rq, str *to, str item)
{
	*to = fmt(rq->arena, "%.*s%s%.*s", STR(*to), to->n ? ", " : "", STR(item));
}

/* Items of a structured list (RFC 8941): q of the window w, r that are left, t seconds until there is one more. */
static void
note(struct request *rq, const char *name, int64_t most, const struct rate_left *is)
{
	int64_t next = seconds_of(is->next);

	add(rq, &rq->limits.policy,
	    fmt(rq->arena, "\"%s\";q=%" PRId64 ";w=%d", name, most, (int)(MINUTE / SECOND)));
	add(rq, &rq->limits.left,
	    fmt(rq->arena, "\"%s\";r=%" PRId64 ";t=%" PRId64, name, is->left, next));
	if (!is->within)
		rq->limits.retry = next;
}

static bool
within(struct request *rq, const char *name, const struct rate *rate)
{
	struct rate_left is = rate_take(rq->desk->shared, rate);

	note(rq, name, rate->most, &is);
	return is.within;
}

bool
rate_of_address(struct request *rq, str address)
{
	struct rate rate = { .part = RATE_ADDRESSES,
		.most = rq->desk->settings->calls_per_address,
		.window = MINUTE,
		.now = rq->now };

	if (!rate.most || rq->counted.address)
		return true;
	rate.who = rate_stranger(rq->desk->shared, throttle_network_of(rq->arena, address));
	return rq->counted.address = within(rq, "address", &rate);
}

int64_t
rate_in_force(const struct settings *settings, int64_t chosen)
{
	int64_t most = chosen ? chosen : settings->calls_per_minute;
	int64_t max = settings->calls_per_minute_max;

	return max && (!most || most > max) ? max : most;
}

bool
rate_of_client(struct request *rq, int64_t client, int64_t chosen)
{
	struct rate rate = { .part = RATE_CLIENTS,
		.who = (uint64_t)client,
		.most = rate_in_force(rq->desk->settings, chosen),
		.window = MINUTE,
		.now = rq->now };

	if (!rate.most || rq->counted_before.client == client)
		return true;
	if (!within(rq, "credential", &rate))
		return false;
	rq->counted.client = client;
	return true;
}

/* Of so many in a second. Who is kept waiting may be counted after those who came a whole second later, and finds their
 * second spent: so it may also be one of those of the moment. That also tells who was late from a clock that was set back. */
static struct rate_left
take_of_second(const struct request *rq, uint64_t who, int64_t most)
{
	struct rate rate = {
		.part = RATE_WRITES, .who = who, .most = most, .window = SECOND, .now = rq->now
	};
	struct rate_left is = rate_take(rq->desk->shared, &rate);

	if (is.within || !rq->began)
		return is;
	rate.now += clock_monotonic() - rq->began;
	rate.at_once = true;
	return rate_take(rq->desk->shared, &rate);
}

bool
rate_of_revocation(struct request *rq, int64_t client)
{
	str who = fmt(rq->arena, "revocation %" PRId64, client);
	struct rate_left is;

	if (rq->counted_before.revocation)
		return true;
	is = take_of_second(rq, rate_stranger(rq->desk->shared, who), REVOCATIONS);
	if (!is.within)
		rq->limits.retry = seconds_of(is.next);
	return rq->counted.revocation = is.within;
}

/* The session first: beyond its own part it takes nothing of the whole. */
bool
rate_of_forms(struct request *rq)
{
	int64_t most = rq->desk->settings->writes_per_second;
	str session = fmt(rq->arena, "session %" PRId64, rq->actor->session);

	return take_of_second(rq, rate_stranger(rq->desk->shared, session), most).within &&
	       take_of_second(rq, (uint64_t)rq->actor->person, most * SESSIONS_TOGETHER).within;
}

void
rate_headers(struct request *rq, struct reply *reply)
{
	if (rq->limits.policy.n) {
		reply_header(rq, reply, S("RateLimit-Policy"), rq->limits.policy);
		reply_header(rq, reply, S("RateLimit"), rq->limits.left);
	}
	if (reply->status == 429 && rq->limits.retry)
		reply_header(
		    rq, reply, S("Retry-After"), fmt(rq->arena, "%" PRId64, rq->limits.retry));
}
