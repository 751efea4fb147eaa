/* throttle.c - guessing passwords is slow, and nobody is locked out. */
#include "core/throttle.h"

#include "base/random.h"
#include "core/desk.h"
#include "sql.h"

enum { DEVICE_CHARS = 22, DEVICE_MAC_CHARS = 32, NETWORK_6_GROUPS = 4 };

static const struct digest *
key_of(const struct request *rq)
{
	const struct keyring *ring = rq->desk->keyring;

	return &ring->keys[ring->active].session;
}

/* An IPv4 address, or the first 64 bits of an IPv6 one (its first four groups as written; a shortened
 * address is cut at its "::", which only makes the network larger). */
static str
network(const struct request *rq)
{
	int groups = 0;

	if (str_find_char(rq->remote, ':') == rq->remote.n)
		return rq->remote;
	for (size_t i = 0; i < rq->remote.n; i++) {
		if (rq->remote.at[i] != ':')
			continue;
		if (++groups == NETWORK_6_GROUPS || (i > 0 && rq->remote.at[i - 1] == ':'))
			return str_part(rq->remote, 0, i);
	}
	return rq->remote;
}

static str
device_mac(const struct request *rq, str email, str random)
{
	struct digest mac = digest_hmac(DIGEST_STR(*key_of(rq)),
	    fmt(rq->arena, "device %.*s ", STR(str_lower(rq->arena, email))), random);

	return str_part(digest_hex(rq->arena, DIGEST_STR(mac)), 0, DEVICE_MAC_CHARS);
}

str
throttle_device(struct request *rq, str email)
{
	str random = random_base62(rq->arena, DEVICE_CHARS);

	return fmt(rq->arena, "%.*s%.*s", STR(random), STR(device_mac(rq, email, random)));
}

static bool
device_known(const struct request *rq, str email, str device)
{
	return device.n == DEVICE_CHARS + DEVICE_MAC_CHARS &&
	       str_eq_secret(str_part(device, DEVICE_CHARS, device.n),
		   device_mac(rq, email, str_part(device, 0, DEVICE_CHARS)));
}

/* Neither addresses nor networks stand in the table: only keyed hashes. */
static str
counted(struct request *rq, const char *kind, str email, str where)
{
	struct digest mac =
	    digest_hmac(DIGEST_STR(*key_of(rq)), fmt(rq->arena, "throttle %s ", kind),
		fmt(rq->arena, "%.*s %.*s", STR(str_lower(rq->arena, email)), STR(where)));

	return str_copy(rq->arena, DIGEST_STR(mac));
}

static str
person_counted(struct request *rq, str email, str device)
{
	if (device_known(rq, email, device))
		return counted(rq, "device", email, device);
	return counted(rq, "person", email, network(rq));
}

static bool
count(struct request *rq, str what, int64_t most)
{
	const struct throttle_get_row *row;

	sql_throttle_add(
	    rq->db, .what = what, .now = rq->now, .window = rq->now - THROTTLE_MINUTES * MINUTE);
	row = sql_throttle_get(rq->db, .what = what);
	return !row || row->failures <= most;
}

bool
throttle_count(struct request *rq, str email, str device)
{
	bool person = count(rq, person_counted(rq, email, device), THROTTLE_PERSON_FAILURES);

	if (device_known(rq, email, device))
		return person;
	return count(rq, counted(rq, "network", (str){ 0 }, network(rq)),
		   THROTTLE_NETWORK_FAILURES) &&
	       person;
}

void
throttle_clear(struct request *rq, str email, str device)
{
	sql_throttle_clear(rq->db, .what = person_counted(rq, email, device));
	if (!device_known(rq, email, device))
		sql_throttle_less(rq->db, .what = counted(rq, "network", (str){ 0 }, network(rq)));
}
