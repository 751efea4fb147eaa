/* decision.c - what is sealed is what is opened; what was altered, or is of another ring, is nothing. */
#include "check.h"

#include "core/decision.h"
#include "core/desk.h"

static const int64_t noon = 20778 * DAY + 12 * HOUR + 34 * MINUTE + 56 * SECOND + 789000;

/* Keys 1 and 10 in use and 7 retired, without a file. */
static struct keyring *
test_ring(struct arena *a, int active)
{
	static const int numbers[] = { 1, 7, 10 };
	struct keyring *ring = NEW(a, struct keyring, 1);

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		struct ring_key *key = &ring->keys[numbers[i]];

		key->status = numbers[i] == active ? KEY_ACTIVE
		              : numbers[i] == 7    ? KEY_RETIRED
		                                   : KEY_READING;
		key->decision = digest_sha256(fmt(a, "decision %d", numbers[i]));
	}
	ring->active = active;
	return ring;
}

static struct request *
asker(struct arena *a, const struct keyring *ring)
{
	struct request *rq = NEW(a, struct request, 1);
	struct desk *desk = NEW(a, struct desk, 1);

	desk->keyring = ring;
	rq->arena = a;
	rq->desk = desk;
	return rq;
}

static struct decision
full(void)
{
	return (struct decision){ .at = noon,
		.reason = REASON_SCOPE,
		.asked = ASKED_CALL,
		.integration = true,
		.sid = S("zzzzzzzzzz"),
		.address = S("2001:db8::7"),
		.permission = 4294967295,
		.method = S("DELETE"),
		.path = S("/profile/v1/workspaces/0123456789/users?x=1") };
}

static void
same(const struct decision *one, const struct decision *other)
{
	assert_int_equal(one->at, other->at);
	assert_int_equal(one->reason, other->reason);
	assert_int_equal(one->asked, other->asked);
	assert_int_equal(one->integration, other->integration);
	assert_int_equal(one->permission, other->permission);
	CHECK_STR_EQ(one->sid, other->sid);
	CHECK_STR_EQ(one->id, other->id);
	CHECK_STR_EQ(one->address, other->address);
	CHECK_STR_EQ(one->method, other->method);
}

static struct decision
there_and_back(const struct decision *d)
{
	struct arena *a = test_arena();
	struct request *rq = asker(a, test_ring(a, 1));
	str id = decision_make(rq, d);
	struct decision opened;

	assert_int_equal(id.n, DECISION_CHARS);
	assert_true(decision_like(id));
	assert_true(decision_open(rq, id, &opened));
	same(&opened, d);
	return opened;
}

static void
what_is_sealed_is_what_is_opened(void **state)
{
	struct decision d = full();

	(void)state;
	CHECK_STR(there_and_back(&d).path, "/profile/v1/workspaces/0123456789/users");
	d.id = d.sid;
	d.sid = (str){ 0 };
	d.address = S("198.51.100.7");
	d.integration = false;
	there_and_back(&d);
	d.id = S("0000000000");
	d.at = noon / DAY * DAY;
	d.path = (str){ 0 };
	d.method = S("another method");
	assert_int_equal(there_and_back(&d).path.n, 0);
	d = (struct decision){ .at = noon, .reason = REASON_FORGED, .asked = ASKED_TOKEN };
	there_and_back(&d);
}

static void
a_method_that_is_none_of_the_known(void **state)
{
	struct decision d = full(), opened;
	struct arena *a = test_arena();
	struct request *rq = asker(a, test_ring(a, 1));

	(void)state;
	d.method = S("BREW<script>");
	assert_true(decision_open(rq, decision_make(rq, &d), &opened));
	CHECK_STR(opened.method, "another method");
	d.address = S("<script>");
	assert_true(decision_open(rq, decision_make(rq, &d), &opened));
	CHECK_STR(opened.address, "");
}

/* What callers send is bounded, visible, and keeps no secret. */
static void
a_path_is_cut_and_holds_no_secret(void **state)
{
	static const struct {
		const char *path, *shown;
		bool cut;
	} all[] = {
		{ "/", "/", false },
		{ "/12345678901234567890123456789012345678901",
		    "/12345678901234567890123456789012345678901", false },
		{ "/12345678901234567890123456789012345678901x",
		    "/12345678901234567890123456789012345678901", true },
		{ "/a\x01\xc3\xa9 b", "/a????b", false },
		{ "/x/kds_live_1abcdefghij_012", "(left-out:-there-may-be-a-secret-in-it)", false },
		{ "/hooks/Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz3Ab4",
		    "(left-out:-there-may-be-a-secret-in-it)", true },
		{ "?client_secret=x", "", false },
	};
	struct decision d = full(), opened;

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct arena *a = test_arena();
		struct request *rq = asker(a, test_ring(a, 1));

		d.path = str_of(all[i].path);
		assert_true(decision_open(rq, decision_make(rq, &d), &opened));
		CHECK_STR_EQ(opened.path, str_of(all[i].shown));
		assert_int_equal(opened.cut, all[i].cut);
	}
}

/* Who is unknown and who is wrong get texts of one form; no two are alike. */
static void
each_is_as_long(void **state)
{
	struct arena *a = test_arena();
	struct request *rq = asker(a, test_ring(a, 10));
	struct decision d = full(), little = { .at = noon };
	str last = { 0 };

	(void)state;
	for (int i = REASON_NOTHING; i < REASONS; i++) {
		str many, few;

		d.reason = little.reason = (enum decision_reason)i;
		many = decision_make(rq, &d);
		few = decision_make(rq, &little);
		assert_int_equal(many.n, DECISION_CHARS);
		assert_int_equal(few.n, DECISION_CHARS);
		assert_true(str_starts(many, S("kdd_A")));
		CHECK_STR_EQ(str_part(many, 0, 8), str_part(few, 0, 8));
		assert_false(str_eq(str_part(many, 8, 22), str_part(few, 8, 22)));
		assert_false(str_eq(many, last));
		last = many;
	}
}

static void
every_bit_that_is_flipped_is_refused(void **state)
{
	struct arena *a = test_arena();
	struct request *rq = asker(a, test_ring(a, 1));
	struct decision d = full();
	str id = decision_make(rq, &d);
	char *at = NEW(a, char, id.n + 1);

	(void)state;
	memcpy(at, id.at, id.n);
	for (size_t bit = 0; bit < 8 * id.n; bit++) {
		at[bit / 8] = (char)(at[bit / 8] ^ 1 << bit % 8);
		assert_false(decision_open(rq, (str){ at, id.n }, &d));
		at[bit / 8] = (char)(at[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t n = 0; n < id.n; n++)
		assert_false(decision_open(rq, (str){ at, n }, &d));
	at[id.n] = '0';
	assert_false(decision_open(rq, (str){ at, id.n + 1 }, &d));
	assert_true(decision_open(rq, (str){ at, id.n }, &d));
}

/* A day that was put in its place has another key, and so has another letter. */
static void
parts_of_two_are_not_one(void **state)
{
	struct arena *a = test_arena();
	struct request *rq = asker(a, test_ring(a, 1)), *ten = asker(a, test_ring(a, 10));
	struct decision d = full();
	str one = decision_make(rq, &d), other, of_ten = decision_make(ten, &d);

	(void)state;
	d.at += DAY;
	other = decision_make(rq, &d);
	assert_false(decision_open(
	    rq, fmt(a, "%.*s%.*s", STR(str_part(one, 0, 8)), STR(str_part(other, 8, 143))), &d));
	assert_false(decision_open(
	    rq, fmt(a, "%.*s%.*s", STR(str_part(one, 0, 30)), STR(str_part(other, 30, 121))), &d));
	assert_false(decision_open(
	    rq, fmt(a, "%.*s%.*s", STR(str_part(one, 0, 5)), STR(str_part(of_ten, 5, 146))), &d));
	assert_true(decision_open(rq, other, &d));
	assert_true(decision_open(rq, of_ten, &d)); /* key 10 reads here */
}

static void
it_opens_while_its_key_is_in_the_ring(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 10), *strange = test_ring(a, 10);
	struct request *rq = asker(a, test_ring(a, 1));
	struct decision d = full();
	str id = decision_make(rq, &d);

	(void)state;
	assert_true(decision_open(asker(a, ring), id, &d));
	ring->keys[1].status = KEY_RETIRED;
	assert_false(decision_open(asker(a, ring), id, &d));
	ring->keys[1].status = KEY_ABSENT;
	assert_false(decision_open(asker(a, ring), id, &d));
	strange->keys[1].decision = digest_sha256(S("another ring's key 1"));
	assert_false(decision_open(asker(a, strange), id, &d));
}

/* Made once: what people have must stay readable. */
static void
an_old_one_is_read(void **state)
{
	struct arena *a = test_arena();
	struct request *rq = asker(a, test_ring(a, 10));
	struct decision d;

	(void)state;
	assert_true(decision_open(rq,
	    S("kdd_15P88aKEMXQEKYz37CqLnlp6PrGi0zzWZjhSXEkZ65ky32ST9ulpeTQWvhH3aCQQJwXkAN3E"
	      "Y28Izz1vo1zrgoTbmRnD91ETjTP1HDAIZhPwCi9mX2Gnc4w4U1vkG4XIE4ZhCiGREsqCB3Szq5I"),
	    &d));
	assert_int_equal(d.at, noon);
	assert_int_equal(d.reason, REASON_SCOPE);
	CHECK_STR(d.id, "zzzzzzzzzz");
	CHECK_STR(d.address, "198.51.100.7");
	CHECK_STR(d.method, "DELETE");
	CHECK_STR(d.path, "/profile/v1/workspaces/0123456789/users");
}

/* Each verdict that refuses has a reason of its own, and keeps its number. */
static void
each_verdict_has_a_reason(void **state)
{
	bool seen[REASONS] = { false };

	(void)state;
	for (int i = 0; i < VERDICTS; i++) {
		enum decision_reason reason = decision_reason((enum verdict)i);

		if (i == VERDICT_GOOD || i == VERDICT_OPEN) {
			assert_int_equal(reason, REASON_NONE);
			continue;
		}
		assert_true(reason > REASON_NONE && (int)reason < REASONS && !seen[reason]);
		seen[reason] = true;
	}
	assert_int_equal(REASON_SCOPE, 20);
	assert_int_equal(REASON_FAULT, 25);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sealed_is_what_is_opened),
		cmocka_unit_test(a_method_that_is_none_of_the_known),
		cmocka_unit_test(a_path_is_cut_and_holds_no_secret),
		cmocka_unit_test(each_is_as_long),
		cmocka_unit_test(every_bit_that_is_flipped_is_refused),
		cmocka_unit_test(parts_of_two_are_not_one),
		cmocka_unit_test(it_opens_while_its_key_is_in_the_ring),
		cmocka_unit_test(an_old_one_is_read),
		cmocka_unit_test(each_verdict_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
