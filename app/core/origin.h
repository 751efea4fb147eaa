/* origin.h - a public address of the form scheme://host or scheme://host:port, and nothing behind it.
 *
 * It is compared byte by byte with the Host and Origin headers of browsers, so only the spelling that
 * they use is taken: lower case, and no port where it is the scheme's own (RFC 6454 section 6.1).
 */
#ifndef CORE_ORIGIN_H
#define CORE_ORIGIN_H

#include "base/str.h"

struct origin {
	bool https;
	str authority; /* host or host:port, as the Host header has it: a view into the text */
	bool loopback; /* 127.0.0.0/8, [::1] or localhost */
};

/* Takes the text apart. NULL when it is one; otherwise what is wrong with it, in words. http is only
 * taken for loopback hosts: elsewhere passwords would travel in the clear. */
const char *origin_parse(str, struct origin *);

/* host or host:port of any scheme: views into the text. */
struct authority {
	str host; /* an IPv6 address in its brackets */
	str port; /* empty when none is named */
	bool loopback;
};

/* False when it is neither. */
bool authority_read(str, struct authority *);

/* An address as text in its bytes: 4 of AF_INET, 16 of AF_INET6. False when it is none of that family. */
bool address_read(int family, str, unsigned char bytes[16]);

/* Whether it is an IPv4 or IPv6 address as text, without brackets, port or zone. */
bool is_address(str);

#endif
