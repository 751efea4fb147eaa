/* siphash.c - a short keyed hash for tables in which strangers choose the keys. */
#define _DEFAULT_SOURCE
#include "crypto/siphash.h"

#include <endian.h>
#include <string.h>

struct state {
	uint64_t v[4];
};

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

/* Up to 8 bytes. */
static uint64_t
little_endian(const unsigned char *at, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, at, n);
	return le64toh(word);
}

static void
rounds(struct state *s, int n)
{
	uint64_t *v = s->v;

	for (int i = 0; i < n; i++) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

static void
add(struct state *s, uint64_t word)
{
	s->v[3] ^= word;
	rounds(s, 2);
	s->v[0] ^= word;
}

uint64_t
siphash(const unsigned char *key, str text)
{
	uint64_t k0 = little_endian(key, 8), k1 = little_endian(key + 8, 8);
	struct state s = { { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
	    k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573 } };
	const unsigned char *at = (const unsigned char *)text.at;
	size_t whole = text.n / 8 * 8;

	for (size_t i = 0; i < whole; i += 8)
		add(&s, little_endian(at + i, 8));
	add(&s, (uint64_t)text.n << 56 |
		    (whole < text.n ? little_endian(at + whole, text.n - whole) : 0));
	s.v[2] ^= 0xff;
	rounds(&s, 4);
	return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}
