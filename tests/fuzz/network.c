/* network.c - fuzzes app/core/network.c: what is kept is read again as itself, and each address lies in it. */
#include "fuzz.h"

#include "core/network.c"

/* The first and the last address of a network lie in the list, unless the last is an IPv4 one in IPv6's words, as that of
 * ::/80; the one before its first, in the network alone, does not. */
static void
check_ends(struct arena *a, str networks, str word)
{
	struct network network;

	must(word_read(word, &network) == NULL);

	struct network last = network, before = network;
	int at = bits_of(network.family) / 8;

	for (int bit = network.bits; bit < bits_of(network.family); bit++)
		last.bytes[bit / 8] |= (unsigned char)(0x80 >> bit % 8);
	network.bits = last.bits = before.bits = bits_of(network.family);
	must(networks_contain(networks, network_text(a, &network)));
	must(is_mapped(&last) || networks_contain(networks, network_text(a, &last)));
	while (at-- && before.bytes[at]-- == 0) /* one less */
		;
	must(at < 0 || !networks_contain(word, network_text(a, &before)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str rest, copy = fuzz_copy(data, n), address = str_cut(copy, '\n', &rest);
	struct arena *a = fuzz_arena();
	str kept = { 0 }, again = { 0 };
	str wrong = networks_read(a, rest, &kept);

	(void)networks_contain(rest, address);
	if (wrong.n) {
		must(kept.n == 0 && str_ends(wrong, S(".")) && wrong.n < 200);
	} else {
		must(networks_read(a, kept, &again).n == 0 && str_eq(kept, again));
		must(kept.n <= NETWORK_TEXT_MAX);
		for (str left = kept; left.n;)
			check_ends(a, kept, str_cut(left, ' ', &left));
		must(is_address(address) || kept.n == 0 || !networks_contain(kept, address));
	}
	fuzz_free(copy);
	return 0;
}
