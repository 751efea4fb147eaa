/* badge.c - the one status badge of a key or credential. */
#include "site/badge.h"

#include "core/desk.h"
#include "core/evidence.h"
#include "core/leaver.h"
#include "core/policy.h"

static bool
ended(const struct request *rq, int64_t end)
{
	return end && end <= rq->now;
}

/* The earlier of the two ends; 0 when there is none. */
static int64_t
end_of(const struct key_facts *key)
{
	if (key->client_expires_at &&
	    (!key->expires_at || key->client_expires_at < key->expires_at))
		return key->client_expires_at;
	return key->expires_at;
}

/* Its text is refused before anybody looks at its row: see secret_read(). */
static bool
under_retired_key(const struct request *rq, const struct key_facts *key)
{
	return key->secret_key && !keyring_key(rq->desk->keyring, (int)key->secret_key);
}

/* ---- what speaks against the end of the old secret of a rotation */

/* Empty when nothing does. */
static str
unsettled(const struct request *rq, const struct evidence *evidence)
{
	bool one = evidence->still == 1;

	if (evidence->verdict == EVIDENCE_NOT_YET && evidence->still)
		return fmt(rq->arena, "%zu caller%s of it ha%s not moved yet", evidence->still,
		    one ? "" : "s", one ? "s" : "ve");
	if (evidence->verdict != EVIDENCE_UNKNOWN)
		return (str){ 0 };
	if (evidence->others)
		return S("it has more callers than are kept apart");
	if (evidence->old.last_used_at > rq->now - EVIDENCE_DAYS * DAY)
		return S("the new one has never been used");
	return (str){ 0 };
}

static str
at_risk(struct request *rq, const struct key_facts *key)
{
	const struct evidence *evidence = NULL;

	if (KEY_ROTATES(rq, key) && key->old_ends_at <= rq->now + DAY)
		evidence = evidence_of(rq, key->id);
	return evidence ? unsettled(rq, evidence) : (str){ 0 };
}

/* ---- which of them holds */

/* The silence counts from the last call, or from when there was a secret to call with. */
static int64_t
silent_days(const struct request *rq, const struct key_facts *key)
{
	int64_t since = key->last_used_at;

	if (since < key->secret_made_at)
		since = key->secret_made_at;
	return (rq->now - since) / DAY;
}

/* What ends its use whatever else is true of it; BADGE_WORKING when nothing does. */
static enum badge_state
state_of_end(const struct request *rq, const struct key_facts *key)
{
	bool unopened = KEY_UNOPENED(key);

	if (!key->secret_made_at || (unopened && ended(rq, key->expires_at)))
		return BADGE_NO_SECRET;
	if (under_retired_key(rq, key))
		return BADGE_REFUSED;
	if (ended(rq, end_of(key)))
		return BADGE_EXPIRED;
	if (str_eq(key->status, S("deactivated")) || key->paused)
		return BADGE_DEACTIVATED;
	if (key->leaver_at)
		return BADGE_LEAVER;
	return unopened ? BADGE_UNOPENED : BADGE_WORKING;
}

/* *risk is what speaks against the end of a rotation. */
static enum badge_state
state_of(struct request *rq, const struct key_facts *key, str *risk)
{
	enum badge_state end = state_of_end(rq, key);
	int64_t soon = end_of(key);

	if (end != BADGE_WORKING)
		return end;
	*risk = at_risk(rq, key);
	if (risk->n)
		return BADGE_AT_RISK;
	if (key->scope_lost)
		return BADGE_NOWHERE;
	if ((rq->now - key->secret_made_at) / DAY > policy_of(rq).cadence_days)
		return BADGE_OVERDUE;
	if (soon && soon <= rq->now + BADGE_EXPIRING_DAYS * DAY)
		return BADGE_EXPIRING;
	if (!key->stored_at)
		return BADGE_UNCONFIRMED;
	if (!KEY_ROTATES(rq, key) && silent_days(rq, key) > BADGE_UNUSED_DAYS)
		return BADGE_UNUSED;
	return KEY_ROTATES(rq, key) ? BADGE_ROTATING : BADGE_WORKING;
}

/* ---- its words */

/* What does not depend on more than the state. */
static const struct key_badge badges[] = {
	[BADGE_NO_SECRET] = { .words = STR_INIT("No secret"),
	    .tone = STR_INIT("ended"),
	    .why = STR_INIT("Its last secret has ended. A reset makes the next one.") },
	[BADGE_REFUSED] = { .words = STR_INIT("Refused"),
	    .tone = STR_INIT("ended"),
	    .why = STR_INIT("Its secret is refused: its key of the key ring is retired.") },
	[BADGE_EXPIRED] = { .words = STR_INIT("Expired"), .tone = STR_INIT("ended") },
	[BADGE_DEACTIVATED] = { .words = STR_INIT("Deactivated"), .tone = STR_INIT("neutral") },
	[BADGE_LEAVER] = { .words = STR_INIT("Known to a leaver"), .tone = STR_INIT("needs") },
	[BADGE_UNOPENED] = { .words = STR_INIT("Not opened yet"), .tone = STR_INIT("needs") },
	[BADGE_AT_RISK] = { .tone = STR_INIT("needs") },
	[BADGE_NOWHERE] = { .words = STR_INIT("Nothing in scope"),
	    .tone = STR_INIT("needs"),
	    .why = STR_INIT("All accounts and workspaces in its scope are archived.") },
	[BADGE_OVERDUE] = { .tone = STR_INIT("needs") },
	[BADGE_EXPIRING] = { .tone = STR_INIT("needs") },
	[BADGE_UNCONFIRMED] = { .words = STR_INIT("Not confirmed as stored"),
	    .tone = STR_INIT("needs"),
	    .why = STR_INIT("Its secret was shown once, and nobody has said that it is stored.") },
	[BADGE_UNUSED] = { .tone = STR_INIT("needs") },
	[BADGE_ROTATING] = { .tone = STR_INIT("neutral") },
	[BADGE_WORKING] = { .words = STR_INIT("Working"), .tone = STR_INIT("works") },
};

static void
say_end(struct request *rq, const struct key_facts *key, struct key_badge *badge)
{
	int64_t end = end_of(key);
	const char *what = end == key->client_expires_at ? "It" : "Its secret";
	str when = clock_ago(rq->arena, end, rq->now), exact = clock_for_people(rq->arena, end);

	if (badge->state == BADGE_EXPIRED) {
		badge->why = fmt(rq->arena, "%s has expired and is refused.", what);
		return;
	}
	badge->words = fmt(rq->arena, "Expires %.*s", STR(when));
	badge->why =
	    fmt(rq->arena, "%s ends on %.*s, and is refused from then on.", what, STR(exact));
}

static const char *
secret_words(const struct key_facts *key)
{
	return key->data_api ? "API key" : "secret";
}

static void
say_leaver(struct request *rq, const struct key_facts *key, struct key_badge *badge)
{
	str when = clock_ago(rq->arena, key->leaver_at, rq->now);
	int64_t end = leaver_ends_at(rq, key->leaver_at);

	badge->why =
	    fmt(rq->arena, "Somebody who knows its %s left %.*s.", secret_words(key), STR(when));
	if (end)
		badge->why = fmt(rq->arena, "%.*s It ends by itself on %.*s.", STR(badge->why),
		    STR(clock_for_people(rq->arena, end)));
}

static void
say_rotation(struct request *rq, const struct key_facts *key, str but, struct key_badge *badge)
{
	str left = clock_ago(rq->arena, key->old_ends_at, rq->now);

	badge->words = fmt(rq->arena, "Rotating, old ends %.*s", STR(left));
	if (badge->state == BADGE_AT_RISK)
		badge->why = fmt(rq->arena, "Its old %s …%.*s ends %.*s, and %.*s.",
		    secret_words(key), STR(key->old_hint), STR(left), STR(but));
}

static void
say_overdue(struct request *rq, const struct key_facts *key, struct key_badge *badge)
{
	int64_t age = (rq->now - key->secret_made_at) / DAY, cadence = policy_of(rq).cadence_days;
	int over = (int)(age - cadence);

	badge->overdue_days = over;
	badge->words = fmt(rq->arena, "Overdue %d day%s", over, over == 1 ? "" : "s");
	badge->why =
	    fmt(rq->arena, "Its secret is %d days old; %d are meant.", (int)age, (int)cadence);
}

static void
say_unused(struct request *rq, const struct key_facts *key, struct key_badge *badge)
{
	int days = (int)silent_days(rq, key);

	badge->words = fmt(rq->arena, "Unused for %d days", days);
	if (key->last_used_at)
		badge->why = fmt(rq->arena, "Nobody has called with it for %d days.", days);
	else
		badge->why = fmt(
		    rq->arena, "Nobody has ever called with its secret, made %d days ago.", days);
}

static void
say_unopened(struct request *rq, const struct key_facts *key, struct key_badge *badge)
{
	if (key->additional)
		badge->why =
		    fmt(rq->arena, "Nobody has opened it. Unopened it ends %.*s, for good.",
			STR(clock_ago(rq->arena, key->expires_at, rq->now)));
	else
		badge->why = S("Its secret waits for an admin to open it, and ends after 7 days.");
}

/* What has ended ends with its last secret: nothing is left to do about it. */
static void
say_ended(const struct key_facts *key, struct key_badge *badge)
{
	if (badge->state == BADGE_NO_SECRET && key->secret_made_at)
		badge->words = S("Not opened in time");
	else if (badge->state == BADGE_NO_SECRET)
		badge->words = S("Ended");
	else if (badge->state == BADGE_DEACTIVATED && key->paused)
		badge->words = S("Key deactivated");
	if (badge->state == BADGE_NO_SECRET || badge->state == BADGE_EXPIRED)
		badge->why = (str){ 0 };
}

struct key_badge
key_badge(struct request *rq, const struct key_facts *key)
{
	str but = { 0 };
	enum badge_state state = state_of(rq, key, &but);
	struct key_badge badge = badges[state];

	badge.state = state;
	switch (state) {
	case BADGE_EXPIRED:
	case BADGE_EXPIRING:
		say_end(rq, key, &badge);
		break;
	case BADGE_LEAVER:
		say_leaver(rq, key, &badge);
		break;
	case BADGE_AT_RISK:
	case BADGE_ROTATING:
		say_rotation(rq, key, but, &badge);
		break;
	case BADGE_OVERDUE:
		say_overdue(rq, key, &badge);
		break;
	case BADGE_UNUSED:
		say_unused(rq, key, &badge);
		break;
	case BADGE_UNOPENED:
		say_unopened(rq, key, &badge);
		break;
	case BADGE_NO_SECRET:
	case BADGE_REFUSED:
	case BADGE_DEACTIVATED:
	case BADGE_NOWHERE:
	case BADGE_UNCONFIRMED:
	case BADGE_WORKING:
		break;
	}
	if (key->additional)
		say_ended(key, &badge);
	return badge;
}
