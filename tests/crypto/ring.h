/* ring.h - a folder with a key ring's file, for the tests of both files that read and write it. */
#ifndef TESTS_CRYPTO_RING_H
#define TESTS_CRYPTO_RING_H

#include "check.h"

#include "crypto/keyring_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX2 "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define HEX3 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define HEAD "keydesk-keyring 1\n"

struct place {
	char folder[64], file[80], lock[88];
};

struct load {
	struct arena *arena;
	const char *path;
	const struct keyring *ring;
};

static inline int
setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	snprintf(place->folder, sizeof place->folder, "%s/keyring-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof place->file, "%s/ring", place->folder);
	snprintf(place->lock, sizeof place->lock, "%s.lock", place->file);
	*state = place;
	return 0;
}

static inline int
teardown(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	unlink(place->lock);
	rmdir(place->file);
	assert_int_equal(rmdir(place->folder), 0); /* so nothing else was left behind */
	free(place);
	return 0;
}

static inline void
write_text(const char *path, str text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.at, text.n), (ssize_t)text.n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static inline void
load(void *arg)
{
	struct load *job = arg;

	job->ring = keyring_load(job->arena, job->path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
