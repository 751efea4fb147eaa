/* keyring.c - the key ring: a file of numbered 256-bit keys, outside the database. */
#define _GNU_SOURCE
#include "crypto/keyring.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A full ring is under 5,000 bytes. */
enum { FILE_MAX_BYTES = 8192, KEY_BYTES = 32 };

static const char first_line[] = "keydesk-keyring 1";
static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Reads the open file whole into at; NULL, or what is wrong with it. */
static const char *
read_open(int fd, char *at, size_t *n)
{
	struct stat is;
	ssize_t got;

	if (fstat(fd, &is) != 0)
		return strerror(errno); /* not tested: an open file has a mode */
	if (!S_ISREG(is.st_mode))
		return "not a regular file";
	if (is.st_mode & 0037)
		return "readable by others or writable by its group: chmod 600 it";
	for (*n = 0; (got = read(fd, at + *n, FILE_MAX_BYTES + 1 - *n)) != 0;) {
		if (got < 0 && errno != EINTR)
			return strerror(errno); /* not tested: a broken disk */
		if (got > 0)
			*n += (size_t)got;
	}
	return *n > FILE_MAX_BYTES ? "too long" : NULL;
}

static const char *
read_file(const char *path, char *at, size_t *n)
{
	/* NONBLOCK, or opening a pipe would wait for its writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	const char *wrong;

	if (fd < 0)
		return errno == ELOOP ? "a symbolic link" : strerror(errno);
	wrong = read_open(fd, at, n);
	close(fd);
	return wrong;
}

static void
derive(struct ring_key *key, str bytes)
{
	key->tag = digest_subkey(bytes, S("keydesk 1 tag"));
	key->pepper = digest_subkey(bytes, S("keydesk 1 pepper"));
	key->audit = digest_subkey(bytes, S("keydesk 1 audit"));
	key->session = digest_subkey(bytes, S("keydesk 1 session"));
	key->seal = digest_subkey(bytes, S("keydesk 1 seal"));
}

/* One line, "NUMBER STATUS HEX". NULL, or what is wrong with it. */
static const char *
read_key(struct arena *a, struct keyring *ring, str line)
{
	str rest, number = str_cut(line, ' ', &rest), status = str_cut(rest, ' ', &rest), bytes;
	struct ring_key *key;
	int64_t n;

	if (!str_int(number, &n) || number.at[0] < '1' || number.at[0] > '9' || n > KEYRING_MAX)
		return "the number is not one from 1 to 61";
	key = &ring->keys[n];
	if (key->status != KEY_ABSENT)
		return "the number stands there twice";
	if (str_eq(status, S("active")))
		key->status = KEY_ACTIVE;
	else if (str_eq(status, S("reading")))
		key->status = KEY_READING;
	else if (str_eq(status, S("retired")))
		key->status = KEY_RETIRED;
	else
		return "the status is not active, reading or retired";
	if (key->status == KEY_ACTIVE && ring->active)
		return "a second active key";
	if (key->status == KEY_ACTIVE)
		ring->active = (int)n;
	if (rest.n != 2 * (size_t)KEY_BYTES || !digest_unhex(a, rest, &bytes))
		return "the key is not 64 lower-case hex digits";
	if (key->status != KEY_RETIRED)
		derive(key, bytes);
	return NULL;
}

static void
read_keys(struct arena *a, struct keyring *ring, const char *path, str text)
{
	if (!str_ends(text, S("\n")))
		fault(a->fault, "key ring %s: its last line is not complete", path);
	if (!str_eq(str_cut(text, '\n', &text), str_of(first_line)))
		fault(a->fault, "key ring %s: its first line is not \"%s\"", path, first_line);
	for (int line = 2; text.n; line++) {
		const char *wrong = read_key(a, ring, str_cut(text, '\n', &text));

		if (wrong)
			fault(a->fault, "key ring %s, line %d: %s", path, line, wrong);
	}
	if (!ring->active)
		fault(a->fault, "key ring %s: no key is active", path);
}

const struct keyring *
keyring_load(struct arena *start, const char *path)
{
	struct keyring *ring = NEW(start, struct keyring, 1);
	size_t mark = arena_mark(start), n = 0;
	char *text = NEW(start, char, FILE_MAX_BYTES + 1);
	const char *wrong = read_file(path, text, &n);

	if (wrong)
		fault(start->fault, "key ring %s: %s", path, wrong);
	read_keys(start, ring, path, (str){ text, n });
	arena_wipe(start, mark); /* only what is derived from the keys stays */
	return ring;
}

/* Writes and syncs a new file. 0, or what errno says. */
static int
write_file(const char *path, str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int wrong = 0;

	if (fd < 0)
		return errno;
	for (size_t done = 0; done < text.n && !wrong;) {
		ssize_t n = write(fd, text.at + done, text.n - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			wrong = errno;
	}
	if (!wrong && fsync(fd) != 0)
		wrong = errno; /* not tested: a broken disk */
	if (close(fd) != 0 && !wrong)
		wrong = errno; /* not tested: a broken disk */
	return wrong;
}

static int
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), wrong = 0;

	if (fd < 0)
		return errno;                  /* not tested: a file was just made in it */
	if (fsync(fd) != 0 && errno != EINVAL) /* some file systems cannot, and need not */
		wrong = errno;                 /* not tested: a broken disk */
	close(fd);
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

bool
keyring_create(struct arena *a, const char *path)
{
	char bytes[KEY_BYTES];
	const char *beside = str_c(a, fmt(a, "%s.%.*s", path, STR(random_base62(a, 10))));
	const char *folder = folder_of(a, path);
	struct stat is;
	size_t mark = arena_mark(a);
	int wrong;
	str text;

	if (lstat(path, &is) == 0)
		return false;
	random_bytes(bytes, sizeof bytes);
	text = fmt(
	    a, "%s\n1 active %.*s\n", first_line, STR(digest_hex(a, (str){ bytes, sizeof bytes })));
	wrong = write_file(beside, text);
	explicit_bzero(bytes, sizeof bytes);
	arena_wipe(a, mark);

	/* Not rename(), which would put this ring in the place of one that another process made in the
	 * meantime, and lose what that one has signed. */
	if (!wrong && link(beside, path) != 0)
		wrong = errno; /* not tested: another process at the same moment */
	unlink(beside);
	if (wrong == EEXIST)
		return false; /* not tested: the same */
	if (!wrong)
		wrong = sync_folder(folder);
	if (wrong)
		fault(a->fault, "key ring %s cannot be made: %s", path, strerror(wrong));
	return true;
}

const struct ring_key *
keyring_key(const struct keyring *ring, int number)
{
	const struct ring_key *key;

	if (number < 1 || number > KEYRING_MAX)
		return NULL;
	key = &ring->keys[number];
	return key->status == KEY_ACTIVE || key->status == KEY_READING ? key : NULL;
}

char
keyring_letter(int number)
{
	return number >= 1 && number <= KEYRING_MAX ? letters[number] : '\0';
}

int
keyring_number(char letter)
{
	if (letter >= '1' && letter <= '9')
		return letter - '0';
	if (letter >= 'A' && letter <= 'Z')
		return letter - 'A' + 10;
	return letter >= 'a' && letter <= 'z' ? letter - 'a' + 36 : 0;
}
