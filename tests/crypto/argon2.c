/* argon2.c - Argon2id with a pepper, as PHC text. */
#define _GNU_SOURCE
#include "check.h"

#include "crypto/argon2.h"
#include "crypto/base64.h"

#include <argon2.h>

static const struct argon2_profile small = { .memory_kib = 64, .passes = 2, .lanes = 1 };

/* A ring of two keys in use and a retired one, without a file. */
static struct keyring *
test_ring(struct arena *a, int active)
{
	struct keyring *ring = NEW(a, struct keyring, 1);

	for (int n = 1; n <= 61; n += 30) {
		ring->keys[n].status = n == active ? KEY_ACTIVE : KEY_READING;
		ring->keys[n].pepper = digest_sha256(fmt(a, "pepper %d", n));
	}
	ring->active = active;
	return ring;
}

/* RFC 9106 section 5.3: what is linked is Argon2id, with its secret input. */
static void
library_answers_the_rfc(void **state)
{
	static const unsigned char expected[] = { 0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c,
		0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75,
		0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59 };
	unsigned char password[32], salt[16], secret[8], ad[12], out[32];
	argon2_context context = { .out = out,
		.outlen = 32,
		.pwd = password,
		.pwdlen = 32,
		.salt = salt,
		.saltlen = 16,
		.secret = secret,
		.secretlen = 8,
		.ad = ad,
		.adlen = 12,
		.t_cost = 3,
		.m_cost = 32,
		.lanes = 4,
		.threads = 1,
		.version = ARGON2_VERSION_13 };

	(void)state;
	memset(password, 1, sizeof password);
	memset(salt, 2, sizeof salt);
	memset(secret, 3, sizeof secret);
	memset(ad, 4, sizeof ad);
	assert_int_equal(argon2id_ctx(&context), ARGON2_OK);
	assert_memory_equal(out, expected, sizeof expected);
}

/* The text says all that is needed to compute the hash anew, here with libargon2 alone. */
static void
text_is_what_the_library_computes(void **state)
{
	struct arena *a = test_arena();
	const struct argon2_profile profile = { .memory_kib = 128, .passes = 3, .lanes = 2 };
	struct keyring *ring = test_ring(a, 31);
	str text = argon2_make(a, &profile, ring, S("a secret")), rest = text;
	str front = S("$argon2id$v=19$m=128,t=3,p=2,keyid=MzE$"); /* base64 of "31" */
	char salt[16], hash[32], out[32];
	size_t n;
	argon2_context context = { .out = (uint8_t *)out,
		.outlen = 32,
		.pwd = (uint8_t *)(uintptr_t) "a secret",
		.pwdlen = 8,
		.salt = (uint8_t *)salt,
		.saltlen = 16,
		.secret = ring->keys[31].pepper.at,
		.secretlen = 32,
		.t_cost = 3,
		.m_cost = 128,
		.lanes = 2,
		.threads = 2,
		.version = ARGON2_VERSION_13 };

	(void)state;
	assert_true(str_starts(text, front));
	rest = str_part(text, front.n, text.n);
	assert_int_equal(rest.n, 22 + 1 + 43);
	assert_true(base64_read(BASE64_PLAIN, str_cut(rest, '$', &rest), salt, &n));
	assert_true(base64_read(BASE64_PLAIN, rest, hash, &n));
	assert_int_equal(argon2id_ctx(&context), ARGON2_OK);
	assert_memory_equal(out, hash, sizeof hash);
}

/* Made once with the pepper SHA-256("pepper 1"): a stored hash must stay readable for ever. */
static void
old_text_stays_good(void **state)
{
	struct arena *a = test_arena();
	str text = S("$argon2id$v=19$m=64,t=1,p=2,keyid=MQ$/"
		     "pQVf6IzaOEwSHOC3vcoWQ$Pf2Jn0FbY+Tnmphdxmrdv+nsIi69skSPOTwZJMTfFVg");

	(void)state;
	assert_true(argon2_check(a, text, test_ring(a, 31), S("correct horse")));
	assert_false(argon2_check(a, text, test_ring(a, 31), S("correct horsE")));
}

static void
check_tells_good_from_wrong(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);
	str text = argon2_make(a, &small, ring, S("a secret"));

	(void)state;
	assert_true(argon2_check(a, text, ring, S("a secret")));
	assert_false(argon2_check(a, text, ring, S("a secreT")));
	assert_false(argon2_check(a, text, ring, S("a secret ")));
	assert_false(argon2_check(a, text, ring, (str){ 0 }));
	assert_true(argon2_check(a, argon2_make(a, &small, ring, (str){ 0 }), ring, S("")));
	assert_false(str_eq(text, argon2_make(a, &small, ring, S("a secret")))); /* salted anew */
}

static void
key_of_the_ring_decides(void **state)
{
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);
	str text = argon2_make(a, &small, ring, S("a secret"));

	(void)state;
	assert_int_equal(argon2_keyid(text), 1);
	assert_true(argon2_check(a, text, test_ring(a, 61), S("a secret")));
	ring->keys[1].pepper.at[31] ^= 1;
	assert_false(argon2_check(a, text, ring, S("a secret")));
	ring->keys[1].pepper.at[31] ^= 1;
	ring->keys[1].status = KEY_RETIRED;
	assert_false(argon2_check(a, text, ring, S("a secret")));
	ring->keys[1].status = KEY_ABSENT;
	assert_false(argon2_check(a, text, ring, S("a secret")));
}

/* What is kept for the next computation says nothing of the one before, and there is never more than one. */
static void
room_is_kept_and_wiped(void **state)
{
	struct arena *a = test_arena();
	const struct argon2_profile larger = { .memory_kib = 128, .passes = 1, .lanes = 1 };
	struct keyring *ring = test_ring(a, 1);
	struct argon2_room room = { 0 };
	str text, other;
	void *first;

	(void)state;
	argon2_stay(&room);
	text = argon2_make(a, &small, ring, S("a secret"));
	first = room.at;
	assert_int_equal(room.bytes, 64 * 1024);
	for (size_t i = 0; i < room.bytes; i++)
		assert_int_equal(((const char *)room.at)[i], 0);
	assert_true(argon2_check(a, text, ring, S("a secret")));
	assert_false(argon2_check(a, text, ring, S("another")));
	assert_ptr_equal(room.at, first);
	other = argon2_make(a, &larger, ring, S("a secret"));
	assert_int_equal(room.bytes, 128 * 1024);
	assert_true(argon2_check(a, text, ring, S("a secret")));
	argon2_leave(&room);
	argon2_leave(&room);
	assert_null(room.at);
	assert_true(argon2_check(a, other, ring, S("a secret")));
	argon2_leave(&room);
	argon2_stay(NULL);
	assert_true(argon2_check(a, other, ring, S("a secret")));
	assert_null(room.at);
}

static void
current_means_profile_and_key(void **state)
{
	struct arena *a = test_arena();
	str text = argon2_make(a, &small, test_ring(a, 61), S("x"));
	struct argon2_profile other = small;

	(void)state;
	assert_int_equal(argon2_keyid(text), 61);
	assert_true(argon2_current(text, &small, 61));
	assert_false(argon2_current(text, &small, 1));
	other.memory_kib++;
	assert_false(argon2_current(text, &other, 61));
	other = small;
	other.passes++;
	assert_false(argon2_current(text, &other, 61));
	other = small;
	other.lanes++;
	assert_false(argon2_current(text, &other, 61));
	assert_false(argon2_current(S("x"), &small, 61));
}

#define SALT "AAAAAAAAAAAAAAAAAAAAAA"
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define TAIL "$" SALT "$" HASH

static void
bounds_are_inclusive(void **state)
{
	(void)state;
	assert_int_equal(argon2_keyid(S("$argon2id$v=19$m=8,t=1,p=1,keyid=MQ" TAIL)), 1);
	assert_int_equal(argon2_keyid(S("$argon2id$v=19$m=262144,t=10,p=4,keyid=NjE" TAIL)), 61);
	assert_int_equal(argon2_keyid(S("$argon2id$v=19$m=32,t=1,p=4,keyid=MTA" TAIL)), 10);
}

static void
strange_texts_are_none(void **state)
{
	static const char *const refused[] = {
		"",
		"$",
		"$argon2id$v=19$m=7,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=31,t=1,p=4,keyid=MQ" TAIL,
		"$argon2id$v=19$m=262145,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=4294967304,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=99999999999999999999,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=64,t=0,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=64,t=11,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=64,t=1,p=0,keyid=MQ" TAIL,
		"$argon2id$v=19$m=64,t=1,p=5,keyid=MQ" TAIL,
		"$argon2id$v=19$m=064,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=+64,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=-64,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m= 64,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=6x4,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$t=1,m=64,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=64,t=1,p=1" TAIL,
		"$argon2id$v=19$m=64,t=1,p=1,keyid=" TAIL,
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MA" TAIL,   /* 0 */
		"$argon2id$v=19$m=64,t=1,p=1,keyid=NjI" TAIL,  /* 62 */
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MDE" TAIL,  /* 01 */
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MTAw" TAIL, /* 100 */
		"$argon2id$v=19$m=64,t=1,p=1,keyid=eA" TAIL,   /* x */
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MR" TAIL,   /* spare bits */
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ==" TAIL, /* padding */
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MSQ" TAIL,  /* 1$ */
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ,data=AA" TAIL,
		"$argon2id$v=16$m=64,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$m=64,t=1,p=1,keyid=MQ" TAIL,
		"$argon2i$v=19$m=64,t=1,p=1,keyid=MQ" TAIL,
		" $argon2id$v=19$m=64,t=1,p=1,keyid=MQ" TAIL,
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ" TAIL "$",
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ" TAIL "A",
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ" TAIL "\n",
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ$" SALT,
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ$" SALT "$",
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ$" SALT "A$" HASH,
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ$AAAA$" HASH,
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ$$" HASH,
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ$AAAAAAAAAAAAAAAAAAAAAB$" HASH,
		"$argon2id$v=19$m=64,t=1,p=1,keyid=MQ$AAAAAAAAAAAAAAAAAAAA-A$" HASH,
	};
	struct arena *a = test_arena();
	struct keyring *ring = test_ring(a, 1);

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		if (argon2_keyid(str_of(refused[i])) != -1)
			print_error("taken: number %zu\n", i);
		assert_int_equal(argon2_keyid(str_of(refused[i])), -1);
		assert_false(argon2_check(a, str_of(refused[i]), ring, S("x")));
	}
	assert_false(argon2_check(a, (str){ 0 }, ring, S("x")));
}

static void
each_cut_of_a_text_is_none(void **state)
{
	struct arena *a = test_arena();
	str text = argon2_make(a, &small, test_ring(a, 1), S("x"));

	(void)state;
	for (size_t n = 0; n < text.n; n++)
		assert_int_equal(argon2_keyid(str_part(text, 0, n)), -1);
}

struct make {
	struct arena *arena;
	struct argon2_profile profile;
	struct keyring *ring;
};

static void
make(void *arg)
{
	struct make *job = arg;

	argon2_make(job->arena, &job->profile, job->ring, S("x"));
}

static void
profile_out_of_bounds_faults(void **state)
{
	struct arena *a = test_arena();
	struct make job = { .arena = a, .profile = { 7, 1, 1 }, .ring = test_ring(a, 1) };

	(void)state;
	CHECK_FAULT(a, make, &job, "out of bounds");
	job.profile = (struct argon2_profile){ ARGON2_MEMORY_MAX_KIB + 1, 1, 1 };
	CHECK_FAULT(a, make, &job, "out of bounds");
	job.profile = (struct argon2_profile){ 64, 0, 1 };
	CHECK_FAULT(a, make, &job, "out of bounds");
	job.profile = (struct argon2_profile){ 64, 1, 0 };
	CHECK_FAULT(a, make, &job, "out of bounds");
	job.profile = small;
	job.ring = NEW(a, struct keyring, 1);
	CHECK_FAULT(a, make, &job, "key 0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(library_answers_the_rfc),
		cmocka_unit_test(text_is_what_the_library_computes),
		cmocka_unit_test(old_text_stays_good),
		cmocka_unit_test(check_tells_good_from_wrong),
		cmocka_unit_test(key_of_the_ring_decides),
		cmocka_unit_test(room_is_kept_and_wiped),
		cmocka_unit_test(current_means_profile_and_key),
		cmocka_unit_test(bounds_are_inclusive),
		cmocka_unit_test(strange_texts_are_none),
		cmocka_unit_test(each_cut_of_a_text_is_none),
		cmocka_unit_test(profile_out_of_bounds_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
