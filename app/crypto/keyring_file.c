/* keyring_file.c - the key ring's file: made once, then changed by one command at a time. */
#define _GNU_SOURCE
#include "crypto/keyring_file.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/random.h"
#include "crypto/keyring_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_SECONDS = 10, LOCK_PAUSE_MS = 50 };

struct keyring_file {
	struct arena *arena;
	const char *path, *beside;
	struct stat is;
	struct ring_lines lines;
};

static bool
write_all(int fd, str text)
{
	for (size_t done = 0; done < text.n;) {
		ssize_t n = write(fd, text.at + done, text.n - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return false;
	}
	return true;
}

/* Writes and syncs a new file; like gives it owner, group and mode, NULL leaves it ours and 0600. 0, or
 * what errno says. */
static int
write_file(const char *path, str text, const struct stat *like)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int wrong = 0;

	if (fd < 0)
		return errno;
	if (!write_all(fd, text) || (like && fchown(fd, like->st_uid, like->st_gid) != 0) ||
	    (like && fchmod(fd, like->st_mode & 0640) != 0) || fsync(fd) != 0)
		wrong = errno;
	if (close(fd) != 0 && !wrong)
		wrong = errno; /* not tested: a broken disk */
	return wrong;
}

/* The folder that a path stands in. */
static const char *
folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : str_c(a, (str){ path, (size_t)(slash - path) });
}

static int
sync_folder(struct arena *a, const char *path)
{
	int fd = open(folder_of(a, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC), wrong = 0;

	if (fd < 0)
		return errno;                  /* not tested: a file was just made in it */
	if (fsync(fd) != 0 && errno != EINVAL) /* some file systems cannot, and need not */
		wrong = errno;                 /* not tested: a broken disk */
	close(fd);
	return wrong;
}

/* Under another name first. Not rename(), which would put this ring in the place of one that another
 * process made in the meantime, and lose what that one has signed. */
static bool
make(struct arena *a, const char *path, str text)
{
	const char *beside = str_c(a, fmt(a, "%s.%.*s", path, STR(random_base62(a, 10))));
	struct stat is;
	int wrong;

	if (lstat(path, &is) == 0)
		return false;
	wrong = write_file(beside, text, NULL);
	if (!wrong && link(beside, path) != 0)
		wrong = errno; /* not tested: another process at the same moment */
	unlink(beside);
	if (wrong == EEXIST)
		return false; /* not tested: the same */
	if (!wrong)
		wrong = sync_folder(a, path);
	if (wrong)
		fault(a->fault, "key ring %s cannot be made: %s", path, strerror(wrong));
	return true;
}

/* The hex digits of a new key, in the arena. */
static str
new_key(struct arena *a)
{
	char bytes[RING_KEY_BYTES];
	str hex;

	random_bytes(bytes, sizeof bytes);
	hex = digest_hex(a, (str){ bytes, sizeof bytes });
	explicit_bzero(bytes, sizeof bytes);
	return hex;
}

bool
keyring_create(struct arena *a, const char *path)
{
	size_t mark = arena_mark(a);
	bool made = make(a, path, fmt(a, RING_FIRST_LINE "\n1 active %.*s\n", STR(new_key(a))));

	arena_wipe(a, mark);
	return made;
}

bool
keyring_create_from(struct arena *a, const char *path, str text)
{
	struct ring_lines lines;

	ring_lines_read(a, "given", text, &lines);
	return make(a, path, text);
}

/* A lock that root has made may be taken by the ring's own user, too. Whoever is not root made it as they
 * are, and then nothing has to change. */
static void
give_to_owner(int fd, const char *path)
{
	struct stat is;

	if (geteuid() == 0 && lstat(path, &is) == 0 && fchown(fd, is.st_uid, is.st_gid) != 0)
		errno = 0; /* not tested: root may give files away */
}

int
keyring_lock(struct arena *a, const char *path)
{
	const char *name = str_c(a, fmt(a, "%s.lock", path));
	const struct timespec pause = { 0, LOCK_PAUSE_MS * 1000000L };
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int64_t until = clock_monotonic() + LOCK_SECONDS * SECOND;

	if (fd < 0)
		fault(a->fault, "%s: %s", name, strerror(errno));
	give_to_owner(fd, path);
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (clock_monotonic() > until) {
			close(fd);
			fault(a->fault, "another command is changing the key ring %s", path);
		}
		nanosleep(&pause, NULL);
	}
	return fd;
}

struct keyring_file *
keyring_file_read(struct arena *a, const char *path)
{
	struct keyring_file *file = NEW(a, struct keyring_file, 1);
	char *text = NEW(a, char, RING_FILE_MAX_BYTES + 1);
	const char *wrong;
	size_t n = 0;

	file->arena = a;
	file->path = str_c(a, str_of(path));
	file->beside = str_c(a, fmt(a, "%s.new", path));
	wrong = ring_file_read(path, text, &n);
	if (!wrong && lstat(path, &file->is) != 0)
		wrong = strerror(errno); /* not tested: it was just read, and the lock is ours */
	if (wrong)
		fault(a->fault, "key ring %s: %s", path, wrong);
	ring_lines_read(a, path, (str){ text, n }, &file->lines);
	return file;
}

int
keyring_file_add(struct keyring_file *file)
{
	int n = KEYRING_MAX;

	while (n > 0 && file->lines.at[n].status == KEY_ABSENT)
		n--;
	if (n == KEYRING_MAX)
		return 0;
	file->lines.at[n + 1] = (struct ring_line){ n + 1, KEY_READING, new_key(file->arena) };
	return n + 1;
}

uint64_t
keyring_file_check(const struct keyring_file *file, int number)
{
	str bytes;

	if (!digest_unhex(file->arena, file->lines.at[number].hex, &bytes) || bytes.n == 0)
		return 0;
	return keyring_check(bytes);
}

void
keyring_file_activate(struct keyring_file *file, int number)
{
	file->lines.at[file->lines.active].status = KEY_READING;
	file->lines.at[number].status = KEY_ACTIVE;
	file->lines.active = number;
}

void
keyring_file_retire(struct keyring_file *file, int number)
{
	file->lines.at[number].status = KEY_RETIRED;
}

int
keyring_file_merge(struct keyring_file *file, str text, int *differs)
{
	struct ring_lines *theirs = NEW(file->arena, struct ring_lines, 1);
	int added = 0;

	ring_lines_read(file->arena, "given", text, theirs);
	for (int n = 1; n <= KEYRING_MAX; n++) {
		*differs = n;
		if (theirs->at[n].status != KEY_ABSENT && file->lines.at[n].status != KEY_ABSENT &&
		    !str_eq_secret(theirs->at[n].hex, file->lines.at[n].hex))
			return -1;
	}
	*differs = 0;
	for (int n = 1; n <= KEYRING_MAX; n++) {
		if (theirs->at[n].status == KEY_ABSENT || file->lines.at[n].status != KEY_ABSENT)
			continue;
		file->lines.at[n] = theirs->at[n];
		if (theirs->at[n].status == KEY_ACTIVE)
			file->lines.at[n].status = KEY_READING;
		added++;
	}
	return added;
}

static str
text_of(const struct keyring_file *file)
{
	struct buf b = buf_new(file->arena, RING_FILE_MAX_BYTES);

	buf_fmt(&b, RING_FIRST_LINE "\n");
	for (int n = 1; n <= KEYRING_MAX; n++)
		if (file->lines.at[n].status != KEY_ABSENT)
			buf_fmt(&b, "%d %.*s %.*s\n", n,
			    STR(key_status_word(file->lines.at[n].status)),
			    STR(file->lines.at[n].hex));
	return buf_str(&b);
}

void
keyring_file_stage(struct keyring_file *file)
{
	int wrong;

	unlink(file->beside); /* a command that was killed has left it; the lock is ours now */
	wrong = write_file(file->beside, text_of(file), &file->is);
	if (wrong) {
		unlink(file->beside);
		fault(file->arena->fault, "key ring %s cannot be changed: %s", file->path,
		    strerror(wrong));
	}
}

void
keyring_file_publish(struct keyring_file *file)
{
	int wrong = rename(file->beside, file->path) == 0 ? 0 : errno;

	if (!wrong)
		wrong = sync_folder(file->arena, file->path);
	else
		unlink(file->beside);
	if (wrong)
		fault(file->arena->fault, "key ring %s cannot be changed: %s", file->path,
		    strerror(wrong));
}

void
keyring_file_drop(struct keyring_file *file)
{
	unlink(file->beside);
}
