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
	shared_cache_add(shared, CACHE_SECRETS, &key);
	assert_true(shared_cache_has(shared, &key));
	shared_cache_add(shared, CACHE_SECRETS, &key);
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
	shared_cache_add(shared, CACHE_SECRETS, &key);
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

		shared_cache_add(shared, CACHE_SECRETS, &key);
		assert_true(shared_cache_has(shared, &key));
	}
	for (int i = 0; i < 4 * ENTRIES; i++) {
		struct digest key = key_of(shared, i);

		found += shared_cache_has(shared, &key);
	}
	assert_in_range(found, ENTRIES / 2, ENTRIES);
	shared_unmap(shared);
}

/* Whoever has endless tokens made pushes out tokens, and no secret. */
static void
tokens_push_out_no_secret(void **state)
{
	struct shared *shared = make_one();
	int secrets = 0, tokens = 0;

	(void)state;
	for (int i = 0; i < ENTRIES / 4; i++) {
		struct digest key = key_of(shared, i);

		shared_cache_add(shared, CACHE_SECRETS, &key);
	}
	for (int i = 0; i < ENTRIES / 4; i++) {
		struct digest key = key_of(shared, i);

		secrets += shared_cache_has(shared, &key);
	}
	for (int i = 1000000; i < 1000000 + 4 * ENTRIES; i++) {
		struct digest key = key_of(shared, i);

		shared_cache_add(shared, CACHE_TOKENS, &key);
		assert_true(shared_cache_has(shared, &key));
	}
	for (int i = 0; i < ENTRIES / 4; i++) {
		struct digest key = key_of(shared, i);

		secrets -= shared_cache_has(shared, &key);
	}
	for (int i = 1000000; i < 1000000 + 4 * ENTRIES; i++) {
		struct digest key = key_of(shared, i);

		tokens += shared_cache_has(shared, &key);
	}
	assert_int_equal(secrets, 0);
	assert_in_range(tokens, ENTRIES / 8, ENTRIES / 4);
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
		shared_cache_add(mapped, CACHE_SECRETS, &same);
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

struct adder {
	pthread_t id;
	struct shared *shared;
	atomic_bool *done;
	int64_t noted[50];
};

static void *
add_all_the_time(void *arg)
{
	struct adder *adder = arg;

	for (uint64_t i = 0; !*adder->done; i++) {
		struct digest key = { { 0 } };

		/* All in one set, and no word of one is a word of another. */
		for (size_t word = 0; word < 4; word++) {
			uint64_t value =
			    (uint64_t)adder->noted[0] << 60 | i % 997 << 40 | word << 20;

			memcpy(key.at + word * 8, &value, 8);
		}
		shared_cache_add(adder->shared, CACHE_SECRETS, &key);
	}
	return NULL;
}

/* Writers tear each other's entries; what is found is only ever a key that somebody has added. */
static void
torn_entries_are_misses(void **state)
{
	struct shared *shared = make_one();
	struct adder adders[3];
	atomic_bool done = false;

	(void)state;
	for (int i = 0; i < 3; i++) {
		adders[i] = (struct adder){ .shared = shared, .done = &done, .noted = { i + 1 } };
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
		cmocka_unit_test(tokens_push_out_no_secret),
		cmocka_unit_test(another_process_sees_it),
		cmocka_unit_test(what_is_not_ours_is_refused),
		cmocka_unit_test(its_head_is_read_only),
		cmocka_unit_test(torn_entries_are_misses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
