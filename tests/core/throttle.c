/* throttle.c - how many attempts, from where, by whom, and when they are forgotten. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/throttle.h"

/* A request from an address, n minutes after the first one. */
static struct request *
from(const char *remote, int64_t minutes)
{
	static int64_t began;
	struct request *rq = hand_ask(&world.hand, 0);

	if (!began)
		began = rq->now;
	rq->now = began + minutes * MINUTE;
	rq->remote = str_of(remote);
	return rq;
}

static bool
try(const char *email, const char *remote)
{
	return throttle_count(from(remote, 0), str_of(email), (str){ 0 });
}

/* How many attempts in a row are let through, up to most. */
static int
allowed(const char *email, const char *remote, str device, int most)
{
	int n = 0;

	while (n < most && throttle_count(from(remote, 0), str_of(email), device))
		n++;
	return n;
}

static void
forget(void)
{
	scratch_run("DELETE FROM sign_in_failure");
}

static void
ten_for_one_person_from_one_network(void **state)
{
	(void)state;
	forget();
	assert_int_equal(allowed("ann@x.test", "192.0.2.1", S(""), 50), THROTTLE_PERSON_FAILURES);
	assert_false(try("ann@x.test", "192.0.2.1"));
	assert_false(try("ANN@X.test", "192.0.2.1"));
	assert_true(try("bob@x.test", "192.0.2.1"));
	assert_true(try("ann@x.test", "192.0.2.2"));
}

static void
a_hundred_from_one_network(void **state)
{
	char email[40];
	int n = 0;

	(void)state;
	forget();
	for (int i = 0; i < 300; i++) {
		snprintf(email, sizeof email, "p%d@x.test", i);
		n += try(email, "192.0.2.1");
	}
	assert_int_equal(n, THROTTLE_NETWORK_FAILURES);
	assert_true(try("p1@x.test", "192.0.2.2"));
	/* Those beyond it were not counted for anybody: made-up addresses do not fill the table. */
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM sign_in_failure"),
	    THROTTLE_NETWORK_FAILURES + 1 + 2);
}

static void
a_window_of_ten_minutes(void **state)
{
	(void)state;
	forget();
	assert_int_equal(allowed("ann@x.test", "192.0.2.1", S(""), 50), THROTTLE_PERSON_FAILURES);
	assert_false(throttle_count(from("192.0.2.1", 9), S("ann@x.test"), (str){ 0 }));
	assert_false(throttle_count(from("192.0.2.1", 10), S("ann@x.test"), (str){ 0 }));
	/* Trying on does not make it longer. */
	assert_true(throttle_count(from("192.0.2.1", 11), S("ann@x.test"), (str){ 0 }));
	assert_int_equal(scratch_number("SELECT MIN(failures) FROM sign_in_failure"), 1);
}

/* One household or office has one /64; which of its addresses it uses does not matter. */
static void
networks(void **state)
{
	static const struct {
		const char *one, *other;
		bool same;
	} pairs[] = {
		{ "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true },
		{ "2001:db8:1:2::1", "2001:DB8:0001:0002:0:0:0:1", true },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ "2001:db8::1", "2001:db8:0:0:5::1", true },
		{ "2001:db8::1", "2001:db8:0:1::1", false },
		{ "2001:db8:1::", "2001:db8::", false },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "::ffff:192.0.2.1", "192.0.2.1", true },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.2", false },
		{ "::1", "::2", true },
		{ "::1", "1::", false },
		{ "unix:", "192.0.2.1", false },
		{ "", "192.0.2.1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		forget();
		allowed("ann@x.test", pairs[i].one, S(""), 50);
		if (try("ann@x.test", pairs[i].other) == pairs[i].same) {
			print_error("%s and %s\n", pairs[i].one, pairs[i].other);
			fail();
		}
	}
}

/* A budget by itself: whoever has spent that of signing in is just who asks, and the other way round. */
static void
twenty_forgotten_passwords_from_one_network(void **state)
{
	int n = 0;

	(void)state;
	forget();
	allowed("ann@x.test", "192.0.2.1", S(""), 50);
	for (int i = 0; i < 50; i++)
		n += throttle_forgotten(from("192.0.2.1", 0));
	assert_int_equal(n, THROTTLE_FORGOTTEN);
	assert_true(throttle_forgotten(from("192.0.2.2", 0)));
	assert_true(try("bob@x.test", "192.0.2.1"));
	assert_false(throttle_forgotten(from("192.0.2.1", 10)));
	assert_true(throttle_forgotten(from("192.0.2.1", 11)));
	for (int i = 0; i < THROTTLE_FORGOTTEN; i++)
		throttle_forgotten(from("2001:db8:1:2::1", 0));
	assert_false(throttle_forgotten(from("2001:db8:1:2:3::9", 0)));
}

static enum throttle_mail
mail_to(int64_t org, const char *to, int64_t minutes)
{
	struct request *rq = from("192.0.2.1", minutes);

	rq->org = org;
	return throttle_mail(rq, str_of(to));
}

/* Whichever organization sends them, and however the address is written. */
static void
an_address_is_sent_three_mails_an_hour(void **state)
{
	(void)state;
	forget();
	assert_int_equal(mail_to(1, "kim@x.test", 0), THROTTLE_MAIL_WITHIN);
	assert_int_equal(mail_to(1, "Kim@X.test", 0), THROTTLE_MAIL_WITHIN);
	assert_int_equal(mail_to(1, "kim@x.test", 0), THROTTLE_MAIL_WITHIN);
	assert_int_equal(mail_to(1, "kim@x.test", 0), THROTTLE_MAIL_TO_SPENT);
	assert_int_equal(mail_to(1, "lou@x.test", 0), THROTTLE_MAIL_WITHIN);
	/* Nobody cuts another organization's people off, nor hears that it writes to them. */
	assert_int_equal(mail_to(2, "kim@x.test", 0), THROTTLE_MAIL_WITHIN);
	assert_int_equal(mail_to(1, "kim@x.test", 60), THROTTLE_MAIL_TO_SPENT);
	assert_int_equal(mail_to(1, "kim@x.test", 61), THROTTLE_MAIL_WITHIN);
}

static void
an_organization_sends_a_hundred_mails_an_hour(void **state)
{
	char to[40];
	int n = 0;

	(void)state;
	forget();
	for (int i = 0; i < 150; i++) {
		snprintf(to, sizeof to, "p%d@x.test", i);
		n += mail_to(1, to, 0) == THROTTLE_MAIL_WITHIN;
	}
	assert_int_equal(n, THROTTLE_MAILS_OF);
	assert_int_equal(mail_to(1, "kim@x.test", 0), THROTTLE_MAIL_OF_SPENT);
	assert_int_equal(mail_to(2, "kim@x.test", 0), THROTTLE_MAIL_WITHIN);
	assert_int_equal(mail_to(1, "lou@x.test", 61), THROTTLE_MAIL_WITHIN);
}

/* ---- devices */

static str
device_of(const char *email)
{
	return str_copy(
	    &world.hand.start, throttle_device(hand_ask(&world.hand, 0), str_of(email), false));
}

static void
a_known_device_has_a_budget_of_its_own(void **state)
{
	str device = device_of("ann@x.test"), another = device_of("ann@x.test");

	(void)state;
	forget();
	assert_false(str_eq(device, another));
	/* Ten thousand failures elsewhere, or here: nothing of it counts for the device. */
	allowed("ann@x.test", "192.0.2.1", S(""), 50);
	sql_run("UPDATE sign_in_failure SET failures = 10000");
	assert_false(try("ann@x.test", "192.0.2.1"));
	assert_int_equal(allowed("ann@x.test", "192.0.2.1", device, 50), THROTTLE_PERSON_FAILURES);
	assert_int_equal(
	    allowed("Ann@x.test", "198.51.100.7", another, 50), THROTTLE_PERSON_FAILURES);
	/* And it cannot be used to guess on from elsewhere. */
	assert_false(throttle_count(from("198.51.100.8", 0), S("ann@x.test"), device));
}

static void
a_device_is_known_under_each_key_that_reads(void **state)
{
	const struct keyring *before = world.hand.desk.keyring;
	str old = device_of("ann@x.test"), newer;
	struct keyring ring;

	(void)state;
	ring_of_two(&ring, 2);
	world.hand.desk.keyring = &ring;
	forget();
	newer = device_of("ann@x.test");
	allowed("ann@x.test", "192.0.2.1", S(""), 50);
	assert_true(throttle_count(from("192.0.2.1", 0), S("ann@x.test"), old));
	assert_true(throttle_count(from("192.0.2.1", 0), S("ann@x.test"), newer));
	ring.keys[1].status = KEY_RETIRED;
	assert_false(throttle_count(from("192.0.2.1", 0), S("ann@x.test"), old));
	assert_true(throttle_count(from("192.0.2.1", 0), S("ann@x.test"), newer));
	world.hand.desk.keyring = before;
}

/* Whoever has the password collects as many devices as they like; where codes are counted they are one. */
static void
devices_that_showed_no_code_have_one_budget_for_codes(void **state)
{
	struct request *rq;
	int within = 0;

	(void)state;
	forget();
	for (int i = 0; i < 10; i++) {
		str device = device_of("ann@x.test");
		str network = fmt(&world.hand.start, "192.0.2.%d", i);

		for (int k = 0; k < 5; k++)
			within += throttle_count_code(
			    from(str_c(&world.hand.start, network), 0), S("ann@x.test"), device);
	}
	assert_in_range(within, 1, THROTTLE_CODE_FAILURES);
	rq = hand_ask(&world.hand, 0);
	assert_true(throttle_count_code(from("192.0.2.1", 0), S("ann@x.test"),
	    str_copy(&world.hand.start, throttle_device(rq, S("ann@x.test"), true))));
}

static void
a_device_counts_for_its_own_person_only(void **state)
{
	str device = device_of("eve@x.test"), long_one;
	char forged[55];

	(void)state;
	forget();
	allowed("ann@x.test", "192.0.2.1", S(""), 50);
	assert_false(throttle_count(from("192.0.2.1", 0), S("ann@x.test"), device));
	assert_int_equal(device.n, 54);
	for (size_t at = 0; at < device.n; at += 7) {
		str mine = device_of("ann@x.test");

		memcpy(forged, mine.at, mine.n);
		forged[at] = forged[at] == 'a' ? 'b' : 'a';
		assert_false(
		    throttle_count(from("192.0.2.1", 0), S("ann@x.test"), (str){ forged, mine.n }));
	}
	long_one = fmt(&world.hand.start, "%.*s0", STR(device_of("ann@x.test")));
	assert_false(throttle_count(from("192.0.2.1", 0), S("ann@x.test"), long_one));
}

/* ---- cleared */

static void
a_right_password_forgets_the_person_here(void **state)
{
	(void)state;
	forget();
	allowed("bob@x.test", "192.0.2.1", S(""), 5);
	assert_int_equal(allowed("ann@x.test", "192.0.2.1", S(""), 8), 8);
	throttle_clear(from("192.0.2.1", 0), S("Ann@x.test"), (str){ 0 });
	assert_int_equal(allowed("ann@x.test", "192.0.2.1", S(""), 50), THROTTLE_PERSON_FAILURES);
	/* Of the network only the right attempt is taken off: 5 + 8 - 1 + 11. */
	assert_int_equal(scratch_number("SELECT MAX(failures) FROM sign_in_failure"), 23);
	assert_int_equal(allowed("bob@x.test", "192.0.2.1", S(""), 50), 5);
}

static void
a_right_password_on_a_device_forgets_the_device(void **state)
{
	str device = device_of("ann@x.test");

	(void)state;
	forget();
	allowed("ann@x.test", "192.0.2.1", S(""), 50);
	allowed("ann@x.test", "192.0.2.1", device, 8);
	throttle_clear(from("192.0.2.1", 0), S("ann@x.test"), device);
	assert_int_equal(allowed("ann@x.test", "192.0.2.1", device, 50), THROTTLE_PERSON_FAILURES);
	assert_false(try("ann@x.test", "192.0.2.1"));
}

/* ---- at once, and what is kept */

static void
try_once(struct hand *hand)
{
	struct request *rq = hand_ask(hand, 0);

	hand->result = throttle_count(rq, S("ann@x.test"), (str){ 0 });
}

static void
twenty_at_once_are_twenty(void **state)
{
	static struct hand hands[20];

	(void)state;
	forget();
	hands_together(hands, 20, try_once, NULL);
	assert_true(results(hands, 20, true) <= THROTTLE_PERSON_FAILURES);
	assert_int_equal(scratch_number("SELECT MIN(failures) FROM sign_in_failure"), 20);
}

static void
neither_addresses_nor_networks_are_kept(void **state)
{
	(void)state;
	forget();
	try("ann@x.test", "192.0.2.1");
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM sign_in_failure WHERE "
					"INSTR(what, 'ann') OR INSTR(what, '192')"),
	    0);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM sign_in_failure"), 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_for_one_person_from_one_network),
		cmocka_unit_test(a_hundred_from_one_network),
		cmocka_unit_test(a_window_of_ten_minutes),
		cmocka_unit_test(networks),
		cmocka_unit_test(twenty_forgotten_passwords_from_one_network),
		cmocka_unit_test(an_address_is_sent_three_mails_an_hour),
		cmocka_unit_test(an_organization_sends_a_hundred_mails_an_hour),
		cmocka_unit_test(a_known_device_has_a_budget_of_its_own),
		cmocka_unit_test(a_device_is_known_under_each_key_that_reads),
		cmocka_unit_test(devices_that_showed_no_code_have_one_budget_for_codes),
		cmocka_unit_test(a_device_counts_for_its_own_person_only),
		cmocka_unit_test(a_right_password_forgets_the_person_here),
		cmocka_unit_test(a_right_password_on_a_device_forgets_the_device),
		cmocka_unit_test(twenty_at_once_are_twenty),
		cmocka_unit_test(neither_addresses_nor_networks_are_kept),
	};

	return GROUP(tests);
}
