/* random.c - bytes from the operating system, and texts made of them. */
#define _GNU_SOURCE
#include "base/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void
random_bytes(void *at, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = getrandom((char *)at + done, n - done, 0);

		if (got >= 0)
			done += (size_t)got;
		else if (errno != EINTR) { /* not tested: only an unknown system call fails here */
			perror("keydesk: getrandom");
			abort();
		}
	}
}

/* Writes the letters of the bytes that stand for one, at most n; how many. Bytes of 248 and above are
 * thrown away, or the first 8 letters would come more often. */
static size_t
letters_of(const unsigned char *bytes, size_t bytes_n, char *at, size_t n)
{
	size_t made = 0;

	for (size_t i = 0; i < bytes_n && made < n; i++)
		if (bytes[i] < 248)
			at[made++] = base62[bytes[i] % 62];
	return made;
}

str
random_base62(struct arena *a, size_t n)
{
	char *at = NEW(a, char, n);
	unsigned char bytes[64];

	for (size_t made = 0; made < n;) {
		random_bytes(bytes, sizeof bytes);
		made += letters_of(bytes, sizeof bytes, at + made, n - made);
	}
	explicit_bzero(bytes, sizeof bytes); /* a secret may have been made of them */
	return (str){ at, n };
}

static void
make_letters(struct random_letters *letters)
{
	unsigned char bytes[RANDOM_LETTERS];

	random_bytes(bytes, sizeof bytes);
	letters->left = letters_of(bytes, sizeof bytes, letters->at, sizeof letters->at);
}

str
random_number(struct arena *a, struct random_letters *letters, size_t n)
{
	while (letters->left < n)
		make_letters(letters);
	letters->left -= n;
	return str_copy(a, (str){ letters->at + letters->left, n });
}

uint32_t
random_below(uint32_t below)
{
	uint32_t limit = UINT32_MAX - UINT32_MAX % below, value;

	do
		random_bytes(&value, sizeof value);
	while (value >= limit);
	return value % below;
}
