/* origin.c - a public address of the form scheme://host or scheme://host:port. */
#define _GNU_SOURCE
#include "core/origin.h"

#include <arpa/inet.h>
#include <string.h>

/* inet_pton() wants a C string; no address is longer than its buffer. */
bool
address_read(int family, str text, unsigned char address[16])
{
	char text_c[INET6_ADDRSTRLEN];

	if (text.n == 0 || text.n >= sizeof text_c)
		return false;
	if (str_find_char(text, '\0') != text.n)
		return false;
	memcpy(text_c, text.at, text.n);
	text_c[text.n] = 0;
	return inet_pton(family, text_c, address) == 1;
}

bool
is_address(str text)
{
	unsigned char address[16];

	return address_read(AF_INET, text, address) || address_read(AF_INET6, text, address);
}

static bool
is_digits_and_dots(str host)
{
	for (size_t i = 0; i < host.n; i++)
		if ((host.at[i] < '0' || host.at[i] > '9') && host.at[i] != '.')
			return false;
	return true;
}

static bool
is_label(str label)
{
	if (label.n == 0 || label.n > 63 || label.at[0] == '-' || label.at[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++) {
		char c = label.at[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-')
			return false;
	}
	return true;
}

/* Labels of a-z, 0-9 and - (RFC 1123 section 2.1), separated by single dots. */
static bool
is_name(str host)
{
	if (host.n == 0 || str_ends(host, S(".")))
		return false;
	while (host.n != 0)
		if (!is_label(str_cut(host, '.', &host)))
			return false;
	return true;
}

/* Whether it is a host at all; sets loopback. "127.example.org" is a name, not loopback. */
static bool
read_host(str host, bool *loopback)
{
	static const unsigned char ipv6_loopback[16] = { [15] = 1 };
	unsigned char address[16];

	if (str_starts(host, S("[")) && str_ends(host, S("]"))) {
		if (!address_read(AF_INET6, str_part(host, 1, host.n - 2), address))
			return false;
		*loopback = memcmp(address, ipv6_loopback, sizeof address) == 0;
		return true;
	}
	if (is_digits_and_dots(host)) {
		if (!address_read(AF_INET, host, address))
			return false;
		*loopback = address[0] == 127;
		return true;
	}
	*loopback = str_eq(host, S("localhost"));
	return is_name(host);
}

/* Where the host ends: at the colon before the port, which is not one of those inside brackets. */
static size_t
host_length(str authority)
{
	size_t bracket = str_starts(authority, S("[")) ? str_find_char(authority, ']') : 0;

	return bracket + str_find_char(str_part(authority, bracket, authority.n), ':');
}

static bool
is_port(str text, int64_t but)
{
	int64_t port = 0;

	if (text.n == 0 || text.at[0] < '1' || text.at[0] > '9' || !str_int(text, &port))
		return false;
	return port <= 65535 && port != but;
}

bool
authority_read(str text, struct authority *authority)
{
	size_t host_n = host_length(text);
	struct authority a = { .host = str_part(text, 0, host_n) };

	if (host_n == 0 || !read_host(a.host, &a.loopback))
		return false;
	if (host_n < text.n) {
		a.port = str_part(text, host_n + 1, text.n);
		if (!is_port(a.port, 0))
			return false;
	}
	*authority = a;
	return true;
}

const char *
origin_parse(str text, struct origin *origin)
{
	struct origin o = { .https = str_starts(text, S("https://")) };
	size_t host_n;

	if (!o.https && !str_starts(text, S("http://")))
		return "must begin with https:// or http://";
	o.authority = str_part(text, o.https ? 8 : 7, text.n);
	host_n = host_length(o.authority);
	if (host_n == 0 || !read_host(str_part(o.authority, 0, host_n), &o.loopback))
		return "must be scheme://host or scheme://host:port in lower case, nothing more";
	if (host_n < o.authority.n &&
	    !is_port(str_part(o.authority, host_n + 1, o.authority.n), o.https ? 443 : 80))
		return "must name a port from 1 to 65535 that is not the scheme's own, or none";
	if (!o.https && !o.loopback)
		return "must be https: http is for loopback only";
	*origin = o;
	return NULL;
}
