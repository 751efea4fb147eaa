/* session_forms.c - whether a form came from a page of ours: its token, its Origin, its Sec-Fetch-Site. */
#define _GNU_SOURCE
#include "site/visit.h"

#include "site/route.h"
#include "sql.h"

/* Whether the form is taken that comes with this cookie, token, Origin and Sec-Fetch-Site (NULL: absent). */
struct sent {
	str cookie, csrf;
	const char *origin, *site;
};

static struct request *
sent_form(const struct sent *sent)
{
	struct request *rq = visit(sent->cookie);
	struct pair *params = NEW(rq->arena, struct pair, 2);

	if (sent->origin)
		params[rq->params_n++] = (struct pair){ S("HTTP_ORIGIN"), str_of(sent->origin) };
	if (sent->site)
		params[rq->params_n++] =
		    (struct pair){ S("HTTP_SEC_FETCH_SITE"), str_of(sent->site) };
	rq->params = params;
	send_form(rq, fmt(rq->arena, "a=b&csrf=%.*s", STR(sent->csrf)));
	return rq;
}

static bool
taken(const struct sent *sent)
{
	return csrf_ok(sent_form(sent));
}

/* The token that a page shows to whoever has this cookie. In the start arena. */
static str
token_for(str cookie)
{
	return str_copy(&world.hand.start, visit(cookie)->csrf);
}

/* A visitor's first page gives a cookie and a token that belong together. */
static struct sent
first_visit(void)
{
	struct arena *start = &world.hand.start;
	struct request *rq = visit(S(""));

	return (struct sent){ .cookie = fmt(start, "keydesk_visit=%.*s", STR(rq->visit)),
		.csrf = str_copy(start, rq->csrf) };
}

static void
the_token_belongs_to_the_session(void **state)
{
	struct people ann = world_people();
	str here = sign_in(&ann), there = sign_in(&ann);
	struct sent sent = { .cookie = here, .csrf = token_for(here) };

	(void)state;
	assert_int_equal(sent.csrf.n, 43);
	CHECK_STR_EQ(token_for(here), sent.csrf);
	assert_true(taken(&sent));
	sent.csrf = token_for(there);
	assert_false(taken(&sent));
	sent.csrf = S("");
	assert_false(taken(&sent));
	sent.csrf = str_part(token_for(here), 0, 42);
	assert_false(taken(&sent));
	sent.csrf = token_for(here);
	sent.cookie = there;
	assert_false(taken(&sent));
}

/* As profile_enter() has it; 0 is none. */
static void
session_goes_to(const struct people *p, int64_t user)
{
	sql_run(
	    "UPDATE session SET user_id = NULLIF(%d, 0), tenure_id = (SELECT id FROM tenure WHERE "
	    "live_id = %d) WHERE person_id = %d",
	    (int)user, (int)user, (int)p->person);
}

/* The same person, cookie and session, in another organization: what was opened in the first is of no use, but where it
 * is about the person alone; and good again once they are back. */
static void
the_token_belongs_to_the_organization(void **state)
{
	static const struct route personal = { .personal = true }, other = { 0 };
	struct people ann = world_people(), there = world_people();
	str cookie = sign_in(&ann);
	struct sent sent = { .cookie = cookie, .csrf = token_for(cookie) };
	struct request *rq;

	(void)state;
	sign_in(&there); /* their tenure begins */
	sql_run("UPDATE user SET person_id = %d WHERE id = %d", (int)ann.person, (int)there.user);
	session_goes_to(&ann, there.user);
	assert_false(str_eq(token_for(cookie), sent.csrf));
	assert_false(taken(&sent));
	rq = sent_form(&sent);
	rq->route = &other;
	assert_false(csrf_ok(rq));
	assert_int_equal(csrf_home(rq)->user, ann.user);
	rq->route = &personal;
	assert_true(csrf_ok(rq));
	sent.origin = "http://evil.test";
	rq = sent_form(&sent);
	rq->route = &personal;
	assert_false(csrf_ok(rq));
	assert_null(csrf_home(rq));
	sent.origin = NULL;
	session_goes_to(&ann, ann.user);
	assert_true(taken(&sent));
	/* A home that is theirs no more is none, nor is what was never a token. */
	session_goes_to(&ann, there.user);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)ann.user);
	assert_null(csrf_home(sent_form(&sent)));
	sent.csrf = S("nothing");
	assert_null(csrf_home(sent_form(&sent)));
}

/* Opened before they were in any. */
static void
a_form_of_no_organization(void **state)
{
	static const struct route personal = { .personal = true };
	struct people ann = world_people();
	str cookie = sign_in(&ann);
	struct sent sent = { .cookie = cookie };
	struct request *rq;

	(void)state;
	session_goes_to(&ann, 0);
	sql_run("UPDATE person SET is_operator = 1 WHERE id = %d", (int)ann.person);
	sent.csrf = token_for(cookie);
	assert_true(taken(&sent));
	assert_null(csrf_home(sent_form(&sent)));
	session_goes_to(&ann, ann.user);
	assert_false(taken(&sent));
	rq = sent_form(&sent);
	assert_int_equal(csrf_home(rq)->id.n, 0);
	rq->route = &personal;
	assert_true(csrf_ok(rq));
}

/* A form that was opened before another key became active is taken, and so is one of a machine where that
 * has not happened yet; once its key is retired it is not. */
static void
a_form_outlives_the_active_key(void **state)
{
	const struct keyring *before = world.hand.desk.keyring;
	struct people ann = world_people();
	str here = sign_in(&ann);
	struct sent old[2] = { { .cookie = here, .csrf = token_for(here) }, first_visit() },
		    newer[2];
	struct keyring ring;

	(void)state;
	ring_of_two(&ring, 2);
	world.hand.desk.keyring = &ring;
	newer[0] = (struct sent){ .cookie = here, .csrf = token_for(here) };
	newer[1] = first_visit();
	assert_false(str_eq(newer[0].csrf, old[0].csrf));
	for (int i = 0; i < 2; i++) {
		assert_true(taken(&old[i]));
		assert_true(taken(&newer[i]));
	}
	assert_int_equal(visit(old[1].cookie)->visit.n, 0); /* nobody is a new visitor */
	assert_non_null(visit(here)->actor);

	ring.active = 1;
	ring.keys[1].status = KEY_ACTIVE;
	ring.keys[2].status = KEY_READING;
	for (int i = 0; i < 2; i++)
		assert_true(taken(&newer[i]));
	ring.active = 2;
	ring.keys[1].status = KEY_RETIRED;
	for (int i = 0; i < 2; i++) {
		assert_false(taken(&old[i]));
		assert_true(taken(&newer[i]));
	}
	assert_non_null(visit(here)->actor); /* even then nobody is signed out */
	world.hand.desk.keyring = before;
}

/* A visit cookie that is none of ours does not bind a form, whatever token comes with it. */
static void
a_cookie_of_another_form(void **state)
{
	struct sent sent = { .cookie = S("keydesk_visit=x") };

	(void)state;
	sent.csrf = token_for(sent.cookie);
	assert_false(taken(&sent));
	sent.csrf = token_for(S("keydesk_visit="));
	assert_false(taken(&sent));
}

static void
visitors_have_one_too(void **state)
{
	struct people ann = world_people();
	struct sent one = first_visit(), other = first_visit(), mixed = one;
	struct request *rq = visit(one.cookie);

	(void)state;
	assert_int_equal(rq->visit.n, 0); /* known again: no second cookie */
	CHECK_STR_EQ(rq->csrf, one.csrf);
	assert_true(taken(&one));
	mixed.csrf = other.csrf;
	assert_false(taken(&mixed));
	/* Without its cookie a token is worth nothing, nor in a session. */
	mixed = one;
	mixed.cookie = S("");
	assert_false(taken(&mixed));
	mixed.cookie = sign_in(&ann);
	assert_false(taken(&mixed));
	/* A session that has ended makes its browser a visitor's again. */
	mixed.csrf = token_for(mixed.cookie);
	assert_true(taken(&mixed));
	sql_run("DELETE FROM session WHERE person_id = %d", (int)ann.person);
	assert_false(taken(&mixed));
}

/* The session's cookie as a visitor's, or the other way round, gives no token that is good for both. */
static void
the_cookies_are_not_exchangeable(void **state)
{
	struct people ann = world_people();
	str session = sign_in(&ann);
	str as_visit = fmt(&world.hand.start, "keydesk_visit=%.*s", STR(str_part(session, 8, 43)));

	(void)state;
	assert_false(str_eq(token_for(session), token_for(as_visit)));
	assert_int_equal(visit(as_visit)->visit.n, 22);
}

static void
where_it_comes_from(void **state)
{
	static const struct {
		const char *origin, *site;
		bool taken;
	} rows[] = {
		{ NULL, NULL, true },
		{ "http://127.0.0.1:8080", NULL, true },
		{ "http://127.0.0.1:8080", "same-origin", true },
		{ NULL, "same-origin", true },
		{ NULL, "none", true },
		{ NULL, "same-site", false },
		{ NULL, "cross-site", false },
		{ NULL, "Same-Origin", false },
		{ "null", NULL, false },
		{ "null", "same-origin", false },
		{ "https://127.0.0.1:8080", NULL, false },
		{ "http://127.0.0.1:8081", NULL, false },
		{ "http://127.0.0.1", NULL, false },
		{ "http://127.0.0.1:8080/", NULL, false },
		{ "http://127.0.0.1:8080.evil.test", NULL, false },
		{ "http://evil.test", "same-origin", false },
	};
	struct people ann = world_people();
	str cookie = sign_in(&ann);
	struct sent sent = { .cookie = cookie, .csrf = token_for(cookie) };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		sent.origin = rows[i].origin;
		sent.site = rows[i].site;
		if (taken(&sent) != rows[i].taken) {
			print_error("row %zu\n", i);
			fail();
		}
	}
}

/* A text/plain form can be sent from anywhere; and before session_find() no token is right. */
static void
what_is_no_form_of_ours(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann), token = token_for(cookie);
	struct request *rq = visit(cookie);

	(void)state;
	send_form(rq, fmt(rq->arena, "csrf=%.*s", STR(token)));
	assert_true(csrf_ok(rq));
	rq->type = S("text/plain");
	assert_false(csrf_ok(rq));
	rq = hand_ask(&world.hand, 0);
	send_form(rq, S("a=b"));
	assert_false(csrf_ok(rq));
	send_form(rq, S("csrf="));
	assert_false(csrf_ok(rq));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_token_belongs_to_the_session),
		cmocka_unit_test(the_token_belongs_to_the_organization),
		cmocka_unit_test(a_form_of_no_organization),
		cmocka_unit_test(a_form_outlives_the_active_key),
		cmocka_unit_test(a_cookie_of_another_form),
		cmocka_unit_test(visitors_have_one_too),
		cmocka_unit_test(the_cookies_are_not_exchangeable),
		cmocka_unit_test(where_it_comes_from),
		cmocka_unit_test(what_is_no_form_of_ours),
	};

	return GROUP(tests);
}
