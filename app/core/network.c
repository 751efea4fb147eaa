/* network.c - which addresses a credential may be used from. */
#include "core/network.h"

#include "base/buf.h"
#include "core/origin.h"

#include <arpa/inet.h>
#include <string.h>

/* An address has all its bits. */
struct network {
	int family;
	unsigned char bytes[16];
	int bits;
};

enum { WORD_SHOWN_BYTES = 60 };

static int
bits_of(int family)
{
	return family == AF_INET ? 32 : 128;
}

static bool
is_mapped(const struct network *network)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	return network->family == AF_INET6 && memcmp(network->bytes, mapped, sizeof mapped) == 0;
}

static bool
read_host(str text, struct network *network)
{
	*network = (struct network){ .family = AF_INET };
	if (!address_read(AF_INET, text, network->bytes)) {
		network->family = AF_INET6;
		if (!address_read(AF_INET6, text, network->bytes))
			return false;
	}
	network->bits = bits_of(network->family);
	return true;
}

/* An IPv4-mapped one becomes the IPv4 one. */
static void
unmap(struct network *network)
{
	if (!is_mapped(network) || network->bits < 96)
		return;
	network->family = AF_INET;
	memmove(network->bytes, network->bytes + 12, 4);
	memset(network->bytes + 4, 0, 12);
	network->bits -= 96;
}

/* "24": no sign, no zero in front. */
static bool
read_bits(str text, int *bits)
{
	int64_t value = 0;

	if (text.n == 0 || text.n > 3 || text.at[0] < '0' || text.at[0] > '9' ||
	    (text.n > 1 && text.at[0] == '0') || !str_int(text, &value) || value > *bits)
		return false;
	*bits = (int)value;
	return true;
}

/* Whether the first n bits are equal. */
static bool
bits_equal(const unsigned char *a, const unsigned char *b, int n)
{
	size_t whole = (size_t)n / 8;
	int left = n % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return left == 0 || (a[whole] ^ b[whole]) >> (8 - left) == 0;
}

/* The address with all bits behind the network's set to 0. */
static struct network
without_host(const struct network *network)
{
	struct network base = *network;

	for (int bit = base.bits; bit < bits_of(base.family); bit++)
		base.bytes[bit / 8] &= (unsigned char)~(0x80 >> bit % 8);
	return base;
}

/* NULL, or what is wrong with the word, to go on its quotation. */
static const char *
word_read(str word, struct network *network)
{
	str bits, host = str_cut(word, '/', &bits);

	if (!read_host(host, network))
		return "is not an IPv4 or IPv6 address or network";
	if (host.n < word.n && !read_bits(bits, &network->bits))
		return network->family == AF_INET ? "needs a number from 0 to 32 after the slash"
		                                  : "needs a number from 0 to 128 after the slash";
	unmap(network);
	return NULL;
}

static str
network_text(struct arena *a, const struct network *network)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(network->family, network->bytes, text, sizeof text);
	if (network->bits == bits_of(network->family))
		return str_copy(a, str_of(text));
	return fmt(a, "%s/%d", text, network->bits);
}

/* The next word of what was typed; empty when there is none left. */
static str
next_word(str *rest)
{
	size_t from = 0, n = 0;

	while (from < rest->n && strchr(" ,\t\r\n", rest->at[from]) && rest->at[from])
		from++;
	while (
	    from + n < rest->n && (!strchr(" ,\t\r\n", rest->at[from + n]) || !rest->at[from + n]))
		n++;
	str word = str_part(*rest, from, n);

	*rest = str_part(*rest, from + n, rest->n);
	return word;
}

/* Whether the word is one of the list. */
static bool
listed(str list, str word)
{
	while (list.n)
		if (str_eq(str_cut(list, ' ', &list), word))
			return true;
	return false;
}

/* A long word is cut, and not within a character. */
static str
not_taken(struct arena *a, str word, const char *why)
{
	size_t n = word.n;

	if (n > WORD_SHOWN_BYTES)
		n = WORD_SHOWN_BYTES;
	while (n && n < word.n && (word.at[n] & 0xc0) == 0x80)
		n--;
	return fmt(a, "\"%.*s%s\" %s.", STR(str_part(word, 0, n)), n < word.n ? "..." : "", why);
}

str
networks_read(struct arena *a, str typed, str *networks)
{
	struct buf kept = buf_new(a, NETWORK_TEXT_MAX);
	struct network network, base;
	size_t n = 0;

	for (str word = next_word(&typed); word.n; word = next_word(&typed)) {
		const char *why = word_read(word, &network);
		str text;

		if (why)
			return not_taken(a, word, why);
		base = without_host(&network);
		text = network_text(a, &base);
		if (memcmp(base.bytes, network.bytes, sizeof base.bytes) != 0)
			return not_taken(a, word,
			    str_c(a, fmt(a, "is not a network: that would be %.*s", STR(text))));
		if (listed(buf_str(&kept), text))
			continue;
		if (++n > NETWORKS_MAX)
			return fmt(
			    a, "These are more than %d addresses and networks.", NETWORKS_MAX);
		if (kept.n + 1 + text.n > NETWORK_TEXT_MAX)
			return fmt(a, "These are more than %d characters.", NETWORK_TEXT_MAX);
		if (kept.n)
			buf_add_char(&kept, ' ');
		buf_add(&kept, text);
	}
	*networks = buf_str(&kept);
	return (str){ 0 };
}

bool
networks_contain(str networks, str address)
{
	struct network network, host;

	if (networks.n == 0)
		return true;
	if (!read_host(address, &host))
		return false;
	unmap(&host);
	while (networks.n) {
		str word = str_cut(networks, ' ', &networks);

		if (!word_read(word, &network) && network.family == host.family &&
		    bits_equal(network.bytes, host.bytes, network.bits))
			return true;
	}
	return false;
}
