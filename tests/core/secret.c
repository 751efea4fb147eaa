/* secret.c - secrets made, read, and forged in vain. */
#include "check.h"

#include "base/random.h"
#include "core/secret.h"

#include <regex.h>
#include <stdlib.h>

enum { TAG_AT = 64, CRC_AT = 75 };

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* A ring with keys 1, 10 and 61 in use and 7 retired, without a file. */
static struct keyring *
test_ring(struct arena *a, int active)
{
	static const int numbers[] = { 1, 7, 10, 61 };
	struct keyring *ring = NEW(a, struct keyring, 1);

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		struct ring_key *key = &ring->keys[numbers[i]];

		key->status = numbers[i] == active ? KEY_ACTIVE
		              : numbers[i] == 7    ? KEY_RETIRED
		                                   : KEY_READING;
		key->tag = digest_sha256(fmt(a, "tag %d", numbers[i]));
	}
	ring->active = active;
	return ring;
}

static void
put(char *at, str s)
{
	memcpy(at, s.at, s.n);
}

static char *
copy(struct arena *a, str s)
{
	char *at = NEW(a, char, s.n);

	memcpy(at, s.at, s.n);
	return at;
}

/* Puts the right CRC under whatever stands before it, as anybody can. */
static str
with_crc(char *at)
{
	uint32_t crc = digest_crc32((str){ at, CRC_AT });

	for (int i = SECRET_CHARS - 1; i >= CRC_AT; i--) {
		at[i] = base62[crc % 62];
		crc /= 62;
	}
	return (str){ at, SECRET_CHARS };
}

static void
reads_what_it_made(void **state)
{
	static const int numbers[] = { 1, 10, 61 };
	struct arena *a = test_arena();

	(void)state;
	for (int i = 0; i < 6; i++) {
		int number = numbers[i % 3];
		bool production = i < 3;
		struct keyring *ring = test_ring(a, number);
		struct made_secret made = secret_make(a, ring, production);
		struct secret_parts parts;

		assert_int_equal(made.text.n, SECRET_CHARS);
		assert_int_equal(made.key, number);
		assert_int_equal(made.sid.n, 10);
		CHECK_STR_EQ(made.hint, str_part(made.text, 77, 4));
		assert_true(
		    str_starts(made.text, fmt(a, "kds_%s_%c%.*s_", production ? "live" : "test",
					      base62[number], STR(made.sid))));
		assert_int_equal(secret_read(ring, made.text, &parts), SECRET_GOOD);
		assert_int_equal(parts.production, production);
		assert_int_equal(parts.key, number);
		CHECK_STR_EQ(parts.sid, made.sid);

		/* Another machine's ring, where another key is active by now. */
		assert_int_equal(secret_read(test_ring(a, 10), made.text, &parts), SECRET_GOOD);
	}
}

/* Made once with the tag key SHA-256("tag 1"): what was issued must stay good for ever. */
static void
old_secret_stays_good(void **state)
{
	struct arena *a = test_arena();
	struct secret_parts parts;

	(void)state;
	assert_int_equal(secret_read(test_ring(a, 61),
			     S("kds_live_1TtZxANScUu_"
			       "VPpo7rERhG7Ihznu2rLV1WvmZdJODVn6QLlYNTA9a957P2NVxr6JGa2reiH1"),
			     &parts),
	    SECRET_GOOD);
	assert_true(parts.production);
}

static void
no_two_are_alike(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);
	struct made_secret first = secret_make(a, ring, true), second = secret_make(a, ring, true);

	(void)state;
	assert_false(str_eq(first.sid, second.sid));
	assert_false(str_eq(str_part(first.text, 21, 43), str_part(second.text, 21, 43)));
}

static void
each_changed_character_is_refused(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);
	struct made_secret made = secret_make(a, ring, true);
	char *at = copy(a, made.text);
	struct secret_parts parts;

	(void)state;
	for (size_t i = 0; i < SECRET_CHARS; i++) {
		for (int c = 0; c < 256; c++) {
			at[i] = (char)c;
			if (at[i] == made.text.at[i])
				continue;
			assert_int_not_equal(
			    secret_read(ring, (str){ at, SECRET_CHARS }, &parts), SECRET_GOOD);
		}
		at[i] = made.text.at[i];
	}
	assert_int_equal(secret_read(ring, (str){ at, SECRET_CHARS }, &parts), SECRET_GOOD);
}

/* With the CRC made to fit, the tag alone must refuse it: in each place that it covers, and in itself. */
static void
right_crc_does_not_help(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);
	struct made_secret made = secret_make(a, ring, true);
	char *at = copy(a, made.text);
	struct secret_parts parts;

	(void)state;
	for (size_t i = 9; i < CRC_AT; i++) {
		if (i == 20)
			continue; /* the second line */
		at[i] = at[i] == 'a' ? 'b' : 'a';
		assert_int_equal(secret_read(ring, with_crc(at), &parts),
		    i == 9 ? SECRET_UNKNOWN_KEY : SECRET_FORGED);
		at[i] = made.text.at[i];
	}
	put(at, S("kds_test_")); /* production's secret as integration's */
	assert_int_equal(secret_read(ring, with_crc(at), &parts), SECRET_FORGED);
	put(at, S("kds_live_"));
	at[9] = 'A'; /* another key's letter */
	assert_int_equal(secret_read(ring, with_crc(at), &parts), SECRET_FORGED);
	at[9] = '1';
	assert_int_equal(secret_read(ring, with_crc(at), &parts), SECRET_GOOD);
}

static void
outcomes_in_their_order(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);
	char *at = copy(a, secret_make(a, ring, true).text);
	struct secret_parts parts;

	(void)state;
	at[9] = '7';  /* retired */
	at[70] = '-'; /* and not base62, and the CRC is wrong, and so is the tag */
	assert_int_equal(secret_read(ring, (str){ at, SECRET_CHARS }, &parts), SECRET_MALFORMED);
	assert_int_equal(parts.key, 0);
	assert_int_equal(parts.sid.n, 0);
	at[70] = at[70] == 'a' ? 'b' : 'a';
	assert_int_equal(secret_read(ring, (str){ at, SECRET_CHARS }, &parts), SECRET_BAD_CRC);
	assert_int_equal(secret_read(ring, with_crc(at), &parts), SECRET_UNKNOWN_KEY);
	assert_int_equal(parts.key, 7); /* for rotation lists: which key it claims */
	at[9] = '0';                    /* no number's letter */
	assert_int_equal(secret_read(ring, with_crc(at), &parts), SECRET_UNKNOWN_KEY);
	at[9] = '1';
	assert_int_equal(secret_read(ring, with_crc(at), &parts), SECRET_FORGED);
}

static void
retired_key_ends_its_secrets(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);
	struct made_secret made = secret_make(a, ring, true);
	struct secret_parts parts;

	(void)state;
	ring->keys[1].status = KEY_READING;
	assert_int_equal(secret_read(ring, made.text, &parts), SECRET_GOOD);
	ring->keys[1].status = KEY_RETIRED;
	assert_int_equal(secret_read(ring, made.text, &parts), SECRET_UNKNOWN_KEY);
	ring->keys[1].status = KEY_ABSENT;
	assert_int_equal(secret_read(ring, made.text, &parts), SECRET_UNKNOWN_KEY);
	ring->keys[1].status = KEY_READING;
	ring->keys[1].tag.at[0] ^= 1;
	assert_int_equal(secret_read(ring, made.text, &parts), SECRET_FORGED);
}

/* Each text lies in memory of just its length, so that the sanitizer sees a read past it. */
static void
length_attacks(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);
	str good = secret_make(a, ring, true).text;
	struct secret_parts parts;

	(void)state;
	for (size_t n = 0; n < 2 * (size_t)SECRET_CHARS; n++) {
		char *at = malloc(n ? n : 1);

		for (size_t i = 0; i < n; i++)
			at[i] = i < good.n ? good.at[i] : 'a';
		assert_int_equal(secret_read(ring, (str){ at, n }, &parts),
		    n == SECRET_CHARS ? SECRET_GOOD : SECRET_MALFORMED);
		free(at);
	}
	assert_int_equal(secret_read(ring, (str){ 0 }, &parts), SECRET_MALFORMED);
	good = fmt(a, "%.*s%c", STR(str_part(good, 0, 80)), '\0');
	assert_int_equal(secret_read(ring, good, &parts), SECRET_MALFORMED);
	good = fmt(a, " %.*s", STR(str_part(good, 0, 80)));
	assert_int_equal(secret_read(ring, good, &parts), SECRET_MALFORMED);
}

static void
forgeries_are_refused(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);
	char *at = NEW(a, char, SECRET_CHARS);
	size_t mark = arena_mark(a);
	struct secret_parts parts;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		put(at, i % 2 ? S("kds_live_1") : S("kds_test_A"));
		memcpy(at + 10, random_base62(a, SECRET_CHARS - 10).at, SECRET_CHARS - 10);
		at[20] = '_';
		assert_int_equal(secret_read(ring, with_crc(at), &parts), SECRET_FORGED);
		arena_wipe(a, mark);
	}
}

static void
scanners_expression_finds_it(void **state)
{
	struct arena *a = test_arena();
	struct made_secret made = secret_make(a, test_ring(a, 61), false);
	str line = fmt(a, "export SECRET=\"%.*s\"; run", STR(made.text));
	regmatch_t at;
	regex_t expression;

	(void)state;
	assert_int_equal(
	    regcomp(&expression, "\\bkds_(live|test)_[1-9A-Za-z][0-9A-Za-z]{10}_[0-9A-Za-z]{60}\\b",
		REG_EXTENDED),
	    0);
	assert_int_equal(regexec(&expression, str_c(a, line), 1, &at, 0), 0);
	CHECK_STR_EQ(str_part(line, (size_t)at.rm_so, (size_t)(at.rm_eo - at.rm_so)), made.text);
	regfree(&expression);
}

static void
client_ids(void **state)
{
	struct arena *a = test_arena();
	str live = client_id_make(a, true), test = client_id_make(a, false);

	(void)state;
	assert_true(str_starts(live, S("kdc_live_")));
	assert_true(str_starts(test, S("kdc_test_")));
	assert_false(str_eq(str_part(live, 9, 16), str_part(test, 9, 16)));
	assert_true(client_id_ok(live));
	assert_true(client_id_ok(test));
	assert_true(client_id_ok(S("kdc_live_0123456789ABCxyz")));
	assert_false(client_id_ok(S("kdc_live_0123456789ABCxy")));
	assert_false(client_id_ok(S("kdc_live_0123456789ABCxyz0")));
	assert_false(client_id_ok(S("kdc_live_0123456789ABCxy_")));
	assert_false(client_id_ok(S("kdc_live_0123456789ABCxy\n")));
	assert_false(client_id_ok(S("kdc_prod_0123456789ABCxyz")));
	assert_false(client_id_ok(S("kds_live_0123456789ABCxyz")));
	assert_false(client_id_ok(S("KDC_live_0123456789ABCxyz")));
	assert_false(client_id_ok((str){ 0 }));
}

static void
public_ids(void **state)
{
	struct arena *a = test_arena();
	str first = secret_id_make(a);

	(void)state;
	assert_int_equal(first.n, 10);
	for (size_t i = 0; i < first.n; i++)
		assert_non_null(strchr(base62, first.at[i]));
	assert_false(str_eq(first, secret_id_make(a)));
}

static void
what_may_be_a_secret(void **state)
{
	static const char *const like[] = {
		"kds_live_1",
		"it is kds_test_1abc, I think",
		"xkds_live_kds_live_1",
		"token: eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.x",
		"wJalrXUtnFEMI_K7MDENG_bPxRfiCYEXAMPLEKEY1",
	};
	static const char *const unlike[] = {
		"",
		"kds_live_",
		"the secret begins with kds_live_ and so on",
		"kdc_live_0123456789abcdef",
		"da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"/var/lib/jenkins/workspace/Deploy-Shop-Production-2/secrets",
		"123e4567-e89b-12d3-a456-426614174000",
		"a-very-long-name-of-a-pod-that-only-has-small-letters-and-1-digit",
	};

	(void)state;
	for (size_t i = 0; i < sizeof like / sizeof like[0]; i++)
		assert_true(secret_like(str_of(like[i])));
	for (size_t i = 0; i < sizeof unlike / sizeof unlike[0]; i++)
		assert_false(secret_like(str_of(unlike[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_made),
		cmocka_unit_test(old_secret_stays_good),
		cmocka_unit_test(no_two_are_alike),
		cmocka_unit_test(each_changed_character_is_refused),
		cmocka_unit_test(right_crc_does_not_help),
		cmocka_unit_test(outcomes_in_their_order),
		cmocka_unit_test(retired_key_ends_its_secrets),
		cmocka_unit_test(length_attacks),
		cmocka_unit_test(forgeries_are_refused),
		cmocka_unit_test(scanners_expression_finds_it),
		cmocka_unit_test(client_ids),
		cmocka_unit_test(public_ids),
		cmocka_unit_test(what_may_be_a_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
