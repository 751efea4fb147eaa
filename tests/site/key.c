/* key.c - a key, its reveal, and what a browser is told to forget. */
#define _GNU_SOURCE
#include "site/visit.h"

#include "site/key.h"
#include "site/route.h"

static int
open_pages(void **state)
{
	static const struct page *const pages[] = { &message_page, &credential_reveal_page,
		&credential_made_page };

	world_open(state);
	page_link(&world.hand.desk, pages, sizeof pages / sizeof pages[0]);
	return 0;
}

static const struct route about_a_key = { .object = CLIENT };

/* The admin's request, as after session_find(). */
static struct request *
admin(const struct people *p)
{
	struct request *rq = act_as(visit(S("")), p);

	rq->route = &about_a_key;
	rq->method = POST;
	return rq;
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
	rq->route = &about_a_key;
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
		cmocka_unit_test(a_key_is_found_in_its_own_organization),
		cmocka_unit_test(a_reveal_shows_the_secret_and_marks_the_browser),
		cmocka_unit_test(the_next_reply_has_the_cache_cleared),
		cmocka_unit_test(a_form_sent_before_shows_no_secret),
	};

	return cmocka_run_group_tests(tests, open_pages, world_close);
}
