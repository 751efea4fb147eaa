/* decision.c - why a program was refused, sealed into the id that it is answered. */
#include "core/decision.h"

#include "core/base62.h"
#include "core/desk.h"
#include "core/origin.h"
#include "core/secret.h"
#include "http/path.h"

#include <arpa/inet.h>
#include <string.h>

/* What is sealed, and where in it. Numbers have their highest byte first. */
enum {
	TIME_AT = 0, /* milliseconds of the day */
	REASON_AT = 4,
	ASKED_AT = 5, /* integration in bit 7, what was asked in 4 to 6, the method below */
	SUBJECT_AT = 6,
	ADDRESS_AT = 14,
	PERMISSION_AT = 30,
	PATH_AT = 34,
	PLAIN_BYTES = PATH_AT + DECISION_PATH_BYTES,
};

enum {
	PREFIX_CHARS = 4,
	DAY_AT = PREFIX_CHARS + 1,
	DAY_CHARS = 3,
	WORDS_AT = DAY_AT + DAY_CHARS,
	WORD_BYTES = 8,
	SEALED_BYTES = PLAIN_BYTES + SEAL_EXTRA_BYTES,
	WORDS = SEALED_BYTES / WORD_BYTES,
	ADDRESS_BYTES = 16,
	MAPPED_BYTES = 12,
};

_Static_assert((int)DECISION_CHARS == (int)PATH_DECISION_CHARS, "in an address too");
_Static_assert(SEALED_BYTES % WORD_BYTES == 0, "whole words");
_Static_assert(WORDS_AT + WORDS * BASE62_CHARS_64 == DECISION_CHARS, "as the header says");

/* A public id is less than 2^60; 0 is none, so one more. */
#define SUBJECT_IS_CLIENT ((uint64_t)1 << 63)
#define SUBJECT_CUT       ((uint64_t)1 << 62)
#define SUBJECT_ID        (((uint64_t)1 << 60) - 1)

static const int64_t millisecond = SECOND / 1000;
static const unsigned char mapped[MAPPED_BYTES] = {
	[10] = 0xff, [11] = 0xff
}; /* RFC 4291 section 2.5.5.2 */

/* By number; the first is none, the last any other. Only ever added to, before the last. */
static const str methods[] = {
	STR_INIT(""),
	STR_INIT("GET"),
	STR_INIT("HEAD"),
	STR_INIT("POST"),
	STR_INIT("PUT"),
	STR_INIT("PATCH"),
	STR_INIT("DELETE"),
	STR_INIT("OPTIONS"),
	[15] = STR_INIT("another method"),
};
enum { OTHER_METHOD = 15 };

static void
put_number(unsigned char *at, size_t n, uint64_t value)
{
	while (n--) {
		at[n] = (unsigned char)value;
		value >>= 8;
	}
}

static uint64_t
get_number(const unsigned char *at, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | at[i];
	return value;
}

static uint64_t
method_number(str method)
{
	for (uint64_t i = 0; i < OTHER_METHOD; i++)
		if (str_eq(methods[i], method))
			return i;
	return OTHER_METHOD;
}

static uint64_t
subject_number(const struct decision *d)
{
	uint64_t value = 0;

	if (!base62_read(d->sid.n ? d->sid : d->id, &value))
		return 0;
	return (value + 1) | (d->sid.n ? 0 : SUBJECT_IS_CLIENT);
}

static void
put_address(unsigned char *at, str address)
{
	if (address_read(AF_INET6, address, at))
		return;
	memset(at, 0, ADDRESS_BYTES);
	if (address_read(AF_INET, address, at + MAPPED_BYTES))
		memcpy(at, mapped, MAPPED_BYTES);
}

/* As it came: a byte that is no visible character stands as a question mark, which no path holds. */
static bool
put_path(unsigned char *at, str path)
{
	static const str hidden = STR_INIT("(left-out:-there-may-be-a-secret-in-it)");
	str shown = str_part(path, 0, str_find_char(path, '?'));
	bool cut = shown.n > DECISION_PATH_BYTES;

	shown = secret_like(shown) ? hidden : str_part(shown, 0, DECISION_PATH_BYTES);
	for (size_t i = 0; i < shown.n; i++)
		at[i] = shown.at[i] > ' ' && shown.at[i] < 0x7f ? (unsigned char)shown.at[i] : '?';
	return cut;
}

static void
put_plain(unsigned char *plain, const struct decision *d)
{
	uint64_t asked = (uint64_t)d->integration << 7 | (uint64_t)d->asked << 4;
	bool cut = put_path(plain + PATH_AT, d->path);

	put_number(plain + TIME_AT, 4, (uint64_t)(d->at % DAY / millisecond));
	put_number(plain + REASON_AT, 1, (uint64_t)d->reason);
	put_number(plain + ASKED_AT, 1, asked | method_number(d->method));
	put_number(plain + SUBJECT_AT, 8, subject_number(d) | (cut ? SUBJECT_CUT : 0));
	put_address(plain + ADDRESS_AT, d->address);
	put_number(plain + PERMISSION_AT, 4, (uint64_t)d->permission);
}

static struct digest
day_key(const struct ring_key *key, str day)
{
	return digest_hmac(DIGEST_STR(key->decision), day, (str){ 0 });
}

str
decision_make(struct request *rq, const struct decision *d)
{
	const struct keyring *ring = rq->desk->keyring;
	unsigned char plain[PLAIN_BYTES] = { 0 };
	char *at = NEW(rq->arena, char, DECISION_CHARS);
	struct digest key;
	str sealed;

	put_plain(plain, d);
	memcpy(at, "kdd_", PREFIX_CHARS);
	at[PREFIX_CHARS] = keyring_letter(ring->active);
	base62_write(at + DAY_AT, DAY_CHARS, (uint64_t)(d->at / DAY));
	key = day_key(&ring->keys[ring->active], (str){ at + DAY_AT, DAY_CHARS });
	sealed = digest_seal(rq->arena, &key, S("decision"), (str){ (char *)plain, PLAIN_BYTES });
	for (size_t i = 0; i < WORDS; i++)
		base62_write(at + WORDS_AT + i * BASE62_CHARS_64, BASE62_CHARS_64,
		    get_number((const unsigned char *)sealed.at + i * WORD_BYTES, WORD_BYTES));
	return (str){ at, DECISION_CHARS };
}

static str
get_address(struct arena *a, const unsigned char *at)
{
	static const unsigned char none[ADDRESS_BYTES];
	bool four = memcmp(at, mapped, MAPPED_BYTES) == 0;
	char text[INET6_ADDRSTRLEN];

	if (memcmp(at, none, ADDRESS_BYTES) == 0)
		return (str){ 0 };
	inet_ntop(four ? AF_INET : AF_INET6, four ? at + MAPPED_BYTES : at, text, sizeof text);
	return fmt(a, "%s", text);
}

static str
get_path(struct arena *a, const unsigned char *at)
{
	size_t n = 0;

	while (n < DECISION_PATH_BYTES && at[n])
		n++;
	return str_copy(a, (str){ (const char *)at, n });
}

static void
get_subject(struct arena *a, uint64_t subject, struct decision *d)
{
	uint64_t value = subject & SUBJECT_ID;
	char *id = NEW(a, char, PUBLIC_ID_CHARS);

	d->cut = (subject & SUBJECT_CUT) != 0;
	if (!value)
		return;
	base62_write(id, PUBLIC_ID_CHARS, value - 1);
	*(subject & SUBJECT_IS_CLIENT ? &d->id : &d->sid) = (str){ id, PUBLIC_ID_CHARS };
}

static void
get_plain(struct arena *a, uint64_t day, const unsigned char *plain, struct decision *d)
{
	unsigned asked = plain[ASKED_AT];

	*d = (struct decision){
		.at = (int64_t)day * DAY + (int64_t)get_number(plain + TIME_AT, 4) * millisecond,
		.reason = (enum decision_reason)plain[REASON_AT],
		.asked = (enum decision_asked)(asked >> 4 & 7),
		.integration = asked >> 7,
		.address = get_address(a, plain + ADDRESS_AT),
		.permission = (int64_t)get_number(plain + PERMISSION_AT, 4),
		.method = methods[asked & OTHER_METHOD],
		.path = get_path(a, plain + PATH_AT),
	};
	get_subject(a, get_number(plain + SUBJECT_AT, 8), d);
}

bool
decision_like(str text)
{
	if (text.n != DECISION_CHARS || !str_starts(text, S("kdd_")))
		return false;
	for (size_t i = PREFIX_CHARS; i < text.n; i++) {
		uint64_t digit;

		if (!base62_read(str_part(text, i, 1), &digit))
			return false;
	}
	return true;
}

/* The sealed bytes of an id; false when a word of it is none. */
static bool
read_words(str id, unsigned char *sealed)
{
	uint64_t word;

	for (size_t i = 0; i < WORDS; i++) {
		if (!base62_read(
			str_part(id, WORDS_AT + i * BASE62_CHARS_64, BASE62_CHARS_64), &word))
			return false;
		put_number(sealed + i * WORD_BYTES, WORD_BYTES, word);
	}
	return true;
}

bool
decision_open(struct request *rq, str id, struct decision *d)
{
	unsigned char bytes[SEALED_BYTES];
	str text = { (const char *)bytes, SEALED_BYTES }, day = str_part(id, DAY_AT, DAY_CHARS);
	const struct ring_key *key;
	struct digest of_day;
	uint64_t number;

	if (!decision_like(id) || !base62_read(day, &number) || !read_words(id, bytes))
		return false;
	key = keyring_key(rq->desk->keyring, keyring_number(id.at[PREFIX_CHARS]));
	if (!key)
		return false;
	of_day = day_key(key, day);
	if (!digest_unseal(rq->arena, &of_day, S("decision"), &text))
		return false;
	get_plain(rq->arena, number, (const unsigned char *)text.at, d);
	return d->reason != REASON_NONE && (int)d->reason < REASONS;
}

enum decision_reason
decision_reason(enum verdict verdict)
{
	static const enum decision_reason reasons[VERDICTS] = {
		[VERDICT_NONE] = REASON_NOTHING,
		[VERDICT_MALFORMED] = REASON_MALFORMED,
		[VERDICT_FORGED] = REASON_FORGED,
		[VERDICT_UNKNOWN] = REASON_UNKNOWN,
		[VERDICT_MISMATCH] = REASON_MISMATCH,
		[VERDICT_WRONG] = REASON_WRONG,
		[VERDICT_SIGNATURE] = REASON_SIGNATURE,
		[VERDICT_AUDIENCE] = REASON_AUDIENCE,
		[VERDICT_TIMES] = REASON_TIMES,
		[VERDICT_REPLAYED] = REASON_REPLAYED,
		[VERDICT_PENDING] = REASON_PENDING,
		[VERDICT_REVOKED] = REASON_REVOKED,
		[VERDICT_TOKEN_REVOKED] = REASON_TOKEN_REVOKED,
		[VERDICT_EXPIRED] = REASON_EXPIRED,
		[VERDICT_CLIENT] = REASON_CLIENT,
		[VERDICT_ORGANIZATION] = REASON_ORGANIZATION,
		[VERDICT_OWNER] = REASON_OWNER,
		[VERDICT_ENVIRONMENT] = REASON_ENVIRONMENT,
		[VERDICT_CLIENT_EXPIRED] = REASON_CLIENT_EXPIRED,
		[VERDICT_ADDRESS] = REASON_ADDRESS,
		[VERDICT_CANONICAL] = REASON_CANONICAL,
		[VERDICT_ENDPOINT] = REASON_ENDPOINT,
		[VERDICT_PERMISSION] = REASON_PERMISSION,
		[VERDICT_READS] = REASON_READS,
		[VERDICT_SCOPE] = REASON_SCOPE,
		[VERDICT_LIMITED] = REASON_RATE,
	};

	return reasons[verdict];
}
