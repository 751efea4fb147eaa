/* argon2.c - how often libargon2 by itself computes the hash of a secret: argon2 SECONDS
 *
 * As many threads as there are cores, with the profile of programs in KEYDESK_SETTINGS, and nothing else. Prints how many
 * a second.
 */
#include "core/settings.h"

#include "base/clock.h"

#include <argon2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct computing {
	pthread_t id;
	struct argon2_profile profile;
	int64_t until, n;
};

static void *
compute(void *arg)
{
	struct computing *c = arg;
	const char secret[43] = { 0 }, salt[16] = { 0 };
	char hash[32];

	for (; clock_monotonic() < c->until; c->n++)
		if (argon2id_hash_raw(c->profile.passes, c->profile.memory_kib, c->profile.lanes,
			secret, sizeof secret, salt, sizeof salt, hash, sizeof hash) != ARGON2_OK)
			_exit(1);
	return NULL;
}

static void
read_profile(void *arg)
{
	struct computing *first = arg;
	struct fault fault = { 0 };
	struct arena a;
	struct buf wrong;

	arena_open(&a, &fault, (size_t)8 << 20);
	wrong = buf_new(&a, 65536);
	first->profile = settings_read(&a, &wrong)->programs;
	arena_close(&a);
}

int
main(int argc, char **argv)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct computing *threads = calloc((size_t)cores, sizeof *threads);
	int64_t seconds = 0, n = 0;

	if (argc != 2 || !str_int(str_of(argv[1]), &seconds) || seconds < 1) {
		fprintf(stderr, "usage: argon2 SECONDS\n");
		return 2;
	}
	read_profile(threads);
	threads->until = clock_monotonic() + seconds * SECOND;
	for (long i = 0; i < cores; i++) {
		threads[i].profile = threads->profile;
		threads[i].until = threads->until;
		pthread_create(&threads[i].id, NULL, compute, &threads[i]);
	}
	for (long i = 0; i < cores; i++) {
		pthread_join(threads[i].id, NULL);
		n += threads[i].n;
	}
	printf("%.1f\n", (double)n / (double)seconds);
	return 0;
}
