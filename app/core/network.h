/* network.h - which addresses a credential may be used from: addresses and networks in CIDR notation.
 *
 * They are kept as one text, one blank between two, in the spelling of RFC 5952; empty means all.
 */
#ifndef CORE_NETWORK_H
#define CORE_NETWORK_H

#include "base/str.h"

/* NETWORK_TEXT_MAX is the width of client.networks. */
enum { NETWORKS_MAX = 50, NETWORK_TEXT_MAX = 2000 };

/* Reads what somebody typed: IPv4 and IPv6 addresses and networks (RFC 4632, 4291) with blanks, commas or
 * line ends between them. Gives the empty text and sets *networks to the text that is kept, or gives a
 * sentence that names the word that is wrong and says why. One that stands there twice is kept once; an
 * IPv4-mapped one (RFC 4291 section 2.5.5.2) is kept as IPv4. */
str networks_read(struct arena *, str typed, str *networks);

/* Whether the address lies in one of them, or there are none. An IPv4-mapped address is an IPv4 address.
 * What is no address lies in no network. */
bool networks_contain(str networks, str address);

#endif
