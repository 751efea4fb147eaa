/* key.c - the badge of a key, its reveal, and what a browser is told to forget. */
#define _GNU_SOURCE
#include "site/visit.h"

#include "core/rotation.h"
#include "site/key.h"

static int
open_pages(void **state)
{
	static const struct page *const pages[] = { &message_page, &credential_reveal_page,
		&credential_made_page };

	world_open(state);
	page_link(&world.hand.desk, pages, sizeof pages / sizeof pages[0]);
	return 0;
}

/* The admin's request, as after session_find(). */
static struct request *
admin(const struct people *p)
{
	struct request *rq = act_as(visit(S("")), p);

	rq->method = POST;
	return rq;
}

static void
badges_by_priority(void **state)
{
	struct request rq = { .arena = test_arena(), .desk = &world.hand.desk, .now = 1000 * DAY };
	struct key_facts facts = { .status = S("active"), .secret_made_at = 999 * DAY };
	struct key_badge badge;

	(void)state;
	CHECK_STR(key_badge(&rq, &facts).words, "Not confirmed as stored");
	facts.stored_at = 999 * DAY;
	badge = key_badge(&rq, &facts);
	CHECK_STR(badge.words, "Working");
	assert_int_equal(badge.why.n, 0);
	facts.secret_made_at = (1000 - 365) * DAY;
	CHECK_STR(key_badge(&rq, &facts).words, "Working");
	facts.secret_made_at -= 3 * DAY;
	facts.stored_at = 0;
	badge = key_badge(&rq, &facts);
	CHECK_STR(badge.words, "Overdue 3 days");
	assert_int_equal(badge.overdue_days, 3);
	assert_true(badge.why.n > 0);
	facts.expires_at = 1000 * DAY + 1;
	CHECK_STR(key_badge(&rq, &facts).words, "Overdue 3 days");
	facts.expires_at = 1000 * DAY;
	CHECK_STR(key_badge(&rq, &facts).words, "Expired");
	facts.secret_key = 1;
	CHECK_STR(key_badge(&rq, &facts).words, "Expired");
	facts.secret_key = 9; /* not in the ring, as if retired */
	badge = key_badge(&rq, &facts);
	CHECK_STR(badge.words, "Refused");
	assert_true(badge.why.n > 0 && badge.reset);
	facts.status = S("deactivated");
	CHECK_STR(key_badge(&rq, &facts).words, "Deactivated");
	/* Without any secret there is nothing to confirm, and nothing that works. */
	facts = (struct key_facts){ .status = S("active") };
	badge = key_badge(&rq, &facts);
	CHECK_STR(badge.words, "No secret");
	assert_true(badge.why.n > 0);
}

/* The key's badge at that time. */
static struct key_badge
badge_at(const struct people *p, str id, int64_t now)
{
	struct request *rq = admin(p);

	rq->id = id;
	rq->now = now;
	return key_badge(rq, KEY_FACTS(key_card(rq)));
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
	assert_true(badge.rotation);
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

static void
a_key_is_found_in_its_own_organization(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct client_made made = make_key(&ann, S("integration"));
	struct request *rq = admin(&ann);

	(void)state;
	rq->id = made.id;
	assert_non_null(key_card(rq));
	CHECK_STR(rq->environment, "integration");
	rq = admin(&bob);
	rq->id = made.id;
	assert_null(key_card(rq));
	CHECK_STR(rq->environment, "production");
	/* An operator without an organization finds nobody's. */
	rq = visit(S(""));
	rq->id = made.id;
	assert_null(key_card(rq));
}

static void
a_reveal_shows_the_secret_and_marks_the_browser(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	struct request *rq = admin(&ann);
	struct reply reply;

	(void)state;
	reply = key_reveal(rq, &made, KEY_MADE);
	assert_int_equal(reply.status, 200);
	assert_true(reply.reveals);
	assert_false(reply.undo);
	assert_true(str_find(reply.body, made.secret) < reply.body.n);
	assert_true(str_find(reply.body, made.client_id) < reply.body.n);
	key_reveal_headers(rq, &reply);
	assert_true(str_starts(
	    header_of(&reply, "Set-Cookie", "keydesk_revealed="), S("keydesk_revealed=1; ")));
	/* The secret itself is in no header. */
	for (const struct header *h = reply.headers; h; h = h->next)
		assert_true(str_find(h->value, made.secret) == h->value.n);
}

static void
the_next_reply_has_the_cache_cleared(void **state)
{
	struct request *rq = visit(S("keydesk_revealed=1"));
	struct reply reply = { .status = 200 };

	(void)state;
	key_reveal_headers(rq, &reply);
	CHECK_STR(header_of(&reply, "Clear-Site-Data", ""), "\"cache\"");
	assert_true(
	    str_ends(header_of(&reply, "Set-Cookie", "keydesk_revealed="), S("; Max-Age=0")));
	rq = visit(S(""));
	reply = (struct reply){ .status = 200 };
	key_reveal_headers(rq, &reply);
	assert_null(reply.headers);
}

static void
a_form_sent_before_shows_no_secret(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct client_made made = make_key(&ann, S("production")), before = { .id = made.id };
	struct reply reply;

	(void)state;
	before.made_at = clock_now() - MINUTE;
	reply = key_made_before(admin(&ann), &before, KEY_MADE);
	assert_int_equal(reply.status, 200);
	assert_true(reply.undo);
	assert_false(reply.reveals);
	assert_true(str_find(reply.body, made.secret) == reply.body.n);
	CHECK_HOLDS(reply.body, "Website");
	reply = key_made_before(admin(&bob), &before, KEY_MADE);
	assert_int_equal(reply.status, 409);
	assert_true(str_find(reply.body, S("Website")) == reply.body.n);
	reply = key_made_before(admin(&bob), &(struct client_made){ 0 }, KEY_MADE);
	assert_int_equal(reply.status, 409);
	assert_true(reply.undo);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(badges_by_priority),
		cmocka_unit_test(the_badge_of_a_rotation),
		cmocka_unit_test(a_key_is_found_in_its_own_organization),
		cmocka_unit_test(a_reveal_shows_the_secret_and_marks_the_browser),
		cmocka_unit_test(the_next_reply_has_the_cache_cleared),
		cmocka_unit_test(a_form_sent_before_shows_no_secret),
	};

	return cmocka_run_group_tests(tests, open_pages, world_close);
}
