/* hashing.c - Argon2 under a permit: counted, bounded, and given back after a fault. */
#define _GNU_SOURCE
#include "check.h"

#include "core/desk.h"
#include "core/hashing.h"

#include <unistd.h>

static const struct argon2_profile cheap = { .memory_kib = 8, .passes = 1, .lanes = 1 };

static struct keyring ring;
static struct settings settings;
static struct desk desk;
static struct fault shared_fault;

/* A request with one permit of each kind and nobody allowed to wait. */
static struct request
fresh(void)
{
	struct arena *a = test_arena();
	int fd;

	if (desk.shared)
		shared_unmap(desk.shared);
	ring = (struct keyring){ .active = 1 };
	ring.keys[1] = (struct ring_key){ .status = KEY_ACTIVE, .pepper = digest_sha256(S("1")) };
	ring.keys[2] = (struct ring_key){ .status = KEY_READING, .pepper = digest_sha256(S("2")) };
	desk = (struct desk){ .settings = &settings,
		.keyring = &ring,
		.shared = shared_make(&shared_fault, 64, &fd),
		.permits = permits_make(a, 1, 1, 0) };
	close(fd);
	return (struct request){ .arena = a, .desk = &desk };
}

static int64_t
hashes(void)
{
	return shared_counted(desk.shared, COUNT_ARGON2);
}

static void
made_and_checked(void **state)
{
	struct request rq = fresh();
	str phc = hash_make(&rq, PERMIT_PROGRAMS, &cheap, S("secret"));

	(void)state;
	assert_true(str_starts(phc, S("$argon2id$v=19$m=8,t=1,p=1,keyid=MQ$")));
	assert_true(hash_check(&rq, PERMIT_PROGRAMS, phc, S("secret")));
	assert_false(hash_check(&rq, PERMIT_PROGRAMS, phc, S("Secret")));
	assert_false(hash_check(&rq, PERMIT_PROGRAMS, phc, S("")));
	assert_int_equal(hashes(), 4);
	ring.active = 2;
	assert_true(hash_check(&rq, PERMIT_PROGRAMS, phc, S("secret")));
}

static void
what_is_no_hash_costs_nothing(void **state)
{
	struct request rq = fresh();
	str phc = hash_make(&rq, PERMIT_PROGRAMS, &cheap, S("secret"));
	const str none[] = { S(""), S("secret"), S("$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"),
		S("$2y$10$abcdefghijklmnopqrstuv") };

	(void)state;
	assert_true(hash_readable(&rq, phc));
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		assert_false(hash_readable(&rq, none[i]));
		assert_false(hash_check(&rq, PERMIT_PROGRAMS, none[i], S("secret")));
	}
	ring.keys[1].status = KEY_RETIRED;
	assert_false(hash_readable(&rq, phc));
	assert_false(hash_check(&rq, PERMIT_PROGRAMS, phc, S("secret")));
	assert_int_equal(hashes(), 1);
}

static void
current_is_profile_and_key(void **state)
{
	struct request rq = fresh();
	struct argon2_profile other = cheap;
	str phc = hash_make(&rq, PERMIT_PROGRAMS, &cheap, S("secret"));

	(void)state;
	assert_true(hash_current(&rq, &cheap, phc));
	other.memory_kib = 16;
	assert_false(hash_current(&rq, &other, phc));
	other = (struct argon2_profile){ .memory_kib = 8, .passes = 2, .lanes = 1 };
	assert_false(hash_current(&rq, &other, phc));
	ring.active = 2;
	assert_false(hash_current(&rq, &cheap, phc));
}

static void
make_work(void *rq)
{
	hash_make(rq, PERMIT_PEOPLE, &cheap, S("secret"));
}

static void
check_work(void *rq)
{
	str phc = S("$argon2id$v=19$m=8,t=1,p=1,keyid=MQ$AAAAAAAAAAAAAAAAAAAAAA$"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

	assert_true(hash_readable(rq, phc));
	hash_check(rq, PERMIT_PEOPLE, phc, S("secret"));
}

static void
no_permit_is_busy(void **state)
{
	struct request rq = fresh();

	(void)state;
	assert_true(permit_take(desk.permits, PERMIT_PEOPLE, 0));
	CHECK_FAULT(rq.arena, make_work, &rq, "no permit for a hash in time");
	assert_int_equal(rq.arena->fault->kind, FAULT_BUSY);
	CHECK_FAULT(rq.arena, check_work, &rq, "no permit for a hash in time");
	assert_int_equal(hashes(), 0);
	assert_int_equal(shared_counted(desk.shared, COUNT_BUSY), 2);
	/* Programs do not wait for people. */
	hash_make(&rq, PERMIT_PROGRAMS, &cheap, S("secret"));
	permit_give(desk.permits, PERMIT_PEOPLE);
	make_work(&rq);
}

static void
make_impossible(void *rq)
{
	static const struct argon2_profile none = { .memory_kib = 1, .passes = 1, .lanes = 1 };

	hash_make(rq, PERMIT_PEOPLE, &none, S("secret"));
}

/* The permit comes back, and the fault still says what it was. */
static void
a_fault_gives_the_permit_back(void **state)
{
	struct request rq = fresh();

	(void)state;
	for (int i = 0; i < 3; i++) {
		CHECK_FAULT(rq.arena, make_impossible, &rq, "while hashing: ");
		assert_int_equal(rq.arena->fault->kind, FAULT_PROGRAM);
		assert_true(strlen(rq.arena->fault->what) > strlen("while hashing: "));
	}
	assert_true(permit_take(desk.permits, PERMIT_PEOPLE, 0));
}

/* Nobody is known and calls: no rest. More calls, more rest; a quarter of a core is left whatever comes. */
static void
rest_is_what_known_callers_took(void **state)
{
	(void)state;
	assert_int_equal(hash_rest(2000, 0, 2), 0);
	assert_int_equal(hash_rest(2000, -3, 2), 0);
	assert_int_equal(hash_rest(2000, 1, 2), 250);
	assert_int_equal(hash_rest(2000, 8, 2), 2000);
	assert_int_equal(hash_rest(2000, 8, 1), 4000);
	assert_int_equal(hash_rest(2000, 8, 64), 62);
	assert_int_equal(hash_rest(2000, 24, 2), 6000);
	assert_int_equal(hash_rest(2000, 1000000, 2), 6000);
	assert_int_equal(hash_rest(0, 1000000, 2), 0);
	assert_int_equal(hash_rest(700000, 1000000, 2), 250000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_and_checked),
		cmocka_unit_test(what_is_no_hash_costs_nothing),
		cmocka_unit_test(current_is_profile_and_key),
		cmocka_unit_test(no_permit_is_busy),
		cmocka_unit_test(a_fault_gives_the_permit_back),
		cmocka_unit_test(rest_is_what_known_callers_took),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
