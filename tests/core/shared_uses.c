/* shared_uses.c - tests of the notes of use in shared memory. */
#include "check.h"

#include "core/shared.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { ENTRIES = 1024 };

static struct shared *
make_one(void)
{
	int fd;
	struct shared *shared = shared_make(test_arena()->fault, ENTRIES, &fd);

	close(fd);
	return shared;
}

static void
uses_are_noted_and_taken(void **state)
{
	struct shared *shared = make_one();
	struct shared_use uses[8];
	str long_remote = S("0123456789012345678901234567890123456789012345678901234567890");

	(void)state;
	assert_int_equal(shared_take_uses(shared, uses, 8), 0);
	shared_note_use(shared, 7, 100, S("192.0.2.1"));
	shared_note_use(shared, 7, 200, S("2001:db8::1"));
	shared_note_use(shared, 0, 200, S("192.0.2.1"));
	shared_note_use(shared, -1, 200, S("192.0.2.1"));
	assert_int_equal(shared_take_uses(shared, uses, 8), 1);
	assert_int_equal(uses[0].secret, 7);
	assert_int_equal(uses[0].calls, 2);
	assert_int_equal(uses[0].last_used_at, 200);
	assert_string_equal(uses[0].remote, "2001:db8::1");
	assert_int_equal(shared_take_uses(shared, uses, 8), 0);

	shared_note_use(shared, 7, 300, long_remote);
	assert_int_equal(shared_take_uses(shared, uses, 8), 1);
	assert_int_equal(uses[0].calls, 1);
	assert_int_equal(strlen(uses[0].remote), 45);
	shared_note_use(shared, 7, 400, (str){ 0 });
	assert_int_equal(shared_take_uses(shared, uses, 8), 1);
	assert_string_equal(uses[0].remote, "");
	shared_unmap(shared);
}

static void
uses_are_taken_piece_by_piece(void **state)
{
	struct shared *shared = make_one();
	struct shared_use uses[10];
	int64_t seen = 0;
	size_t n;

	(void)state;
	for (int64_t i = 1; i <= 25; i++)
		shared_note_use(shared, i, i, S("192.0.2.1"));
	for (int round = 0; (n = shared_take_uses(shared, uses, 10)) != 0; round++) {
		assert_int_equal(n, round < 2 ? 10 : 5);
		for (size_t i = 0; i < n; i++)
			seen += uses[i].secret;
	}
	assert_int_equal(seen, 25 * 26 / 2);
	shared_unmap(shared);
}

/* Slots of secrets that are used no more are given to others. */
static void
slots_are_used_again(void **state)
{
	struct shared *shared = make_one();
	struct shared_use uses[100];
	int64_t lost = 0;

	(void)state;
	for (int64_t i = 0; i < 1000; i++) {
		size_t n;

		for (int64_t k = 1; k <= 100; k++)
			shared_note_use(shared, i * 100 + k, 1, S("192.0.2.1"));
		for (lost += 100; (n = shared_take_uses(shared, uses, 100)) != 0;)
			lost -= (int64_t)n;
	}
	assert_int_equal(lost, 0);
	shared_unmap(shared);
}

struct noter {
	pthread_t id;
	struct shared *shared;
	atomic_bool *done;
	int64_t noted[50];
};

enum { NOTERS = 4, ROUNDS = 20000 };

static void *
note_all_the_time(void *arg)
{
	struct noter *noter = arg;

	for (int64_t i = 0; i < ROUNDS; i++) {
		int64_t secret = 1 + i % 50 + i / 2000 * 1000;

		shared_note_use(noter->shared, secret, secret, S("192.0.2.1"));
	}
	return NULL;
}

static void
add_uses(struct shared *shared, int64_t *calls)
{
	struct shared_use uses[64];
	size_t n = shared_take_uses(shared, uses, 64);

	for (size_t i = 0; i < n; i++) {
		*calls += uses[i].calls;
		/* No note goes to another secret, although slots change hands meanwhile. */
		assert_int_equal(uses[i].secret, uses[i].last_used_at);
		assert_string_equal(uses[i].remote, "192.0.2.1");
	}
}

static void *
take_all_the_time(void *arg)
{
	struct noter *taker = arg;

	while (!*taker->done)
		add_uses(taker->shared, &taker->noted[0]);
	return NULL;
}

static void
no_note_is_lost_between_threads(void **state)
{
	struct shared *shared = make_one();
	struct noter noters[NOTERS], takers[2];
	atomic_bool done = false;
	int64_t calls = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		takers[i] = (struct noter){ .shared = shared, .done = &done };
		pthread_create(&takers[i].id, NULL, take_all_the_time, &takers[i]);
	}
	for (int i = 0; i < NOTERS; i++) {
		noters[i] = (struct noter){ .shared = shared };
		pthread_create(&noters[i].id, NULL, note_all_the_time, &noters[i]);
	}
	for (int i = 0; i < NOTERS; i++)
		pthread_join(noters[i].id, NULL);
	done = true;
	for (int i = 0; i < 2; i++) {
		pthread_join(takers[i].id, NULL);
		calls += takers[i].noted[0];
	}
	for (int i = 0; i < 1000; i++)
		add_uses(shared, &calls);
	assert_int_equal(calls, NOTERS * ROUNDS);
	shared_unmap(shared);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(uses_are_noted_and_taken),
		cmocka_unit_test(uses_are_taken_piece_by_piece),
		cmocka_unit_test(slots_are_used_again),
		cmocka_unit_test(no_note_is_lost_between_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
