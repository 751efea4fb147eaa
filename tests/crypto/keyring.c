/* keyring.c - the key ring's file: made once, read strictly. */
#define _GNU_SOURCE
#include "check.h"

#include "crypto/keyring.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define HEX2 "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define HEX3 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define HEAD "keydesk-keyring 1\n"

struct place {
	char folder[64], file[80];
};

struct load {
	struct arena *arena;
	const char *path;
	const struct keyring *ring;
};

static int
setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	snprintf(place->folder, sizeof place->folder, "%s/keyring-XXXXXX", P_tmpdir);
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof place->file, "%s/ring", place->folder);
	*state = place;
	return 0;
}

static int
teardown(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	rmdir(place->file);
	assert_int_equal(rmdir(place->folder), 0); /* so nothing else was left behind */
	free(place);
	return 0;
}

static void
write_text(const char *path, str text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.at, text.n), (ssize_t)text.n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void
load(void *arg)
{
	struct load *job = arg;

	job->ring = keyring_load(job->arena, job->path);
}

static void
create(void *arg)
{
	struct load *job = arg;

	keyring_create(job->arena, job->path);
}

static void
refused(const struct place *place, str text, str words)
{
	struct load job = { .arena = test_arena(), .path = place->file };

	write_text(place->file, text, 0600);
	check_fault_(job.arena->fault, load, &job, words, __FILE__, __LINE__);
	CHECK_HOLDS(str_of(job.arena->fault->what), "/ring");
	assert_true(str_find(str_of(job.arena->fault->what), S("0c0d0e0f")) ==
		    strlen(job.arena->fault->what)); /* no key in the message */
}

static void
made_once_and_read(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	const struct keyring *ring, *again;
	struct stat is;

	assert_true(keyring_create(a, place->file));
	assert_int_equal(lstat(place->file, &is), 0);
	assert_int_equal(is.st_mode, S_IFREG | 0600);
	assert_int_equal(is.st_nlink, 1);
	ring = keyring_load(a, place->file);
	assert_int_equal(ring->active, 1);
	assert_int_equal(ring->keys[1].status, KEY_ACTIVE);

	assert_false(keyring_create(a, place->file));
	again = keyring_load(a, place->file);
	assert_memory_equal(ring, again, sizeof *ring);
}

static void
two_rings_differ(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	const struct keyring *first, *second;

	assert_true(keyring_create(a, place->file));
	first = keyring_load(a, place->file);
	unlink(place->file);
	assert_true(keyring_create(a, place->file));
	second = keyring_load(a, place->file);
	assert_memory_not_equal(&first->keys[1].tag, &second->keys[1].tag, DIGEST_BYTES);
}

static void
keys_by_status(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	const struct keyring *ring;

	write_text(place->file,
	    S(HEAD "1 reading " HEX1 "\n61 active " HEX2 "\n7 retired " HEX3 "\n"), 0640);
	ring = keyring_load(a, place->file);
	assert_int_equal(ring->active, 61);
	assert_ptr_equal(keyring_key(ring, 1), &ring->keys[1]);
	assert_ptr_equal(keyring_key(ring, 61), &ring->keys[61]);
	assert_null(keyring_key(ring, 7));
	assert_null(keyring_key(ring, 2));
	assert_null(keyring_key(ring, 0));
	assert_null(keyring_key(ring, 62));
	assert_null(keyring_key(ring, -1));
	assert_int_equal(ring->keys[7].status, KEY_RETIRED);
}

static void
subkeys_are_one_for_each_purpose(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	const struct ring_key *key;
	const struct digest *all[5];

	write_text(place->file, S(HEAD "1 active " HEX1 "\n"), 0600);
	key = keyring_key(keyring_load(a, place->file), 1);
	all[0] = &key->tag;
	all[1] = &key->pepper;
	all[2] = &key->audit;
	all[3] = &key->session;
	all[4] = &key->seal;
	for (int i = 0; i < 5; i++)
		for (int k = 0; k < i; k++)
			assert_memory_not_equal(all[i], all[k], DIGEST_BYTES);
	/* By openssl kdf, see digest.c: a ring must read what it made years ago. */
	CHECK_STR(digest_hex(a, DIGEST_STR(key->tag)),
	    "5a0a38514ad522d3d843f4fa377c064be694c9aefe674979381260a54c5572ce");
}

static void
key_bytes_do_not_stay(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	str whole = { a->at, 20000 };

	write_text(place->file, S(HEAD "1 active " HEX1 "\n"), 0600);
	keyring_load(a, place->file);
	assert_true(a->used < whole.n);
	assert_int_equal(str_find(whole, S("1 active")), whole.n);
	assert_int_equal(str_find(whole, S("\x0a\x0b\x0c\x0d\x0e\x0f")), whole.n);
}

static void
malformed_files(void **state)
{
	struct place *place = *state;
	char long_one[8193];

	refused(place, S(""), S("last line"));
	refused(place, S("\n"), S("first line"));
	refused(place, S("keydesk-keyring 2\n1 active " HEX1 "\n"), S("first line"));
	refused(place, S("keydesk-keyring 1 \n1 active " HEX1 "\n"), S("first line"));
	refused(place, S("1 active " HEX1 "\n"), S("first line"));
	refused(place, S(HEAD), S("no key is active"));
	refused(place, S(HEAD "1 reading " HEX1 "\n"), S("no key is active"));
	refused(place, S(HEAD "1 active " HEX1), S("last line"));
	refused(place, S(HEAD "1 active " HEX1 "\n\n"), S("line 3: the number"));
	refused(place, S(HEAD "# 1\n1 active " HEX1 "\n"), S("line 2: the number"));
	refused(place, S(HEAD "0 active " HEX1 "\n"), S("line 2: the number"));
	refused(place, S(HEAD "62 active " HEX1 "\n"), S("line 2: the number"));
	refused(place, S(HEAD "01 active " HEX1 "\n"), S("line 2: the number"));
	refused(place, S(HEAD "-1 active " HEX1 "\n"), S("line 2: the number"));
	refused(place, S(HEAD " 1 active " HEX1 "\n"), S("line 2: the number"));
	refused(place, S(HEAD "1 active " HEX1 "\n1 reading " HEX2 "\n"), S("line 3: the number"));
	refused(place, S(HEAD "1 active " HEX1 "\n2 active " HEX2 "\n"), S("line 3: a second"));
	refused(place, S(HEAD "1 Active " HEX1 "\n"), S("line 2: the status"));
	refused(place, S(HEAD "1  active " HEX1 "\n"), S("line 2: the status"));
	refused(place, S(HEAD "1\n"), S("line 2: the status"));
	refused(place, S(HEAD "1 active\n"), S("line 2: the key"));
	refused(place, S(HEAD "1 active " HEX1 "0\n"), S("line 2: the key"));
	refused(place, S(HEAD "1 active " HEX1 "\r\n"), S("line 2: the key"));
	refused(place, S(HEAD "1 active " HEX1 " \n"), S("line 2: the key"));
	refused(place, S(HEAD "1 active 000102\n"), S("line 2: the key"));
	refused(place,
	    S(HEAD "1 active 0A0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"),
	    S("line 2: the key"));
	memset(long_one, '\n', sizeof long_one);
	refused(place, (str){ long_one, sizeof long_one }, S("too long"));
	refused(place, (str){ long_one, sizeof long_one - 1 }, S("first line"));
}

static void
loose_modes(void **state)
{
	static const mode_t modes[] = { 0601, 0602, 0604, 0610, 0620, 0644, 0660, 0666, 0777 };
	struct place *place = *state;
	struct load job = { .arena = test_arena(), .path = place->file };

	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		write_text(place->file, S(HEAD "1 active " HEX1 "\n"), modes[i]);
		CHECK_FAULT(job.arena, load, &job, "chmod 600");
	}
	write_text(place->file, S(HEAD "1 active " HEX1 "\n"), 0400);
	assert_true(attempt(job.arena->fault, load, &job));
}

static void
not_a_file(void **state)
{
	struct place *place = *state;
	struct load job = { .arena = test_arena(), .path = place->file };
	char real[96];

	CHECK_FAULT(job.arena, load, &job, "No such file");
	assert_int_equal(mkdir(place->file, 0700), 0);
	CHECK_FAULT(job.arena, load, &job, "not a regular file");
	rmdir(place->file);
	assert_int_equal(mkfifo(place->file, 0600), 0);
	CHECK_FAULT(job.arena, load, &job, "not a regular file");
	unlink(place->file);

	snprintf(real, sizeof real, "%s-real", place->file);
	write_text(real, S(HEAD "1 active " HEX1 "\n"), 0600);
	assert_int_equal(symlink(real, place->file), 0);
	CHECK_FAULT(job.arena, load, &job, "a symbolic link");
	unlink(real);
	/* A link to nothing is something of that name, too. */
	assert_false(keyring_create(job.arena, place->file));
	assert_int_equal(access(real, F_OK), -1);
}

static void
no_folder_to_write_in(void **state)
{
	struct place *place = *state;
	char inside[96];
	struct load job = { .arena = test_arena(), .path = inside };

	snprintf(inside, sizeof inside, "%s/none/ring", place->folder);
	CHECK_FAULT(job.arena, create, &job, "cannot be made: No such file");
}

/* A full disk, as a limit on the size of files: nothing half-written stays (teardown looks). */
static void
no_space_to_write(void **state)
{
	struct place *place = *state;
	struct load job = { .arena = test_arena(), .path = place->file };
	struct rlimit before, small;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 10, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	CHECK_FAULT(job.arena, create, &job, "cannot be made: File too large");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(access(place->file, F_OK), -1);
}

static void
made_beside_the_current_folder(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(chdir(place->folder), 0);
	assert_true(keyring_create(a, "ring"));
	assert_int_equal(fchdir(before), 0);
	close(before);
	assert_int_equal(keyring_load(a, place->file)->active, 1);
}

static void
letters_stand_for_numbers(void **state)
{
	char seen[128] = { 0 };

	(void)state;
	for (int n = 1; n <= KEYRING_MAX; n++) {
		char c = keyring_letter(n);

		assert_int_equal(keyring_number(c), n);
		assert_int_equal(seen[(int)c]++, 0);
	}
	assert_int_equal(keyring_letter(1), '1');
	assert_int_equal(keyring_letter(10), 'A');
	assert_int_equal(keyring_letter(61), 'z');
	assert_int_equal(keyring_letter(0), '\0');
	assert_int_equal(keyring_letter(62), '\0');
	assert_int_equal(keyring_letter(-1), '\0');
	for (int c = -128; c < 128; c++)
		if (c < 0 || !seen[c])
			assert_int_equal(keyring_number((char)c), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(made_once_and_read),
		TEST(two_rings_differ),
		TEST(keys_by_status),
		TEST(subkeys_are_one_for_each_purpose),
		TEST(key_bytes_do_not_stay),
		TEST(malformed_files),
		TEST(loose_modes),
		TEST(not_a_file),
		TEST(no_folder_to_write_in),
		TEST(no_space_to_write),
		TEST(made_beside_the_current_folder),
		cmocka_unit_test(letters_stand_for_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
