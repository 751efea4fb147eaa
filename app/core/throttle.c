/* throttle.c - guessing passwords is slow, and nobody is locked out. */
#define _GNU_SOURCE
#include "core/throttle.h"

#include "base/random.h"
#include "core/desk.h"
#include "sql.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

enum { DEVICE_CHARS = 22, DEVICE_MAC_CHARS = 32, NETWORK_6_BYTES = 8 };

static const struct digest *
key_of(const struct request *rq)
{
	const struct keyring *ring = rq->desk->keyring;

	return &ring->keys[ring->active].session;
}

str
throttle_network(const struct request *rq)
{
	return throttle_network_of(rq->arena, rq->remote);
}

str
throttle_network_of(struct arena *a, str remote)
{
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, str_c(a, remote), &address) != 1)
		return remote;
	if (IN6_IS_ADDR_V4MAPPED(&address))
		return fmt(a, "%d.%d.%d.%d", address.s6_addr[12], address.s6_addr[13],
		    address.s6_addr[14], address.s6_addr[15]);
	memset(address.s6_addr + NETWORK_6_BYTES, 0, sizeof address.s6_addr - NETWORK_6_BYTES);
	inet_ntop(AF_INET6, &address, text, sizeof text);
	return str_copy(a, str_of(text));
}

/* What a device has shown when it was given its cookie: the password alone, or a code of the second factor too. */
static const char by_password[] = "device", by_code[] = "device-code";

static str
device_mac(const struct request *rq, const struct ring_key *key, str who, str random)
{
	struct digest mac = digest_hmac(DIGEST_STR(key->session), who, random);

	return str_part(digest_hex(rq->arena, DIGEST_STR(mac)), 0, DEVICE_MAC_CHARS);
}

static str
device_of(const struct request *rq, const char *by, str email)
{
	return fmt(rq->arena, "%s %.*s ", by, STR(str_lower(rq->arena, email)));
}

str
throttle_device(struct request *rq, str email, bool coded)
{
	const struct keyring *ring = rq->desk->keyring;
	str random = random_base62(rq->arena, DEVICE_CHARS),
	    who = device_of(rq, coded ? by_code : by_password, email);

	return fmt(rq->arena, "%.*s%.*s", STR(random),
	    STR(device_mac(rq, &ring->keys[ring->active], who, random)));
}

/* Under each key that reads: a device does not become unknown when another key is made the active one. */
static bool
known_by(const struct request *rq, const char *by, str email, str device)
{
	str random = str_part(device, 0, DEVICE_CHARS),
	    mac = str_part(device, DEVICE_CHARS, device.n), who = device_of(rq, by, email);
	bool known = false;

	for (int n = 1; n <= KEYRING_MAX && !known; n++) {
		const struct ring_key *key = keyring_key(rq->desk->keyring, n);

		known = key && str_eq_secret(mac, device_mac(rq, key, who, random));
	}
	return device.n == DEVICE_CHARS + DEVICE_MAC_CHARS && known;
}

static bool
device_known(const struct request *rq, str email, str device)
{
	return known_by(rq, by_password, email, device) || known_by(rq, by_code, email, device);
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
	return counted(rq, "person", email, throttle_network(rq));
}

static bool
count_within(struct request *rq, str what, int64_t most, int64_t minutes)
{
	const struct throttle_get_row *row;

	sql_throttle_add(
	    rq->db, .what = what, .now = rq->now, .window = rq->now - minutes * MINUTE);
	row = sql_throttle_get(rq->db, .what = what);
	return !row || row->failures <= most;
}

static bool
count(struct request *rq, str what, int64_t most)
{
	return count_within(rq, what, most, THROTTLE_MINUTES);
}

bool
throttle_count(struct request *rq, str email, str device)
{
	if (!device_known(rq, email, device) &&
	    !count(rq, counted(rq, "network", (str){ 0 }, throttle_network(rq)),
		THROTTLE_NETWORK_FAILURES))
		return false;
	return count(rq, person_counted(rq, email, device), THROTTLE_PERSON_FAILURES);
}

bool
throttle_device_coded(const struct request *rq, str email, str device)
{
	return known_by(rq, by_code, email, device);
}

static str
code_counted(struct request *rq, str email, str device)
{
	if (throttle_device_coded(rq, email, device))
		return counted(rq, "code of device", email, device);
	return counted(rq, "code", email, throttle_network(rq));
}

bool
throttle_count_code(struct request *rq, str email, str device)
{
	if (!count(rq, code_counted(rq, email, device), THROTTLE_PERSON_FAILURES))
		return false;
	return throttle_device_coded(rq, email, device) ||
	       count(rq, counted(rq, "codes", email, (str){ 0 }), THROTTLE_CODE_FAILURES);
}

void
throttle_clear_code(struct request *rq, str email, str device)
{
	sql_throttle_clear(rq->db, .what = code_counted(rq, email, device));
	if (!throttle_device_coded(rq, email, device))
		sql_throttle_clear(rq->db, .what = counted(rq, "codes", email, (str){ 0 }));
}

void
throttle_clear(struct request *rq, str email, str device)
{
	sql_throttle_clear(rq->db, .what = person_counted(rq, email, device));
	if (!device_known(rq, email, device))
		sql_throttle_less(
		    rq->db, .what = counted(rq, "network", (str){ 0 }, throttle_network(rq)));
}

bool
throttle_forgotten(struct request *rq)
{
	return count(
	    rq, counted(rq, "forgotten", (str){ 0 }, throttle_network(rq)), THROTTLE_FORGOTTEN);
}

enum throttle_mail
throttle_mail(struct request *rq, str to)
{
	str of = fmt(rq->arena, "%" PRId64, rq->org);

	if (!count_within(
		rq, counted(rq, "mail to", to, of), THROTTLE_MAILS_TO, THROTTLE_MAIL_MINUTES))
		return THROTTLE_MAIL_TO_SPENT;
	if (!count_within(rq, counted(rq, "mail of", (str){ 0 }, of), THROTTLE_MAILS_OF,
		THROTTLE_MAIL_MINUTES))
		return THROTTLE_MAIL_OF_SPENT;
	return THROTTLE_MAIL_WITHIN;
}

void
throttle_forget(struct request *rq, str email, str device)
{
	sql_throttle_clear(rq->db, .what = person_counted(rq, email, device));
}
