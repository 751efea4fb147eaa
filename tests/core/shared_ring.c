/* shared_ring.c - what all the workers together have loaded of the key ring. */
#define _GNU_SOURCE
#include "check.h"

#include "core/shared_ring.h"

#include <sys/wait.h>
#include <unistd.h>

static struct shared *
fresh(struct arena *a)
{
	int fd;
	struct shared *shared = shared_make(a->fault, 1024, &fd);

	close(fd);
	return shared;
}

/* A ring whose key N has the status at N, and N for its check. */
static struct keyring
ring_of(enum key_status one, enum key_status two)
{
	struct keyring ring = { .active = one == KEY_ACTIVE ? 1 : 2 };

	ring.keys[1].status = one;
	ring.keys[2].status = two;
	ring.keys[1].check = one == KEY_ABSENT ? 0 : 1;
	ring.keys[2].check = two == KEY_ABSENT ? 0 : 2;
	return ring;
}

static void
nobody_has_anything(void **state)
{
	struct shared *shared = fresh(test_arena());
	struct shared_key keys[KEYRING_MAX + 1];

	(void)state;
	assert_int_equal(shared_ring_keys(shared, keys), 0);
	assert_int_equal(keys[1].status, KEY_ABSENT);
	assert_false(keys[1].everywhere);
	shared_unmap(shared);
}

/* A key is everywhere when the last worker has it, and again not when one comes that lacks it. */
static void
a_key_that_comes(void **state)
{
	struct shared *shared = fresh(test_arena());
	struct keyring old = ring_of(KEY_ACTIVE, KEY_ABSENT),
		       new = ring_of(KEY_ACTIVE, KEY_READING);
	struct shared_key keys[KEYRING_MAX + 1];

	(void)state;
	assert_true(shared_ring_note(shared, 11, &old));
	assert_true(shared_ring_note(shared, 12, &new));
	assert_int_equal(shared_ring_keys(shared, keys), 2);
	assert_true(keys[1].everywhere);
	assert_int_equal(keys[1].status, KEY_ACTIVE);
	assert_false(keys[2].everywhere);
	assert_int_equal(keys[2].status, KEY_READING);
	assert_true(keys[2].check == 2);

	shared_ring_gone(shared, 11);
	shared_ring_gone(shared, 99); /* a process that was no worker */
	assert_int_equal(shared_ring_keys(shared, keys), 1);
	assert_true(keys[2].everywhere);

	assert_true(shared_ring_note(shared, 13, &old));
	assert_int_equal(shared_ring_keys(shared, keys), 2);
	assert_false(keys[2].everywhere);
	shared_unmap(shared);
}

/* Whichever comes first: active in one is active. */
static void
active_in_one(void **state)
{
	struct keyring rings[2] = { ring_of(KEY_ACTIVE, KEY_READING),
		ring_of(KEY_READING, KEY_ACTIVE) };
	struct shared_key keys[KEYRING_MAX + 1];

	(void)state;
	for (int first = 0; first < 2; first++) {
		struct shared *shared = fresh(test_arena());

		shared_ring_note(shared, 11, &rings[first]);
		shared_ring_note(shared, 12, &rings[1 - first]);
		assert_int_equal(shared_ring_keys(shared, keys), 2);
		for (int n = 1; n <= 2; n++) {
			assert_int_equal(keys[n].status, KEY_ACTIVE);
			assert_true(keys[n].everywhere);
		}
		shared_unmap(shared);
	}
}

/* Another key of the same number is not the same key; a retired one reads nothing. */
static void
not_the_same_key(void **state)
{
	struct keyring one = ring_of(KEY_ACTIVE, KEY_READING), other = one;
	struct shared_key keys[KEYRING_MAX + 1];
	struct shared *shared = fresh(test_arena());

	(void)state;
	other.keys[2].check = 7;
	shared_ring_note(shared, 11, &one);
	shared_ring_note(shared, 12, &other);
	shared_ring_keys(shared, keys);
	assert_false(keys[2].everywhere);
	shared_ring_gone(shared, 12);
	other = ring_of(KEY_ACTIVE, KEY_RETIRED);
	shared_ring_note(shared, 12, &other);
	shared_ring_keys(shared, keys);
	assert_false(keys[2].everywhere);
	assert_int_equal(keys[2].status, KEY_READING);
	shared_ring_gone(shared, 11);
	shared_ring_keys(shared, keys);
	assert_int_equal(keys[2].status, KEY_RETIRED);
	shared_unmap(shared);
}

static void
more_workers_than_slots(void **state)
{
	struct keyring ring = ring_of(KEY_ACTIVE, KEY_READING);
	struct shared *shared = fresh(test_arena());
	struct shared_key keys[KEYRING_MAX + 1];

	(void)state;
	for (int i = 1; i <= SHARED_WORKERS_MAX; i++)
		assert_true(shared_ring_note(shared, i, &ring));
	assert_false(shared_ring_note(shared, 1000, &ring));
	shared_ring_gone(shared, 5);
	assert_true(shared_ring_note(shared, 1000, &ring));
	assert_int_equal(shared_ring_keys(shared, keys), SHARED_WORKERS_MAX);
	shared_unmap(shared);
}

/* Processes that note at once have a slot each. */
static void
at_once(void **state)
{
	enum { PROCESSES = 8 };
	struct keyring ring = ring_of(KEY_ACTIVE, KEY_READING);
	struct shared *shared = fresh(test_arena());
	struct shared_key keys[KEYRING_MAX + 1];
	int status;

	(void)state;
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0)
			_exit(shared_ring_note(shared, getpid(), &ring) ? 0 : 1);
	for (int i = 0; i < PROCESSES; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(shared_ring_keys(shared, keys), PROCESSES);
	shared_unmap(shared);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_has_anything),
		cmocka_unit_test(a_key_that_comes),
		cmocka_unit_test(active_in_one),
		cmocka_unit_test(not_the_same_key),
		cmocka_unit_test(more_workers_than_slots),
		cmocka_unit_test(at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
