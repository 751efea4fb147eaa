/* message.c - pages of one sentence: their status, their words, and that they undo. */
#define _GNU_SOURCE
#include "site/visit.h"

#include "site/page.h"
#include "site/route.h"

static int
open_pages(void **state)
{
	static const struct page *const pages[] = { &message_page };

	world_open(state);
	page_link(&world.hand.desk, pages, 1);
	return 0;
}

static void
each_status_has_its_words(void **state)
{
	static const struct {
		int status;
		const char *words;
	} rows[] = {
		{ 404, "There is nothing here" },
		{ 405, "This address does not do that" },
		{ 421, "Open http://127.0.0.1:8080 instead." },
		{ 500, "Something went wrong here" },
		{ 503, "Keydesk cannot answer right now" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct reply reply = sorry(visit(S("")), rows[i].status);

		assert_int_equal(reply.status, rows[i].status);
		assert_true(reply.undo);
		assert_true(str_find(reply.body, str_of(rows[i].words)) < reply.body.n);
		CHECK_HOLDS(reply.body, "0123456789abcdef");
	}
}

static void
a_form_that_is_not_ours_says_how_that_may_be(void **state)
{
	struct people ann = world_people();
	struct reply reply = not_ours(visit(S("")));

	(void)state;
	assert_int_equal(reply.status, 403);
	assert_true(reply.undo);
	CHECK_HOLDS(reply.body,
	    "It was opened before you signed in, or in another browser. Nothing was changed.");
	CHECK_HOLDS(not_ours(visit(sign_in(&ann))).body,
	    "in another browser, or in another organization. Nothing");
}

/* "Nothing was changed" would be a lie there. */
static void
what_nobody_knows_is_not_denied(void **state)
{
	struct reply reply = uncertain(visit(S("")));

	(void)state;
	assert_int_equal(reply.status, 503);
	CHECK_HOLDS(reply.body, "Keydesk does not know whether this was done");
	assert_true(str_find(reply.body, S("Nothing was changed")) == reply.body.n);
}

static void
who_could_do_it_is_said(void **state)
{
	struct reply reply = forbidden(visit(S("")));

	(void)state;
	assert_int_equal(reply.status, 403);
	assert_true(reply.undo);
	CHECK_HOLDS(reply.body, "Your role does not include it.");
	CHECK_HOLDS(reply.body, "Admins of an organization do this");
}

/* At most five of the organization's own, by name. */
static void
admins_are_named(void **state)
{
	static const struct route operators = { .may = OPERATOR };
	struct people ann = world_people();
	struct request *rq;

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct person_wish wish = { .name = fmt(&world.hand.start, "Admin <%d>", i),
			.email = fmt(&world.hand.start, "a%d.%.*s", i, STR(ann.email)),
			.role = i == 1 ? ROLE_MEMBER : ROLE_ADMIN };

		rq = hand_begin(&world.hand, 0);
		person_join(rq, ann.org, &wish);
		commit(rq);
	}
	sql_run("UPDATE user SET status = 'deactivated' WHERE organization_id = %d AND person_id "
		"= (SELECT id FROM person WHERE email = 'a2.%.*s')",
	    (int)ann.org, STR(ann.email));
	rq = visit(sign_in(&ann));
	CHECK_HOLDS(forbidden(rq).body, "ask Ann Marsh, Admin &lt;0&gt;, Admin &lt;3&gt;, Admin "
					"&lt;4&gt;, Admin &lt;5&gt;.");
	rq->route = &operators;
	CHECK_HOLDS(forbidden(rq).body, "The operator of this Keydesk can do this");
}

static void
a_conflict_says_what_was_given(void **state)
{
	struct reply reply = conflict(visit(S("")), S("Somebody was <faster>."));

	(void)state;
	assert_int_equal(reply.status, 409);
	assert_true(reply.undo);
	CHECK_HOLDS(reply.body, "Somebody was &lt;faster&gt;.");
}

static void
not_found_is_404(void **state)
{
	struct reply reply = not_found(visit(S("")));

	(void)state;
	assert_int_equal(reply.status, 404);
	assert_true(reply.undo);
}

/* A fault may come before anybody is known: the page needs neither session nor token. */
static void
sorry_needs_no_session(void **state)
{
	struct reply reply = sorry(hand_ask(&world.hand, 0), 503);

	(void)state;
	assert_int_equal(reply.status, 503);
	CHECK_HOLDS(reply.body, "Go to sign in");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_status_has_its_words),
		cmocka_unit_test(a_form_that_is_not_ours_says_how_that_may_be),
		cmocka_unit_test(what_nobody_knows_is_not_denied),
		cmocka_unit_test(who_could_do_it_is_said),
		cmocka_unit_test(admins_are_named),
		cmocka_unit_test(a_conflict_says_what_was_given),
		cmocka_unit_test(not_found_is_404),
		cmocka_unit_test(sorry_needs_no_session),
	};

	return cmocka_run_group_tests(tests, open_pages, world_close);
}
