/* authorization.c - the header Authorization, taken apart. */
#include "api/authorization.h"

#include "crypto/base64.h"

/* Each byte of an ID and a secret may have been encoded as %XX. */
enum { PAIR_MAX_BYTES = 4000 };

bool
authorization_is(struct arena *a, str authorization, str scheme, str *rest)
{
	str word = str_cut(authorization, ' ', rest);

	*rest = str_trim(*rest);
	return str_eq(str_lower(a, word), scheme);
}

/* With padding, which the reader does not take. */
bool
authorization_pair(struct arena *a, str rest, str *name, str *password)
{
	char *bytes;
	size_t n;

	while (rest.n && rest.at[rest.n - 1] == '=')
		rest.n--;
	if (rest.n > PAIR_MAX_BYTES)
		return false;
	bytes = NEW(a, char, BASE64_BYTES(rest.n) + 1);
	if (!base64_read(BASE64_PLAIN, rest, bytes, &n))
		return false;
	*name = str_cut((str){ bytes, n }, ':', password);
	return true;
}
