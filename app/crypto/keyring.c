/* keyring.c - the key ring: a file of numbered 256-bit keys, outside the database. */
#define _GNU_SOURCE
#include "crypto/keyring_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Whoever owns it could change it. Its group may read it where root keeps it for the user who serves, and
 * where the owner reads it there is no need for that. */
static const char *
check_owner(const struct stat *is)
{
	uid_t me = geteuid();

	if (!S_ISREG(is->st_mode))
		return "not a regular file";
	if (is->st_mode & 0037)
		return "readable by others or writable by its group: chmod 600 it";
	if (me != 0 && is->st_uid != me && is->st_uid != 0)
		return "neither root's nor ours: chown it";
	if (me != 0 && is->st_uid == me && is->st_mode & 0040)
		return "readable by its group, and ours: chmod 600 it";
	return NULL;
}

/* Reads the open file whole into at; NULL, or what is wrong with it. */
static const char *
read_open(int fd, char *at, size_t *n)
{
	const char *wrong;
	struct stat is;
	ssize_t got;

	if (fstat(fd, &is) != 0)
		return strerror(errno); /* not tested: an open file has a mode */
	wrong = check_owner(&is);
	if (wrong)
		return wrong;
	for (*n = 0; (got = read(fd, at + *n, RING_FILE_MAX_BYTES + 1 - *n)) != 0;) {
		if (got < 0 && errno != EINTR)
			return strerror(errno); /* not tested: a broken disk */
		if (got > 0)
			*n += (size_t)got;
	}
	return *n > RING_FILE_MAX_BYTES ? "too long" : NULL;
}

const char *
ring_file_read(const char *path, char *at, size_t *n)
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

static bool
is_hex(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.at[i] >= '0' && s.at[i] <= '9') || (s.at[i] >= 'a' && s.at[i] <= 'f')))
			return false;
	return s.n == 2 * (size_t)RING_KEY_BYTES;
}

static enum key_status
status_of(str word)
{
	for (enum key_status status = KEY_READING; status <= KEY_RETIRED; status++)
		if (str_eq(word, key_status_word(status)))
			return status;
	return KEY_ABSENT;
}

/* One line, "NUMBER STATUS HEX". NULL, or what is wrong with it. */
static const char *
read_line(struct ring_lines *lines, str text)
{
	str rest, number = str_cut(text, ' ', &rest), status = str_cut(rest, ' ', &rest);
	struct ring_line line = { .hex = rest };
	int64_t n;

	if (!str_int(number, &n) || number.at[0] < '1' || number.at[0] > '9' || n > KEYRING_MAX)
		return "the number is not one from 1 to 61";
	line.number = (int)n;
	line.status = status_of(status);
	if (lines->at[n].status != KEY_ABSENT)
		return "the number stands there twice";
	if (line.status == KEY_ABSENT)
		return "the status is not active, reading or retired";
	if (line.status == KEY_ACTIVE && lines->active)
		return "a second active key";
	if (!is_hex(rest))
		return "the key is not 64 lower-case hex digits";
	if (line.status == KEY_ACTIVE)
		lines->active = line.number;
	lines->at[n] = line;
	return NULL;
}

void
ring_lines_read(struct arena *a, const char *where, str text, struct ring_lines *lines)
{
	*lines = (struct ring_lines){ 0 };
	if (!str_ends(text, S("\n")))
		fault(a->fault, "key ring %s: its last line is not complete", where);
	if (!str_eq(str_cut(text, '\n', &text), S(RING_FIRST_LINE)))
		fault(
		    a->fault, "key ring %s: its first line is not \"" RING_FIRST_LINE "\"", where);
	for (int line = 2; text.n; line++) {
		const char *wrong = read_line(lines, str_cut(text, '\n', &text));

		if (wrong)
			fault(a->fault, "key ring %s, line %d: %s", where, line, wrong);
	}
	if (!lines->active)
		fault(a->fault, "key ring %s: no key is active", where);
}

uint64_t
keyring_check(str bytes)
{
	struct digest made = digest_subkey(bytes, S("keydesk 1 check"));
	uint64_t check;

	memcpy(&check, made.at, sizeof check);
	return check ? check : 1;
}

static void
derive(struct ring_key *key, str bytes)
{
	key->check = keyring_check(bytes);
	key->audit = digest_subkey(bytes, S("keydesk 1 audit"));
	if (key->status == KEY_RETIRED)
		return;
	key->tag = digest_subkey(bytes, S("keydesk 1 tag"));
	key->pepper = digest_subkey(bytes, S("keydesk 1 pepper"));
	key->session = digest_subkey(bytes, S("keydesk 1 session"));
	key->seal = digest_subkey(bytes, S("keydesk 1 seal"));
	key->decision = digest_subkey(bytes, S("keydesk 1 decision"));
}

static void
read_keys(struct arena *a, struct keyring *ring, const char *path, str text)
{
	struct ring_lines *lines = NEW(a, struct ring_lines, 1);
	str bytes;

	ring_lines_read(a, path, text, lines);
	ring->active = lines->active;
	for (int n = 1; n <= KEYRING_MAX; n++) {
		ring->keys[n].status = lines->at[n].status;
		if (lines->at[n].status != KEY_ABSENT && digest_unhex(a, lines->at[n].hex, &bytes))
			derive(&ring->keys[n], bytes);
	}
}

const struct keyring *
keyring_load(struct arena *start, const char *path)
{
	struct keyring *ring = NEW(start, struct keyring, 1);
	size_t mark = arena_mark(start), n = 0;
	char *text = NEW(start, char, RING_FILE_MAX_BYTES + 1);
	const char *wrong = ring_file_read(path, text, &n);

	if (wrong)
		fault(start->fault, "key ring %s: %s", path, wrong);
	read_keys(start, ring, path, (str){ text, n });
	arena_wipe(start, mark); /* only what is derived from the keys stays */
	return ring;
}

str
key_status_word(enum key_status status)
{
	switch (status) {
	case KEY_READING:
		return S("reading");
	case KEY_ACTIVE:
		return S("active");
	case KEY_RETIRED:
		return S("retired");
	case KEY_ABSENT:
		break;
	}
	return S("absent");
}

const struct digest *
keyring_audit(const struct keyring *ring, int number)
{
	if (number < 1 || number > KEYRING_MAX || ring->keys[number].status == KEY_ABSENT)
		return NULL;
	return &ring->keys[number].audit;
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
