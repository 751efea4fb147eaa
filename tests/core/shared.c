/* shared.c - tests of the memory that processes share: cache, counters, uses, from several processes. */
#define _GNU_SOURCE
#include "check.h"

#include "core/shared.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENTRIES = 1024, PHC_VARIANTS = 4 };

static struct shared *
make(int *fd)
{
	return shared_make(test_arena()->fault, ENTRIES, fd);
}

static struct shared *
make_one(void)
{
	int fd;
	struct shared *shared = make(&fd);

	close(fd);
	return shared;
}

static struct digest
key_of(const struct shared *shared, int number)
{
	return shared_cache_key(
	    shared, S("$argon2id$v=19$..."), fmt(test_arena(), "secret %d", number));
}

static void
cache_remembers(void **state)
{
	struct shared *shared = make_one(), *other = make_one();
	struct digest key = key_of(shared, 1), again = key_of(shared, 1);
	struct digest elsewhere = key_of(other, 1);

	(void)state;
	assert_memory_equal(&key, &again, sizeof key);
	assert_memory_not_equal(&key, &elsewhere, sizeof key);
	assert_false(shared_cache_has(shared, &key));
	shared_cache_add(shared, &key);
	assert_true(shared_cache_has(shared, &key));
	shared_cache_add(shared, &key);
	assert_true(shared_cache_has(shared, &key));
	for (int i = 2; i < 200; i++) {
		struct digest stranger = key_of(shared, i);

		assert_false(shared_cache_has(shared, &stranger));
	}
	shared_unmap(shared);
	shared_unmap(other);
}

static void
keys_tell_hash_from_secret(void **state)
{
	struct shared *shared = make_one();
	struct digest keys[PHC_VARIANTS] = {
		shared_cache_key(shared, S("ab"), S("c")),
		shared_cache_key(shared, S("a"), S("bc")),
		shared_cache_key(shared, S("abc"), S("")),
		shared_cache_key(shared, S(""), S("abc")),
	};

	(void)state;
	for (int i = 0; i < PHC_VARIANTS; i++)
		for (int k = 0; k < i; k++)
			assert_memory_not_equal(&keys[i], &keys[k], sizeof keys[i]);
	shared_unmap(shared);
}

/* Each bit counts: a hit is the whole key. */
static void
cache_compares_every_bit(void **state)
{
	struct shared *shared = make_one();
	struct digest key = key_of(shared, 1);

	(void)state;
	shared_cache_add(shared, &key);
	for (size_t bit = 0; bit < DIGEST_BYTES * 8; bit++) {
		struct digest other = key;

		other.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_false(shared_cache_has(shared, &other));
	}
	shared_unmap(shared);
}

static void
a_full_cache_forgets_the_old(void **state)
{
	struct shared *shared = make_one();
	int found = 0;

	(void)state;
	for (int i = 0; i < 4 * ENTRIES; i++) {
		struct digest key = key_of(shared, i);

		shared_cache_add(shared, &key);
		assert_true(shared_cache_has(shared, &key));
	}
	for (int i = 0; i < 4 * ENTRIES; i++) {
		struct digest key = key_of(shared, i);

		found += shared_cache_has(shared, &key);
	}
	assert_in_range(found, ENTRIES / 2, ENTRIES);
	shared_unmap(shared);
}

static void
another_process_sees_it(void **state)
{
	int fd, status;
	struct shared *shared = make(&fd), *mapped;
	struct digest key = key_of(shared, 1);

	(void)state;
	shared_count(shared, COUNT_REQUESTS);
	if (fork() == 0) {
		struct digest same;

		mapped = shared_map(test_arena()->fault, ENTRIES, fd);
		same = key_of(mapped, 1);
		shared_cache_add(mapped, &same);
		shared_count(mapped, COUNT_REQUESTS);
		shared_worker_here(mapped, 77);
		_exit(0);
	}
	wait(&status);
	assert_int_equal(status, 0);
	assert_true(shared_cache_has(shared, &key));
	assert_int_equal(shared_counted(shared, COUNT_REQUESTS), 2);
	assert_int_equal(shared_counted(shared, COUNT_FAULTS), 0);
	assert_int_equal(shared_workers(shared), 1);
	shared_worker_here(shared, 78);
	assert_int_equal(shared_workers(shared), 2);
	shared_worker_gone(shared, 77);
	shared_worker_gone(shared, 79);
	assert_int_equal(shared_workers(shared), 1);
	close(fd);
	shared_unmap(shared);
}

static void
map_this(void *arg)
{
	shared_map(test_arena()->fault, ENTRIES, *(int *)arg);
}

static void
what_is_not_ours_is_refused(void **state)
{
	int large, good, other = memfd_create("other", MFD_CLOEXEC);
	struct shared *shared = shared_make(test_arena()->fault, 16 * ENTRIES, &large);
	struct shared *same = make(&good);
	struct stat is;

	(void)state;
	CHECK_FAULT(test_arena(), map_this, &large, "the shared memory is not of");
	assert_int_equal(fstat(good, &is), 0);
	assert_int_equal(ftruncate(other, is.st_size), 0);
	CHECK_FAULT(test_arena(), map_this, &other, "of another version");
	/* Nobody can cut it short under those who read it. */
	assert_int_equal(ftruncate(good, 4096), -1);
	close(large);
	close(other);
	close(good);
	shared_unmap(shared);
	shared_unmap(same);
}

static void
its_head_is_read_only(void **state)
{
	struct shared *shared = make_one();
	int status;

	(void)state;
	if (fork() == 0) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile char *)shared = 1;
		_exit(0);
	}
	wait(&status);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	shared_unmap(shared);
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

static void *
add_all_the_time(void *arg)
{
	struct noter *adder = arg;

	for (uint64_t i = 0; !*adder->done; i++) {
		struct digest key = { { 0 } };

		/* All in one set, and no word of one is a word of another. */
		for (size_t word = 0; word < 4; word++) {
			uint64_t value =
			    (uint64_t)adder->noted[0] << 60 | i % 997 << 40 | word << 20;

			memcpy(key.at + word * 8, &value, 8);
		}
		shared_cache_add(adder->shared, &key);
	}
	return NULL;
}

/* Writers tear each other's entries; what is found is only ever a key that somebody has added. */
static void
torn_entries_are_misses(void **state)
{
	struct shared *shared = make_one();
	struct noter adders[3];
	atomic_bool done = false;

	(void)state;
	for (int i = 0; i < 3; i++) {
		adders[i] = (struct noter){ .shared = shared, .done = &done, .noted = { i + 1 } };
		pthread_create(&adders[i].id, NULL, add_all_the_time, &adders[i]);
	}
	for (uint64_t i = 0; i < 200000; i++) {
		struct digest never = { { 0 } };

		for (size_t word = 0; word < 4; word++) {
			uint64_t value = (word == 3 ? UINT64_C(9) : 1 + i % 3) << 60 |
			                 i % 997 << 40 | word << 20;

			memcpy(never.at + word * 8, &value, 8);
		}
		assert_false(shared_cache_has(shared, &never));
	}
	done = true;
	for (int i = 0; i < 3; i++)
		pthread_join(adders[i].id, NULL);
	shared_unmap(shared);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cache_remembers),
		cmocka_unit_test(keys_tell_hash_from_secret),
		cmocka_unit_test(cache_compares_every_bit),
		cmocka_unit_test(a_full_cache_forgets_the_old),
		cmocka_unit_test(another_process_sees_it),
		cmocka_unit_test(what_is_not_ours_is_refused),
		cmocka_unit_test(its_head_is_read_only),
		cmocka_unit_test(uses_are_noted_and_taken),
		cmocka_unit_test(uses_are_taken_piece_by_piece),
		cmocka_unit_test(slots_are_used_again),
		cmocka_unit_test(no_note_is_lost_between_threads),
		cmocka_unit_test(torn_entries_are_misses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
