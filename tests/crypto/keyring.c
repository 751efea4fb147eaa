/* keyring.c - the key ring's file is read strictly, and what is in it is for one purpose each. */
#define _GNU_SOURCE
#include "crypto/ring.h"

enum { NOBODY = 65534, SOMEBODY = 65533 };

static void
refused(const struct place *place, str text, str words)
{
	struct load job = { .arena = test_arena(), .path = place->file };
	str what;

	write_text(place->file, text, 0600);
	check_fault_(job.arena->fault, load, &job, words, __FILE__, __LINE__);
	what = str_of(job.arena->fault->what);
	CHECK_HOLDS(what, "/ring");
	assert_int_equal(str_find(what, S("0c0d0e0f")), what.n); /* no key in the message */
}

static void
keys_by_status(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	const struct keyring *ring;

	write_text(place->file,
	    S(HEAD "1 reading " HEX1 "\n61 active " HEX2 "\n7 retired " HEX3 "\n"), 0600);
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

/* Of a retired key only what verifies the audit log is there: nothing could accept a secret by it. */
static void
a_retired_key_only_verifies(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	const struct digest none = { 0 };
	const struct keyring *ring, *before;

	write_text(place->file, S(HEAD "1 reading " HEX1 "\n2 active " HEX2 "\n"), 0600);
	before = keyring_load(a, place->file);
	write_text(place->file, S(HEAD "1 retired " HEX1 "\n2 active " HEX2 "\n"), 0600);
	ring = keyring_load(a, place->file);
	assert_null(keyring_key(ring, 1));
	assert_memory_equal(&ring->keys[1].tag, &none, sizeof none);
	assert_memory_equal(&ring->keys[1].pepper, &none, sizeof none);
	assert_memory_equal(&ring->keys[1].session, &none, sizeof none);
	assert_memory_equal(&ring->keys[1].seal, &none, sizeof none);
	assert_memory_equal(keyring_audit(ring, 1), keyring_audit(before, 1), sizeof none);
	assert_ptr_equal(keyring_audit(ring, 2), &ring->keys[2].audit);
	assert_null(keyring_audit(ring, 3));
	assert_null(keyring_audit(ring, 0));
	assert_null(keyring_audit(ring, 62));
	assert_null(keyring_audit(ring, -1));
}

/* The check tells keys of one number apart, whatever their status, and is none of the subkeys. */
static void
a_check_for_each_key(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	const struct keyring *ring, *other;
	struct digest bare = { 0 };

	write_text(place->file, S(HEAD "1 retired " HEX1 "\n2 active " HEX2 "\n"), 0600);
	ring = keyring_load(a, place->file);
	write_text(place->file, S(HEAD "1 active " HEX1 "\n2 reading " HEX3 "\n"), 0600);
	other = keyring_load(a, place->file);
	assert_true(ring->keys[1].check == other->keys[1].check);
	assert_true(ring->keys[2].check != other->keys[2].check);
	assert_true(ring->keys[1].check != 0 && ring->keys[3].check == 0);
	memcpy(&bare, &ring->keys[2].check, sizeof ring->keys[2].check);
	assert_memory_not_equal(&bare, &ring->keys[2].tag, sizeof ring->keys[2].check);
	assert_memory_not_equal(&bare, &ring->keys[2].audit, sizeof ring->keys[2].check);
	CHECK_STR(key_status_word(KEY_ABSENT), "absent");
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

/* As the user who serves: root's 0640 with one's own group, one's own 0600, and nothing else. */
static void
owners(void **state)
{
	static const struct {
		uid_t owner;
		gid_t group;
		mode_t mode;
		const char *wrong; /* NULL: it is read */
	} cases[] = {
		{ 0, NOBODY, 0640, NULL },
		{ NOBODY, NOBODY, 0600, NULL },
		{ NOBODY, NOBODY, 0400, NULL },
		{ NOBODY, NOBODY, 0640, "readable by its group" },
		{ SOMEBODY, NOBODY, 0640, "neither root's nor ours" },
		{ 0, SOMEBODY, 0640, "Permission denied" },
		{ 0, 0, 0600, "Permission denied" },
	};
	struct place *place = *state;
	struct load job = { .arena = test_arena(), .path = place->file };

	ONLY_ROOT_CAN("make files of others");
	assert_int_equal(chmod(place->folder, 0755), 0);
	assert_int_equal(setegid(NOBODY), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_text(place->file, S(HEAD "1 active " HEX1 "\n"), cases[i].mode);
		assert_int_equal(chown(place->file, cases[i].owner, cases[i].group), 0);
		assert_int_equal(seteuid(NOBODY), 0);
		if (cases[i].wrong)
			check_fault_(job.arena->fault, load, &job, str_of(cases[i].wrong), __FILE__,
			    __LINE__);
		else
			assert_true(attempt(job.arena->fault, load, &job));
		assert_int_equal(seteuid(0), 0);
		assert_true(cases[i].wrong != NULL || job.ring->active == 1);
		unlink(place->file);
	}
	assert_int_equal(setegid(0), 0);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_by_status),
		TEST(two_rings_differ),
		TEST(a_retired_key_only_verifies),
		TEST(a_check_for_each_key),
		TEST(subkeys_are_one_for_each_purpose),
		TEST(key_bytes_do_not_stay),
		TEST(malformed_files),
		TEST(loose_modes),
		TEST(owners),
		TEST(not_a_file),
		cmocka_unit_test(letters_stand_for_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
