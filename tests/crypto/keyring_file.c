/* keyring_file.c - the key ring's file: made once, changed by one command at a time, never half there. */
#define _GNU_SOURCE
#include "crypto/ring.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static const str two = STR_INIT(HEAD "1 active " HEX1 "\n2 reading " HEX2 "\n");

struct change {
	struct arena *arena;
	struct place *place;
	str text;
};

static void
create(void *arg)
{
	struct load *job = arg;

	keyring_create(job->arena, job->path);
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

static str
text_of(struct arena *a, const char *path)
{
	char *at = NEW(a, char, 8192);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, at, 8192);

	assert_true(n >= 0);
	close(fd);
	return (str){ at, (size_t)n };
}

static void
change_in_place(struct keyring_file *file)
{
	keyring_file_stage(file);
	keyring_file_publish(file);
}

/* The whole life of a ring: each step is in the file, and no step changes another key. */
static void
added_activated_retired(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	const struct keyring *first, *ring;
	struct keyring_file *file;

	assert_true(keyring_create(a, place->file));
	first = keyring_load(a, place->file);
	file = keyring_file_read(a, place->file);
	assert_int_equal(keyring_file_add(file), 2);
	change_in_place(file);
	ring = keyring_load(a, place->file);
	assert_int_equal(ring->active, 1);
	assert_int_equal(ring->keys[2].status, KEY_READING);
	assert_memory_equal(&ring->keys[1], &first->keys[1], sizeof ring->keys[1]);
	assert_true(ring->keys[2].check != ring->keys[1].check);

	file = keyring_file_read(a, place->file);
	keyring_file_activate(file, 2);
	change_in_place(file);
	ring = keyring_load(a, place->file);
	assert_int_equal(ring->active, 2);
	assert_int_equal(ring->keys[1].status, KEY_READING);

	file = keyring_file_read(a, place->file);
	keyring_file_retire(file, 1);
	change_in_place(file);
	ring = keyring_load(a, place->file);
	assert_int_equal(ring->keys[1].status, KEY_RETIRED);
	assert_true(ring->keys[1].check == first->keys[1].check);
	file = keyring_file_read(a, place->file);
	assert_int_equal(keyring_file_add(file), 3); /* a number is never given twice */
	keyring_file_drop(file);
}

static void
a_full_ring(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	struct keyring_file *file;

	assert_true(keyring_create(a, place->file));
	file = keyring_file_read(a, place->file);
	for (int n = 2; n <= KEYRING_MAX; n++)
		assert_int_equal(keyring_file_add(file), n);
	assert_int_equal(keyring_file_add(file), 0);
	change_in_place(file);
	assert_int_equal(keyring_load(a, place->file)->keys[61].status, KEY_READING);
}

static void
another_machines_keys(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	struct keyring_file *file;
	const struct keyring *ring;
	int differs;

	write_text(place->file, two, 0600);
	file = keyring_file_read(a, place->file);
	assert_int_equal(keyring_file_merge(file, two, &differs), 0);
	/* Its active key is one to read with here: activating is another act. */
	assert_int_equal(
	    keyring_file_merge(file, S(HEAD "3 active " HEX3 "\n2 retired " HEX2 "\n"), &differs),
	    1);
	change_in_place(file);
	ring = keyring_load(a, place->file);
	assert_int_equal(ring->active, 1);
	assert_int_equal(ring->keys[2].status, KEY_READING);
	assert_int_equal(ring->keys[3].status, KEY_READING);
	/* Both machines have made a key 2: neither may be lost. */
	file = keyring_file_read(a, place->file);
	assert_int_equal(
	    keyring_file_merge(file, S(HEAD "1 active " HEX1 "\n2 reading " HEX3 "\n"), &differs),
	    -1);
	assert_int_equal(differs, 2);
	keyring_file_drop(file);
}

static void
merge_nothing(void *arg)
{
	struct change *change = arg;
	int differs;

	keyring_file_merge(
	    keyring_file_read(change->arena, change->place->file), change->text, &differs);
}

static void
create_from(void *arg)
{
	struct change *change = arg;

	keyring_create_from(change->arena, change->place->file, change->text);
}

static void
what_is_no_ring_changes_nothing(void **state)
{
	struct place *place = *state;
	struct change change = { .arena = test_arena(), .place = place, .text = S("nonsense\n") };

	CHECK_FAULT(change.arena, create_from, &change, "key ring given: its first line");
	assert_int_equal(access(place->file, F_OK), -1);
	assert_true(keyring_create_from(change.arena, place->file, two));
	assert_false(keyring_create_from(change.arena, place->file, two));
	CHECK_FAULT(change.arena, merge_nothing, &change, "key ring given: its first line");
	CHECK_STR(
	    text_of(change.arena, place->file), HEAD "1 active " HEX1 "\n2 reading " HEX2 "\n");
}

/* Owner, group and mode are those of the file before: root's 0640 is still read by its group. */
static void
mode_and_owner_stay(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	struct keyring_file *file;
	struct stat is;

	write_text(place->file, two, 0600);
	file = keyring_file_read(a, place->file);
	change_in_place(file);
	assert_int_equal(lstat(place->file, &is), 0);
	assert_int_equal(is.st_mode, S_IFREG | 0600);
	ONLY_ROOT_CAN("give files away");
	assert_int_equal(chown(place->file, 0, 65534), 0);
	assert_int_equal(chmod(place->file, 0640), 0);
	file = keyring_file_read(a, place->file);
	change_in_place(file);
	assert_int_equal(lstat(place->file, &is), 0);
	assert_int_equal(is.st_mode, S_IFREG | 0640);
	assert_int_equal(is.st_uid, 0);
	assert_int_equal(is.st_gid, 65534);
}

static void
stage(void *arg)
{
	struct change *change = arg;

	keyring_file_stage(keyring_file_read(change->arena, change->place->file));
}

/* A full disk, as a limit on the size of files: the ring stays as it is, and nothing lies beside it. */
static void
no_space_to_change(void **state)
{
	struct place *place = *state;
	struct change change = { .arena = test_arena(), .place = place };
	struct rlimit before, small;

	write_text(place->file, two, 0600);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 30, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	CHECK_FAULT(change.arena, stage, &change, "cannot be changed: File too large");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(text_of(change.arena, place->file).n, two.n);
}

static void
publish_unstaged(void *arg)
{
	struct change *change = arg;

	keyring_file_publish(keyring_file_read(change->arena, change->place->file));
}

/* What a killed command has left beside the ring is not taken for the change of another one. */
static void
what_was_left_behind(void **state)
{
	struct place *place = *state;
	struct change change = { .arena = test_arena(), .place = place };
	char beside[96];

	snprintf(beside, sizeof beside, "%s.new", place->file);
	write_text(place->file, two, 0600);
	write_text(beside, S("nonsense"), 0666);
	change_in_place(keyring_file_read(change.arena, place->file));
	assert_int_equal(text_of(change.arena, place->file).n, two.n);
	assert_int_equal(access(beside, F_OK), -1);
	CHECK_FAULT(change.arena, publish_unstaged, &change, "cannot be changed: No such file");
}

enum { ADDERS = 8, ADDS = 5 };

static void
add_one(struct arena *a, const char *path)
{
	int lock = keyring_lock(a, path);
	struct keyring_file *file = keyring_file_read(a, path);

	assert_int_not_equal(keyring_file_add(file), 0);
	change_in_place(file);
	close(lock);
}

/* Commands at once lose no key, and whoever reads meanwhile always finds a whole ring. */
static void
commands_at_once(void **state)
{
	struct place *place = *state;
	struct arena *a = test_arena();
	int running = ADDERS, status, seen = 0;

	assert_true(keyring_create(a, place->file));
	for (int i = 0; i < ADDERS; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid != 0)
			continue;
		for (int k = 0; k < ADDS; k++)
			add_one(a, place->file);
		_exit(0);
	}
	while (running > 0) {
		size_t mark = arena_mark(a);

		keyring_load(a, place->file); /* a fault would end the test */
		arena_wipe(a, mark);
		if (waitpid(-1, &status, WNOHANG) <= 0)
			continue;
		assert_int_equal(status, 0);
		running--;
	}
	for (int n = 1; n <= KEYRING_MAX; n++)
		seen += keyring_load(a, place->file)->keys[n].status != KEY_ABSENT;
	assert_int_equal(seen, 1 + ADDERS * ADDS);
}

static void
lock(void *arg)
{
	struct change *change = arg;

	keyring_lock(change->arena, change->place->file);
}

static void
a_lock_of_ones_own(void **state)
{
	struct place *place = *state;
	struct change change = { .arena = test_arena(), .place = place };
	struct stat is;

	close(keyring_lock(change.arena, place->file));
	assert_int_equal(lstat(place->lock, &is), 0);
	assert_int_equal(is.st_mode, S_IFREG | 0600);
	unlink(place->lock);
	write_text(place->file, two, 0600);
	if (geteuid() == 0) {
		assert_int_equal(chown(place->file, 65534, 65533), 0);
		close(keyring_lock(change.arena, place->file));
		assert_true(lstat(place->lock, &is) == 0 && is.st_uid == 65534);
		unlink(place->lock);
	}
	assert_int_equal(symlink("/dev/null", place->lock), 0);
	CHECK_FAULT(change.arena, lock, &change, ".lock: ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(made_once_and_read),
		TEST(no_folder_to_write_in),
		TEST(no_space_to_write),
		TEST(made_beside_the_current_folder),
		TEST(added_activated_retired),
		TEST(a_full_ring),
		TEST(another_machines_keys),
		TEST(what_is_no_ring_changes_nothing),
		TEST(mode_and_owner_stay),
		TEST(no_space_to_change),
		TEST(what_was_left_behind),
		TEST(commands_at_once),
		TEST(a_lock_of_ones_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
