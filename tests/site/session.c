/* session.c - who is signed in, until when, and by which cookie. */
#define _GNU_SOURCE
#include "site/visit.h"

static bool
signed_in(str cookie)
{
	return visit(cookie)->actor != NULL;
}

static void
signing_in_makes_a_session(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);
	struct request *rq = visit(cookie);

	(void)state;
	assert_non_null(rq->actor);
	assert_int_equal(rq->actor->person, ann.person);
	assert_int_equal(rq->actor->user, ann.user);
	assert_int_equal(rq->actor->role, ROLE_ADMIN);
	assert_false(rq->actor->is_operator);
	CHECK_STR(rq->actor->name, "Ann Marsh");
	CHECK_STR_EQ(rq->actor->email, ann.email);
	CHECK_STR(rq->actor->organization, "Northwind Trading");
	assert_int_equal(rq->org, ann.org);
	assert_int_equal(rq->me, ann.user);
	CHECK_STR(rq->environment, "production");
	assert_int_equal(rq->visit.n, 0);
}

static bool
factor_first(str cookie)
{
	return visit(cookie)->actor->factor_missing;
}

/* KEYDESK_OPERATOR_FACTOR: asked for on their next request, wherever they belong, and of nobody else. */
static void
operators_must_have_a_second_factor_where_it_is_set(void **state)
{
	struct people ann = world_people(), bob = world_people();
	str operator_ = sign_in(&ann), other = sign_in(&bob);

	(void)state;
	sql_run("UPDATE person SET is_operator = 1 WHERE id = %d", (int)ann.person);
	assert_false(factor_first(operator_));
	world.settings.operator_factor = 1;
	assert_true(factor_first(operator_));
	assert_false(factor_first(other));
	sql_run("INSERT INTO factor (person_id, key_number, sealed, session_id, begun_at) VALUES "
		"(%d, 1, 'x', 0, UTC_TIMESTAMP(6))",
	    (int)ann.person);
	assert_true(factor_first(operator_)); /* begun is not on */
	sql_run("UPDATE factor SET confirmed_at = begun_at WHERE person_id = %d", (int)ann.person);
	assert_false(factor_first(operator_));
	world.settings.operator_factor = 0;
}

static void
the_database_keeps_only_a_hash(void **state)
{
	struct people ann = world_people();
	str token = str_part(sign_in(&ann), 8, 43);

	(void)state;
	assert_int_equal(token.n, 43);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM session WHERE person_id = %d AND "
				    "token_hash = UNHEX(SHA2('%.*s', 256))",
			     (int)ann.person, STR(token)),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM session WHERE "
				    "INSTR(CONCAT(token_hash, remote, program), '%.*s')",
			     STR(token)),
	    0);
}

/* Neither a cookie that somebody planted nor an earlier session lives on in the new one. */
static void
signing_in_never_takes_a_cookie_over(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct proven who = { .person = ann.person, .user = ann.user, .org = ann.org };
	str planted = S("keydesk=0123456789012345678901234567890123456789012");
	str first = sign_in_with(planted, &who), second = sign_in_with(first, &who), third;

	(void)state;
	assert_false(str_eq(first, planted));
	assert_false(signed_in(planted));
	assert_false(str_eq(first, second));
	assert_false(signed_in(first));
	assert_true(signed_in(second));
	/* Another browser's session stays. */
	third = sign_in(&ann);
	assert_true(signed_in(second));
	assert_true(signed_in(third));
	/* Another person in the same browser. */
	sign_in_with(third, &(struct proven){ .person = bob.person, .user = bob.user });
	assert_false(signed_in(third));
}

static void
what_is_no_cookie_of_ours_asks_nothing(void **state)
{
	struct people ann = world_people();
	str good = sign_in(&ann);
	const str none[] = { S(""), S("keydesk="), S("keydesk=x"), str_part(good, 0, good.n - 1),
		fmt(&world.hand.start, "%.*sa", STR(good)),
		fmt(&world.hand.start, "__Host-%.*s", STR(good)),
		fmt(&world.hand.start, "other=1; Keydesk=%.*s", STR(str_part(good, 8, 43))) };

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		int64_t executed = db_executed(world.hand.desk.db);
		struct request *rq = visit(none[i]);

		assert_null(rq->actor);
		assert_int_equal(rq->org, 0);
		assert_int_equal(rq->me, 0);
		assert_int_equal(db_executed(rq->db), executed);
	}
	assert_false(signed_in(S("keydesk=0123456789012345678901234567890123456789012")));
	assert_true(signed_in(fmt(&world.hand.start, "a=b; %.*s; c=d", STR(good))));
}

/* ---- how long */

static void
idle_sessions_end(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);
	int64_t now = clock_now();

	(void)state;
	sql_run("UPDATE session SET seen_at = FROM_UNIXTIME(0) + INTERVAL %ld MICROSECOND, "
		"created_at = seen_at WHERE person_id = %d",
	    (long)now, (int)ann.person);
	assert_null(visit_at(cookie, now + 30 * MINUTE + 1)->actor);
	assert_non_null(visit_at(cookie, now + 30 * MINUTE)->actor);
	/* That visit was seen, and the half hour begins anew. */
	assert_non_null(visit_at(cookie, now + 60 * MINUTE)->actor);
	assert_null(visit_at(cookie, now + 90 * MINUTE + 1)->actor);
}

static void
every_session_ends(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);
	int64_t now = clock_now();

	(void)state;
	world.settings.session_idle_minutes = 24 * 60;
	sql_run("UPDATE session SET seen_at = FROM_UNIXTIME(0) + INTERVAL %ld MICROSECOND, "
		"created_at = seen_at WHERE person_id = %d",
	    (long)now, (int)ann.person);
	assert_null(visit_at(cookie, now + 12 * HOUR + 1)->actor);
	assert_non_null(visit_at(cookie, now + 12 * HOUR)->actor);
	world.settings.session_hours = 11;
	assert_null(visit_at(cookie, now + 12 * HOUR)->actor);
	world_test();
}

static void
seen_is_noted_once_a_minute(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);
	int64_t now = clock_now(), executed;

	(void)state;
	executed = db_executed(world.hand.desk.db);
	for (int i = 0; i < 5; i++)
		visit_at(cookie, now + i * SECOND);
	assert_int_equal(db_executed(world.hand.desk.db), executed + 5);
	visit_at(cookie, now + 62 * SECOND);
	visit_at(cookie, now + 62 * SECOND);
	assert_int_equal(db_executed(world.hand.desk.db), executed + 8);
}

/* ---- whose */

static bool
signed_in_after(const char *text)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);

	assert_true(signed_in(cookie));
	sql_run(
	    "UPDATE session s JOIN person p ON p.id = s.person_id JOIN user u ON u.id = s.user_id "
	    "JOIN organization o ON o.id = u.organization_id SET %s WHERE s.person_id = %d",
	    text, (int)ann.person);
	return signed_in(cookie);
}

static void
rows_decide_with_each_request(void **state)
{
	(void)state;
	assert_false(signed_in_after("u.status = 'deactivated'"));
	assert_false(signed_in_after("u.status = 'invited'"));
	assert_false(signed_in_after("o.status = 'closed'"));
	assert_false(signed_in_after("s.user_id = 999999999"));
	/* Not even an operator stays by the session of a user who is not active. */
	assert_false(signed_in_after("u.status = 'deactivated', p.is_operator = 1"));
	assert_true(signed_in_after("u.role = 'member'"));
}

static void
another_persons_user_is_nobodys(void **state)
{
	struct people ann = world_people(), bob = world_people();
	str cookie = sign_in(&ann);

	(void)state;
	sql_run(
	    "UPDATE session SET user_id = %d WHERE person_id = %d", (int)bob.user, (int)ann.person);
	assert_false(signed_in(cookie));
}

static void
a_changed_role_holds_at_once(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);

	(void)state;
	assert_int_equal(visit(cookie)->actor->role, ROLE_ADMIN);
	sql_run("UPDATE user SET role = 'member' WHERE id = %d", (int)ann.user);
	assert_int_equal(visit(cookie)->actor->role, ROLE_MEMBER);
}

/* An operator without an organization has none: not number 0, and no role in it. */
static void
an_operator_has_no_organization(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in_with((str){ 0 }, &(struct proven){ .person = ann.person });
	struct request *rq;

	(void)state;
	assert_false(signed_in(cookie));
	sql_run("UPDATE person SET is_operator = 1 WHERE id = %d", (int)ann.person);
	rq = visit(cookie);
	assert_non_null(rq->actor);
	assert_true(rq->actor->is_operator);
	assert_int_equal(rq->actor->role, ROLE_NONE);
	assert_int_equal(rq->org, 0);
	assert_int_equal(rq->me, 0);
	sql_run("UPDATE person SET is_operator = 0 WHERE id = %d", (int)ann.person);
	assert_false(signed_in(cookie));
}

/* ---- cookies */

static void
cookies_over_http(void **state)
{
	struct people ann = world_people();
	struct request *rq = visit(S(""));
	struct reply reply = started(rq, (struct proven){ .person = ann.person, .user = ann.user });
	str session = header_of(&reply, "Set-Cookie", "keydesk=");

	(void)state;
	assert_int_equal(reply.status, 303);
	assert_int_equal(session.n, 8 + 43 + strlen("; Path=/; HttpOnly; SameSite=Lax"));
	assert_true(str_ends(session, S("; Path=/; HttpOnly; SameSite=Lax")));
	CHECK_STR(header_of(&reply, "Set-Cookie", "keydesk_visit="),
	    "keydesk_visit=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
	cookie_set(rq, &reply, &(struct cookie){ .name = "a", .value = S("b"), .seconds = 60 });
	CHECK_STR(header_of(&reply, "Set-Cookie", "a="),
	    "a=b; Path=/; HttpOnly; SameSite=Lax; Max-Age=60");
}

static void
cookies_over_https(void **state)
{
	struct people ann = world_people();
	struct request *rq;
	struct reply reply;
	str cookie;

	(void)state;
	world.settings.https = true;
	rq = visit(S(""));
	reply = started(rq, (struct proven){ .person = ann.person, .user = ann.user });
	assert_true(str_ends(header_of(&reply, "Set-Cookie", "__Host-keydesk="),
	    S("; Path=/; HttpOnly; SameSite=Lax; Secure")));
	CHECK_STR(header_of(&reply, "Set-Cookie", "__Host-keydesk_visit="),
	    "__Host-keydesk_visit=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
	cookie = sign_in(&ann);
	assert_true(str_starts(cookie, S("__Host-keydesk=")));
	assert_true(signed_in(cookie));
	/* What anybody on the network could have planted is not looked at. */
	assert_false(signed_in(str_part(cookie, 7, cookie.n)));
	world_test();
}

static void
odd_browsers_can_sign_in(void **state)
{
	struct people ann = world_people();
	char name[300];
	struct pair param = { S("HTTP_USER_AGENT"), { name, sizeof name } };
	struct request *rq = visit(S(""));

	(void)state;
	memset(name, '\xe9', sizeof name);
	rq->params = &param;
	rq->params_n = 1;
	started(rq, (struct proven){ .person = ann.person, .user = ann.user });
	assert_int_equal(sql_number("SELECT COUNT(*) FROM session WHERE person_id = %d AND "
				    "CHAR_LENGTH(program) = 200",
			     (int)ann.person),
	    1);
}

/* ---- the end, and the environment */

static void
signing_out_ends_this_session(void **state)
{
	struct people ann = world_people();
	str here = sign_in(&ann), there = sign_in(&ann);
	struct request *rq = visit(here);
	struct reply reply = session_stop(rq, "signed-out");

	(void)state;
	assert_int_equal(reply.status, 303);
	CHECK_STR(header_of(&reply, "Set-Cookie", "keydesk="),
	    "keydesk=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
	CHECK_STR(header_of(&reply, "Clear-Site-Data", ""), "\"cache\"");
	assert_false(signed_in(here));
	assert_true(signed_in(there));
}

static void
each_session_shows_its_own_environment(void **state)
{
	struct people ann = world_people();
	str here = sign_in(&ann), there = sign_in(&ann);

	(void)state;
	session_show(visit(here), S("integration"));
	CHECK_STR(visit(here)->environment, "integration");
	CHECK_STR(visit(there)->environment, "production");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(signing_in_makes_a_session),
		cmocka_unit_test(operators_must_have_a_second_factor_where_it_is_set),
		cmocka_unit_test(the_database_keeps_only_a_hash),
		cmocka_unit_test(signing_in_never_takes_a_cookie_over),
		cmocka_unit_test(what_is_no_cookie_of_ours_asks_nothing),
		cmocka_unit_test(idle_sessions_end),
		cmocka_unit_test(every_session_ends),
		cmocka_unit_test(seen_is_noted_once_a_minute),
		cmocka_unit_test(rows_decide_with_each_request),
		cmocka_unit_test(another_persons_user_is_nobodys),
		cmocka_unit_test(a_changed_role_holds_at_once),
		cmocka_unit_test(an_operator_has_no_organization),
		cmocka_unit_test(cookies_over_http),
		cmocka_unit_test(cookies_over_https),
		cmocka_unit_test(odd_browsers_can_sign_in),
		cmocka_unit_test(signing_out_ends_this_session),
		cmocka_unit_test(each_session_shows_its_own_environment),
	};

	return GROUP(tests);
}
