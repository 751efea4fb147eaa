/* badge.c - which of its states is the badge of a key or credential, and in what words. */
#define _GNU_SOURCE
#include "site/visit.h"

#include "core/account.h"
#include "core/rotation.h"
#include "site/key.h"
#include "site/route.h"

/* Day 1000 of a key that works: made the day before, stored, used today. */
static struct key_facts
working(void)
{
	return (struct key_facts){ .status = S("active"),
		.secret_made_at = 999 * DAY,
		.stored_at = 999 * DAY,
		.last_used_at = 1000 * DAY,
		.secret_key = 1 };
}

static struct key_badge
badge_of(const struct key_facts *facts)
{
	struct request rq = { .arena = test_arena(), .desk = &world.hand.desk, .now = 1000 * DAY };

	return key_badge(&rq, facts);
}

static void
check_badge(const struct key_facts *facts, enum badge_state state, const char *words)
{
	struct key_badge badge = badge_of(facts);

	assert_int_equal(badge.state, state);
	if (!str_eq(badge.words, str_of(words)))
		fail_msg("%.*s, not %s", STR(badge.words), words);
	/* What needs attention says why, and nothing else does. */
	assert_int_equal(badge.why.n > 0,
	    state != BADGE_WORKING && state != BADGE_ROTATING && state != BADGE_DEACTIVATED);
	assert_int_equal(badge.overdue_days > 0, state == BADGE_OVERDUE);
}

/* Each is added to all that were before it, from the least urgent on. */
static void
badges_by_priority(void **state)
{
	struct key_facts facts = working();

	(void)state;
	check_badge(&facts, BADGE_WORKING, "Working");
	facts.old_ends_at = 1003 * DAY;
	check_badge(&facts, BADGE_ROTATING, "Rotating, old ends in 3 days");
	facts.old_ends_at = 0;
	facts.secret_made_at = facts.last_used_at = (1000 - 100) * DAY;
	check_badge(&facts, BADGE_UNUSED, "Unused for 100 days");
	facts.stored_at = 0;
	check_badge(&facts, BADGE_UNCONFIRMED, "Not confirmed as stored");
	facts.client_expires_at = 1006 * DAY;
	check_badge(&facts, BADGE_EXPIRING, "Expires in 6 days");
	facts.secret_made_at = (1000 - 368) * DAY;
	check_badge(&facts, BADGE_OVERDUE, "Overdue 3 days");
	facts.secret_key = 0;
	check_badge(&facts, BADGE_UNOPENED, "Not opened yet");
	facts.secret_key = 1;
	facts.leaver_at = 996 * DAY;
	check_badge(&facts, BADGE_LEAVER, "Known to a leaver");
	facts.status = S("deactivated");
	check_badge(&facts, BADGE_DEACTIVATED, "Deactivated");
	facts.client_expires_at = 1000 * DAY;
	check_badge(&facts, BADGE_EXPIRED, "Expired");
	facts.secret_key = 9; /* not in the ring, as if retired */
	check_badge(&facts, BADGE_REFUSED, "Refused");
	facts.secret_made_at = 0;
	check_badge(&facts, BADGE_NO_SECRET, "No secret");
}

static void
each_limit_to_the_moment(void **state)
{
	struct key_facts facts = working();

	(void)state;
	facts.secret_made_at = (1000 - 365) * DAY;
	check_badge(&facts, BADGE_WORKING, "Working");
	facts.secret_made_at = (1000 - 366) * DAY;
	check_badge(&facts, BADGE_OVERDUE, "Overdue 1 day");
	facts = working();
	facts.client_expires_at = 1014 * DAY;
	check_badge(&facts, BADGE_EXPIRING, "Expires in 14 days");
	facts.client_expires_at = 1014 * DAY + 1;
	check_badge(&facts, BADGE_WORKING, "Working");
	facts.client_expires_at = 1000 * DAY + 1;
	check_badge(&facts, BADGE_EXPIRING, "Expires just now");
	facts.client_expires_at = 1000 * DAY;
	check_badge(&facts, BADGE_EXPIRED, "Expired");
	facts = working();
	facts.secret_made_at = facts.last_used_at = (1000 - 90) * DAY;
	check_badge(&facts, BADGE_WORKING, "Working");
	facts.secret_made_at = facts.last_used_at = (1000 - 91) * DAY;
	check_badge(&facts, BADGE_UNUSED, "Unused for 91 days");
	/* Never used counts from when there was a secret to call with; a new one has its own time. */
	facts.last_used_at = 0;
	CHECK_HOLDS(badge_of(&facts).why, "Nobody has ever called");
	facts.secret_made_at = 999 * DAY;
	check_badge(&facts, BADGE_WORKING, "Working");
}

static void
the_earlier_end_counts(void **state)
{
	struct key_facts facts = working();

	(void)state;
	facts.expires_at = 1002 * DAY;
	facts.client_expires_at = 1009 * DAY;
	check_badge(&facts, BADGE_EXPIRING, "Expires in 2 days");
	CHECK_HOLDS(badge_of(&facts).why, "Its secret ends on");
	facts.expires_at = 1009 * DAY;
	facts.client_expires_at = 1002 * DAY;
	check_badge(&facts, BADGE_EXPIRING, "Expires in 2 days");
	CHECK_HOLDS(badge_of(&facts).why, "It ends on");
	facts.expires_at = 0;
	check_badge(&facts, BADGE_EXPIRING, "Expires in 2 days");
	facts.expires_at = 900 * DAY;
	check_badge(&facts, BADGE_EXPIRED, "Expired");
	CHECK_HOLDS(badge_of(&facts).why, "Its secret has expired");
}

/* A secret that nobody opened in time is none. */
static void
an_unopened_one_ends(void **state)
{
	struct key_facts facts = {
		.status = S("active"), .secret_made_at = 990 * DAY, .expires_at = 997 * DAY
	};

	(void)state;
	check_badge(&facts, BADGE_NO_SECRET, "No secret");
}

/* The admin's request, as after session_find(). */
static struct request *
admin(const struct people *p)
{
	struct request *rq = act_as(visit(S("")), p);

	rq->method = POST;
	return rq;
}

/* The key's badge at that time. */
static struct key_badge
badge_at(const struct people *p, str id, int64_t now)
{
	static const struct route about_it = { .object = CLIENT };
	struct request *rq = admin(p);

	rq->route = &about_it;
	rq->id = id;
	rq->now = now;
	return key_badge(rq, KEY_FACTS(key_card(rq)));
}

/* An additional secret ends for good, so nothing is left to do about one that has; and it rests while its key does. */
static void
the_badges_of_an_additional_secret(void **state)
{
	struct key_facts facts = working();
	struct key_badge badge;

	(void)state;
	facts.additional = true;
	check_badge(&facts, BADGE_WORKING, "Working");
	facts.paused = true;
	check_badge(&facts, BADGE_DEACTIVATED, "Key deactivated");
	facts.paused = false;
	facts.secret_key = 0;
	facts.stored_at = 0;
	facts.expires_at = 1006 * DAY;
	check_badge(&facts, BADGE_UNOPENED, "Not opened yet");
	CHECK_STR(
	    badge_of(&facts).why, "Nobody has opened it. Unopened it ends in 6 days, for good.");
	facts.expires_at = 1000 * DAY;
	badge = badge_of(&facts);
	assert_int_equal(badge.state, BADGE_NO_SECRET);
	CHECK_STR(badge.words, "Not opened in time");
	assert_int_equal(badge.why.n, 0);
	facts = working();
	facts.additional = true;
	facts.client_expires_at = 1000 * DAY;
	badge = badge_of(&facts);
	assert_int_equal(badge.state, BADGE_EXPIRED);
	assert_int_equal(badge.why.n, 0);
}

/* A rotation is said last, until it ends within a day and the evidence speaks against that. */
static void
the_badge_of_a_rotation(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production")), next;
	struct request *rq = begin_as(&ann);
	struct rotation_wish wish = { .id = made.id, .overlap = 7 * DAY };
	int64_t now = rq->now, end = now + 7 * DAY;
	struct key_badge badge;

	(void)state;
	assert_int_equal(rotation_start(rq, &wish, &next), ROTATED);
	commit(rq);
	CHECK_STR(badge_at(&ann, made.id, now).words, "Not confirmed as stored");
	rq = begin_as(&ann);
	assert_true(client_stored(rq, made.id));
	commit(rq);
	CHECK_STR(badge_at(&ann, made.id, end - 5 * HOUR).words, "Rotating, old ends in 5 h");
	CHECK_STR(badge_at(&ann, made.id, end - 5 * HOUR).tone, "neutral");
	sql_run("UPDATE secret SET last_used_at = created_at WHERE status = 'retiring' AND "
		"organization_id = %d",
	    (int)ann.org);
	badge = badge_at(&ann, made.id, end - 5 * HOUR);
	CHECK_STR(badge.tone, "needs");
	CHECK_HOLDS(badge.why, " ends in 5 h, and the new one has never been used.");
	assert_int_equal(badge.state, BADGE_AT_RISK);
	assert_int_equal(badge_at(&ann, made.id, end - DAY - 1).why.n, 0);
	sql_run(
	    "UPDATE secret SET last_used_at = created_at WHERE organization_id = %d", (int)ann.org);
	sql_run(
	    "INSERT INTO secret_caller SELECT id, organization_id, '10.0.0.7', hint, created_at, "
	    "created_at, 1, 0 FROM secret WHERE organization_id = %d",
	    (int)ann.org);
	CHECK_HOLDS(badge_at(&ann, made.id, end - 5 * HOUR).why,
	    " ends in 5 h, and 1 caller of it has not moved yet.");
	sql_run(
	    "UPDATE secret_caller SET program = 'curl' WHERE organization_id = %d", (int)ann.org);
	assert_int_equal(badge_at(&ann, made.id, end - 5 * HOUR).why.n, 0);
	/* To the moment: then it is over, whoever has written that down. */
	CHECK_STR(badge_at(&ann, made.id, end - 1).words, "Rotating, old ends just now");
	CHECK_STR(badge_at(&ann, made.id, end).words, "Working");
	sql_run(
	    "UPDATE client SET status = 'deactivated' WHERE organization_id = %d", (int)ann.org);
	CHECK_STR(badge_at(&ann, made.id, end - DAY).words, "Deactivated");
}

/* A scope whose last place was archived, by itself or with its account, and one that has more. */
static void
a_scope_that_is_archived(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	struct request *rq = begin_as(&ann);
	struct account_made retail, other, web;
	int64_t now = rq->now;

	(void)state;
	assert_true(client_stored(rq, made.id));
	account_create(rq, S("Retail"), &retail);
	account_create(rq, S("Other"), &other);
	workspace_create(rq, retail.row, S("Web"), &web);
	commit(rq);
	CHECK_STR(badge_at(&ann, made.id, now).words, "Working");
	sql_run("INSERT INTO client_workspace SELECT id, %d, organization_id FROM client WHERE "
		"organization_id = %d",
	    (int)web.row, (int)ann.org);
	CHECK_STR(badge_at(&ann, made.id, now).words, "Working");
	sql_run("UPDATE workspace SET archived_at = '2026-01-01' WHERE id = %d", (int)web.row);
	CHECK_STR(badge_at(&ann, made.id, now).words, "Nothing in scope");
	sql_run("INSERT INTO client_account SELECT id, %d, organization_id FROM client WHERE "
		"organization_id = %d",
	    (int)other.row, (int)ann.org);
	CHECK_STR(badge_at(&ann, made.id, now).words, "Working");
	sql_run("UPDATE account SET archived_at = '2026-01-01' WHERE id = %d", (int)other.row);
	CHECK_STR(badge_at(&ann, made.id, now).words, "Nothing in scope");
	sql_run("UPDATE account SET archived_at = '2026-01-01' WHERE id = %d", (int)retail.row);
	sql_run("UPDATE workspace SET archived_at = NULL WHERE id = %d", (int)web.row);
	CHECK_STR(badge_at(&ann, made.id, now).words, "Nothing in scope");
	sql_run("UPDATE account SET archived_at = NULL WHERE id = %d", (int)retail.row);
	CHECK_STR(badge_at(&ann, made.id, now).words, "Working");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(badges_by_priority),
		cmocka_unit_test(each_limit_to_the_moment),
		cmocka_unit_test(the_earlier_end_counts),
		cmocka_unit_test(an_unopened_one_ends),
		cmocka_unit_test(the_badges_of_an_additional_secret),
		cmocka_unit_test(the_badge_of_a_rotation),
		cmocka_unit_test(a_scope_that_is_archived),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
