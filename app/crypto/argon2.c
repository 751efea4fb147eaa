/* argon2.c - Argon2id (RFC 9106) with a pepper, as PHC text. */
#define _GNU_SOURCE
#include "crypto/argon2.h"

#include "base/random.h"
#include "crypto/base64.h"

#include <argon2.h>
#include <string.h>
#include <sys/mman.h>

/* What a PHC text says. */
struct phc {
	struct argon2_profile profile;
	int keyid;
	unsigned char salt[ARGON2_SALT_BYTES], hash[DIGEST_BYTES];
};

/* Eats `words` off the front of *rest. */
static bool
eat(str *rest, str words)
{
	if (!str_starts(*rest, words))
		return false;
	*rest = str_part(*rest, words.n, rest->n);
	return true;
}

/* A whole number above 0, written the one way printf writes it. */
static bool
read_number(str digits, uint32_t *value)
{
	int64_t number;

	if (digits.n == 0 || digits.n > 9 || digits.at[0] < '1' || !str_int(digits, &number))
		return false;
	*value = (uint32_t)number;
	return true;
}

/* Eats one, and the comma behind it. */
static bool
eat_number(str *rest, uint32_t *value)
{
	return read_number(str_cut(*rest, ',', rest), value);
}

/* Eats the base64 of just n bytes, up to a $ or the end. */
static bool
eat_bytes(str *rest, void *bytes, size_t n)
{
	str text = str_cut(*rest, '$', rest);
	size_t got;

	return text.n == BASE64_CHARS(n) && base64_read(BASE64_PLAIN, text, bytes, &got);
}

/* The keyid is the base64 of the number's decimal digits: 2 characters for 1 to 9, 3 for the others. */
static bool
eat_keyid(str *rest, int *keyid)
{
	str text = str_cut(*rest, '$', rest);
	char decimal[2];
	uint32_t number;
	size_t n;

	if (text.n > BASE64_CHARS(sizeof decimal) || !base64_read(BASE64_PLAIN, text, decimal, &n))
		return false;
	if (!read_number((str){ decimal, n }, &number))
		return false;
	*keyid = (int)number;
	return true;
}

static bool
in_bounds(const struct argon2_profile *p, int keyid)
{
	return p->memory_kib >= 8 * p->lanes && p->memory_kib <= ARGON2_MEMORY_MAX_KIB &&
	       p->passes >= 1 && p->passes <= ARGON2_PASSES_MAX && p->lanes >= 1 &&
	       p->lanes <= ARGON2_LANES_MAX && keyid >= 1 && keyid <= KEYRING_MAX;
}

static bool
phc_read(str text, struct phc *phc)
{
	struct argon2_profile *profile = &phc->profile;

	return eat(&text, S("$argon2id$v=19$m=")) && eat_number(&text, &profile->memory_kib) &&
	       eat(&text, S("t=")) && eat_number(&text, &profile->passes) && eat(&text, S("p=")) &&
	       eat_number(&text, &profile->lanes) && eat(&text, S("keyid=")) &&
	       eat_keyid(&text, &phc->keyid) && in_bounds(profile, phc->keyid) &&
	       eat_bytes(&text, phc->salt, sizeof phc->salt) &&
	       text.n == BASE64_CHARS(sizeof phc->hash) &&
	       eat_bytes(&text, phc->hash, sizeof phc->hash);
}

static str
phc_write(struct arena *a, const struct phc *phc)
{
	char keyid[BASE64_CHARS(2)], salt[BASE64_CHARS(ARGON2_SALT_BYTES)],
	    hash[BASE64_CHARS(DIGEST_BYTES)];
	size_t n = base64_write(BASE64_PLAIN, fmt(a, "%d", phc->keyid), keyid);

	base64_write(BASE64_PLAIN, (str){ (const char *)phc->salt, sizeof phc->salt }, salt);
	base64_write(BASE64_PLAIN, (str){ (const char *)phc->hash, sizeof phc->hash }, hash);
	return fmt(a, "$argon2id$v=19$m=%u,t=%u,p=%u,keyid=%.*s$%.*s$%.*s", phc->profile.memory_kib,
	    phc->profile.passes, phc->profile.lanes, (int)n, keyid, (int)sizeof salt, salt,
	    (int)sizeof hash, hash);
}

/* That of this thread: libargon2 passes nothing of ours on to the two functions below. */
static _Thread_local struct argon2_room *room;

/* Memory straight from the system, and back to it: malloc() would keep it for each thread that has ever
 * hashed, 20 MB in each of 16. Pages of 2 MB, where there are any, spare a third of the time, which is
 * that of page faults. */
static int
memory_take(uint8_t **at, size_t bytes)
{
	void *mapped;

	if (room && room->bytes == bytes) {
		*at = room->at;
		return ARGON2_OK;
	}
	mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mapped == MAP_FAILED) /* not tested: only a machine without memory comes here */
		return ARGON2_MEMORY_ALLOCATION_ERROR;
	madvise(mapped, bytes, MADV_HUGEPAGE);
	*at = mapped;
	return ARGON2_OK;
}

/* libargon2 has wiped it. */
static void
memory_give_back(uint8_t *at, size_t bytes)
{
	if (!room) {
		munmap(at, bytes);
		return;
	}
	if (room->at != at)
		argon2_leave(room);
	*room = (struct argon2_room){ at, bytes };
}

void
argon2_stay(struct argon2_room *in)
{
	room = in;
}

void
argon2_leave(struct argon2_room *left)
{
	if (left->at)
		munmap(left->at, left->bytes);
	*left = (struct argon2_room){ 0 };
}

/* Argon2id with the profile and salt of phc into hash. The lanes are worked off by this one thread: what
 * holds one permit takes one core. */
static void
compute(struct arena *a, struct phc *phc, const struct digest *pepper, str secret)
{
	struct digest key = *pepper;
	argon2_context context = { .out = phc->hash,
		.outlen = sizeof phc->hash,
		.pwd = (uint8_t *)(uintptr_t)(secret.n ? secret.at : ""),
		.pwdlen = (uint32_t)secret.n,
		.salt = phc->salt,
		.saltlen = sizeof phc->salt,
		.secret = key.at,
		.secretlen = sizeof key.at,
		.t_cost = phc->profile.passes,
		.m_cost = phc->profile.memory_kib,
		.lanes = phc->profile.lanes,
		.threads = 1,
		.version = ARGON2_VERSION_13,
		.allocate_cbk = memory_take,
		.free_cbk = memory_give_back,
		.flags = ARGON2_DEFAULT_FLAGS };
	int result = secret.n > UINT32_MAX ? ARGON2_PWD_TOO_LONG : argon2id_ctx(&context);

	explicit_bzero(&key, sizeof key);
	if (result != ARGON2_OK) /* not tested: only a machine without memory comes here */
		fault(a->fault, "argon2: %s (m=%u t=%u p=%u)", argon2_error_message(result),
		    phc->profile.memory_kib, phc->profile.passes, phc->profile.lanes);
}

str
argon2_make(
    struct arena *a, const struct argon2_profile *profile, const struct keyring *ring, str secret)
{
	struct phc phc = { .profile = *profile, .keyid = ring->active };

	if (!in_bounds(profile, ring->active))
		fault(a->fault, "argon2: the profile m=%u t=%u p=%u or key %d is out of bounds",
		    profile->memory_kib, profile->passes, profile->lanes, ring->active);
	random_bytes(phc.salt, sizeof phc.salt);
	compute(a, &phc, &ring->keys[ring->active].pepper, secret);
	return phc_write(a, &phc);
}

int
argon2_keyid(str phc)
{
	struct phc said;

	return phc_read(phc, &said) ? said.keyid : -1;
}

bool
argon2_check(struct arena *a, str phc, const struct keyring *ring, str secret)
{
	struct phc stored, computed;
	const struct ring_key *key;
	bool good;

	if (!phc_read(phc, &stored))
		return false;
	key = keyring_key(ring, stored.keyid);
	if (!key)
		return false;
	computed = stored;
	compute(a, &computed, &key->pepper, secret);
	good = str_eq_secret((str){ (const char *)stored.hash, sizeof stored.hash },
	    (str){ (const char *)computed.hash, sizeof computed.hash });
	explicit_bzero(&computed, sizeof computed);
	return good;
}

bool
argon2_current(str phc, const struct argon2_profile *profile, int keyid)
{
	struct phc said;

	return phc_read(phc, &said) && said.keyid == keyid &&
	       said.profile.memory_kib == profile->memory_kib &&
	       said.profile.passes == profile->passes && said.profile.lanes == profile->lanes;
}
