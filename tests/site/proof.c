/* proof.c - the password, asked for again: when, of whom, and which templates do not start without it. */
#define _GNU_SOURCE
#include "site/visit.h"

#include "core/throttle.h"
#include "http/form.h"
#include "site/proof.h"

static struct reply
answer(struct request *rq)
{
	return (struct reply){ .status = rq->unproven ? 422 : 200 };
}

static const struct route map[] = {
	{ .method = POST,
	    .pattern = "/lately",
	    .page = answer,
	    .may = ADMIN,
	    .proof = PROOF_LATELY },
	{ .method = POST,
	    .pattern = "/keys/:id/end",
	    .page = answer,
	    .may = ADMIN,
	    .proof = PROOF_LATELY },
	{ .method = POST,
	    .pattern = "/links/:token",
	    .page = answer,
	    .may = ADMIN,
	    .proof = PROOF_LATELY },
	{ .method = POST, .pattern = "/always", .page = answer, .may = ADMIN, .proof = PROOF_NOW },
	{ .method = POST, .pattern = "/free", .page = answer, .may = ADMIN },
};

enum { MAP_N = sizeof map / sizeof map[0] };

/* A form of the session to the route, at that moment after its sign-in. */
static struct request *
form_at(str cookie, const struct route *route, int64_t now)
{
	struct request *rq = visit_at(cookie, now);

	rq->route = route;
	assert_non_null(rq->actor);
	return rq;
}

static bool
takes(struct request *rq, str proof)
{
	send_form(rq, fmt(rq->arena, "proof=%.*s", STR(proof)));
	proof_take(rq);
	assert_int_equal(rq->before.proven, rq->before.proof_error.n == 0);
	return rq->before.proven;
}

static const str right = STR_INIT("correct+horse+battery");

static void
signing_in_is_a_proof_for_a_while(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);
	int64_t now = clock_now();
	struct request *rq;

	(void)state;
	rq = form_at(cookie, &map[0], now);
	assert_false(proof_of(rq).asked);
	assert_true(takes(rq, S("")));
	rq = form_at(cookie, &map[0], now + 16 * MINUTE);
	assert_true(proof_of(rq).asked);
	assert_int_equal(proof_of(rq).minutes, 15);
	assert_false(takes(rq, S("")));
	assert_false(rq->before.wrong);
	CHECK_STR(proof_of(rq).error, "Type your password to go on.");
	world.settings.proof_minutes = 20;
	assert_true(takes(form_at(cookie, &map[0], now + 17 * MINUTE), S("")));
	world_test();
	assert_false(proof_of(visit(S(""))).asked);
}

static void
a_right_one_counts_for_this_session_only(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann), other = sign_in(&ann);
	int64_t later = clock_now() + 16 * MINUTE;
	struct request *rq = form_at(cookie, &map[0], later);

	(void)state;
	assert_true(takes(rq, right));
	assert_false(proof_of(rq).asked);
	assert_true(takes(form_at(cookie, &map[0], later + 14 * MINUTE), S("")));
	assert_false(takes(form_at(other, &map[0], later), S("")));
}

static void
always_is_always(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);
	int64_t now = clock_now();

	(void)state;
	assert_false(takes(form_at(cookie, &map[3], now), S("")));
	assert_true(takes(form_at(cookie, &map[3], now), right));
	assert_false(takes(form_at(cookie, &map[3], now), S("")));
}

static void
wrong_ones_are_counted_before_they_are_looked_at(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);
	int64_t later = clock_now() + 16 * MINUTE, hashes;
	struct request *rq;

	(void)state;
	for (int i = 0; i < THROTTLE_PERSON_FAILURES; i++) {
		rq = form_at(cookie, &map[0], later);
		assert_false(takes(rq, S("wrong")));
		assert_true(rq->before.wrong);
	}
	hashes = counted(COUNT_ARGON2);
	rq = form_at(cookie, &map[0], later);
	assert_false(takes(rq, right));
	assert_false(rq->before.wrong);
	CHECK_HOLDS(proof_of(rq).error, "Too many attempts");
	assert_int_equal(counted(COUNT_ARGON2), hashes);
	/* Elsewhere, and here once the window is over, the right one does. */
	rq = form_at(cookie, &map[0], later);
	rq->remote = S("198.51.100.77");
	assert_true(takes(rq, right));
	sql_run("UPDATE session SET proven_at = NULL WHERE person_id = %d", (int)ann.person);
	assert_true(takes(form_at(cookie, &map[0], later + 11 * MINUTE), right));
}

static void
who_has_no_password_knows_none(void **state)
{
	struct people ann = world_people();
	str cookie = sign_in(&ann);

	(void)state;
	sql_run("UPDATE person SET password_hash = NULL WHERE id = %d", (int)ann.person);
	assert_false(takes(form_at(cookie, &map[3], clock_now()), right));
}

/* ---- what a handler does without a proof */

SHAPE(trial, part(name, input), part(password, input));

/* Every rule holds, and yet it is to be shown again: with what was typed, but for what is secret. */
static void
an_unproven_form_comes_back(void **state)
{
	static const struct form_rule rules[] = {
		{ .name = STR_INIT("name") },
		{ .name = STR_INIT("password"), .secret = true },
	};
	struct people ann = world_people();
	struct request *rq = visit(sign_in(&ann));
	struct trial trial = { 0 };

	(void)state;
	send_form(rq, S("name=Website&password=typed"));
	assert_true(form_read(rq, trial, rules, &trial));
	CHECK_STR(trial.password.value, "typed");
	rq->unproven = true;
	assert_false(form_read(rq, trial, rules, &trial));
	CHECK_STR(trial.name.value, "Website");
	CHECK_STR(trial.name.error, "");
	CHECK_STR(trial.password.value, "");
}

static void
refuse_work(void *rq)
{
	struct reply gone_on = { .status = 303 };

	proof_refuse(rq, &gone_on);
}

static void
a_handler_that_goes_on_is_a_fault(void **state)
{
	struct people ann = world_people();
	struct request *rq = form_at(sign_in(&ann), &map[0], clock_now() + 16 * MINUTE);
	struct reply again = { .status = 422 };

	(void)state;
	assert_false(takes(rq, S("")));
	rq->before.done = true;
	proof_refuse(rq, &again);
	CHECK_FAULT(&world.hand.arena, refuse_work, rq, "goes on without the password");
}

static void
a_wrong_one_is_in_the_audit_log(void **state)
{
	struct people ann = world_people();
	struct request *rq = form_at(sign_in(&ann), &map[0], clock_now() + 16 * MINUTE);
	struct reply again = { .status = 422 };

	(void)state;
	assert_false(takes(rq, S("wrong")));
	audit(rq, S("something.else"), (str){ 0 }, (str){ 0 });
	proof_refuse(rq, &again);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
				    "AND act = 'proof.refused' AND person_id = %d",
			     (int)ann.org, (int)ann.person),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE act = 'something.else'"), 0);
}

/* ---- templates */

struct checked {
	struct desk desk;
	str text;
};

static void
check_work(void *arg)
{
	struct checked *checked = arg;

	proof_check(&world.hand.arena, &checked->desk, S("trial"), checked->text);
}

static void
a_form_without_the_field_does_not_start(void **state)
{
	static const struct {
		const char *text, *why; /* NULL: it starts */
	} rows[] = {
		{ "<p>{{name}}</p>", NULL },
		{ "<form method=\"get\" action=\"/lately\"></form>", NULL },
		{ "<form method=\"post\" action=\"/free\">{{>csrf}}</form>", NULL },
		{ "<form method=\"post\" action=\"/nowhere\">{{>csrf}}</form>", NULL },
		{ "<form method=\"post\" action=\"/lately\">{{>csrf}}{{>part_proof}}</form>",
		    NULL },
		{ "<form method=\"post\" action=\"/lately\">{{>csrf}}</form>",
		    "the form to /lately needs {{>part_proof}}" },
		{ "<form method=\"post\" action=\"/lately\"></form>{{>part_proof}}",
		    "/lately needs" },
		{ "<form method=\"post\" action=\"/free\"></form><form class=\"x\" "
		  "action=\"/lately\" method=\"post\"></form>",
		    "/lately needs" },
		{ "<form method=\"post\" action=\"/keys/{{id}}/end\"></form>",
		    "/keys/:id/end needs" },
		{ "<form method=\"post\" action=\"/keys/{{client}}/end\"></form>",
		    "/keys/:id/end needs" },
		{ "<form method=\"post\" action=\"/links/{{token}}\"></form>",
		    "/links/:token needs" },
		{ "<form method=\"post\" action=\"/always\">{{>part_proof}}</form>",
		    "form to /always needs a field called proof" },
		{ "<form method=\"post\" action=\"/always\"><input name=\"proof\"></form>", NULL },
		{ "<form method=\"post\">{{>part_proof}}</form>",
		    "a form that posts says where to" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct checked checked = { { .routes = map, .routes_n = MAP_N },
			str_of(rows[i].text) };

		hand_ask(&world.hand, 0);
		if (!rows[i].why) {
			check_work(&checked);
			continue;
		}
		CHECK_FAULT(&world.hand.arena, check_work, &checked, "trial.mustache: ");
		check_holds_(
		    str_of(world.hand.fault.what), str_of(rows[i].why), __FILE__, __LINE__);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signing_in_is_a_proof_for_a_while),
		cmocka_unit_test(a_right_one_counts_for_this_session_only),
		cmocka_unit_test(always_is_always),
		cmocka_unit_test(wrong_ones_are_counted_before_they_are_looked_at),
		cmocka_unit_test(who_has_no_password_knows_none),
		cmocka_unit_test(an_unproven_form_comes_back),
		cmocka_unit_test(a_handler_that_goes_on_is_a_fault),
		cmocka_unit_test(a_wrong_one_is_in_the_audit_log),
		cmocka_unit_test(a_form_without_the_field_does_not_start),
	};

	return GROUP(tests);
}
