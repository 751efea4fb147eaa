/* public_key_der.c - a public key's numbers as SubjectPublicKeyInfo, in the one form that there is for each. */
#include "crypto/public_key_parts.h"

#include "base/buf.h"

/* SubjectPublicKeyInfo up to the key's own bytes (RFC 5480, RFC 8410), and the algorithm's name of RSA (RFC 8017). */
static const unsigned char p256_head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
	0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03,
	0x42, 0x00, 0x04 };
static const unsigned char ed25519_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
	0x03, 0x21, 0x00 };
static const unsigned char rsa_name[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
	0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };

static str
bytes_of(const unsigned char *at, size_t n)
{
	return (str){ (const char *)at, n };
}

/* One value: its tag, its length, and what it holds in two pieces. */
static str
der_value(struct arena *a, int tag, str one, str two)
{
	size_t n = one.n + two.n;
	struct buf b = buf_new(a, PUBLIC_KEY_MAX_BYTES);

	buf_add_char(&b, (char)tag);
	if (n >= 256)
		buf_add_char(&b, (char)0x82), buf_add_char(&b, (char)(n >> 8));
	else if (n >= 128)
		buf_add_char(&b, (char)0x81);
	buf_add_char(&b, (char)(n & 255));
	buf_add(&b, one);
	buf_add(&b, two);
	return buf_str(&b);
}

/* A positive one: a first byte of 128 and more would be a sign. */
static str
der_number(struct arena *a, str number)
{
	bool sign = number.n && (unsigned char)number.at[0] >= 128;

	return der_value(a, 0x02, (str){ "\0", sign }, number);
}

static str
der_rsa(struct arena *a, str n, str e)
{
	str key = der_value(a, 0x30, der_number(a, n), der_number(a, e));
	str bits = der_value(a, 0x03, (str){ "\0", 1 }, key);

	return der_value(a, 0x30, bytes_of(rsa_name, sizeof rsa_name), bits);
}

str
public_key_number(str number)
{
	while (number.n && number.at[0] == 0)
		number = str_part(number, 1, number.n);
	return number;
}

str
public_key_der(struct arena *a, const struct public_key_numbers *numbers)
{
	str n = public_key_number(numbers->n), e = public_key_number(numbers->e);
	struct buf b = buf_new(a, PUBLIC_KEY_MAX_BYTES);

	switch (numbers->kind) {
	case PUBLIC_KEY_P256:
		buf_add(&b, bytes_of(p256_head, sizeof p256_head));
		buf_add(&b, numbers->x);
		buf_add(&b, numbers->y);
		return numbers->x.n == PUBLIC_KEY_NUMBER_BYTES &&
		               numbers->y.n == PUBLIC_KEY_NUMBER_BYTES
		           ? buf_str(&b)
		           : (str){ 0 };
	case PUBLIC_KEY_ED25519:
		buf_add(&b, bytes_of(ed25519_head, sizeof ed25519_head));
		buf_add(&b, numbers->x);
		return numbers->x.n == PUBLIC_KEY_NUMBER_BYTES ? buf_str(&b) : (str){ 0 };
	case PUBLIC_KEY_RSA:
		return n.n && e.n ? der_rsa(a, n, e) : (str){ 0 };
	case PUBLIC_KEY_NONE:
		break;
	}
	return (str){ 0 };
}
