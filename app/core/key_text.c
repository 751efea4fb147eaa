/* key_text.c - a public key in what people paste. */
#include "core/key_text.h"

#include "crypto/base64.h"
#include "crypto/digest.h"
#include "http/json.h"

static const str not_a_key =
    STR_INIT("This is no public key. Paste one as PEM, from -----BEGIN PUBLIC KEY----- to "
	     "-----END PUBLIC KEY-----, or as a JWK.");
static const str is_private =
    STR_INIT("This is a private key, which only your program should have. Nothing of it was kept. "
	     "Paste the public key; if others could see this one, make a new pair.");
static const str broken = STR_INIT("This public key is cut off or mistyped. Copy it again, whole.");

static const str other_alg =
    STR_INIT("Its alg is not one that such a key is used with here: ES256 with P-256, EdDSA with "
	     "Ed25519, RS256 or PS256 with RSA.");

static const str pem_begin = STR_INIT("-----BEGIN PUBLIC KEY-----");
static const str pem_end = STR_INIT("-----END PUBLIC KEY-----");

/* ---- what must not be shown again */

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Every form of a private key that is text says so: PEM, OpenSSH's, PuTTY's ("Private-Lines"). */
static bool
says_private(str text)
{
	static const str word = STR_INIT("private");

	for (size_t i = 0; i + word.n <= text.n; i++) {
		size_t k = 0;

		while (k < word.n && small(text.at[i + k]) == word.at[k])
			k++;
		if (k == word.n)
			return true;
	}
	return false;
}

static bool
is_one_of(str name, const str *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, names[i]))
			return true;
	return false;
}

/* RFC 7518 sections 6.2.2, 6.3.2 and 6.4, RFC 8037 section 2. */
static bool
is_private_member(str name)
{
	static const str names[] = { STR_INIT("d"), STR_INIT("p"), STR_INIT("q"), STR_INIT("dp"),
		STR_INIT("dq"), STR_INIT("qi"), STR_INIT("oth"), STR_INIT("k") };

	return is_one_of(name, names, sizeof names / sizeof names[0]);
}

static bool
is_public_member(str name)
{
	static const str names[] = { STR_INIT("kty"), STR_INIT("crv"), STR_INIT("x"), STR_INIT("y"),
		STR_INIT("n"), STR_INIT("e"), STR_INIT("use"), STR_INIT("key_ops"), STR_INIT("alg"),
		STR_INIT("kid"), STR_INIT("ext"), STR_INIT("iat"), STR_INIT("nbf"), STR_INIT("exp"),
		STR_INIT("x5c"), STR_INIT("x5u"), STR_INIT("x5t"), STR_INIT("x5t#S256") };

	return is_one_of(name, names, sizeof names / sizeof names[0]);
}

/* ---- PEM */

/* The bytes of a body of base64, in lines as it may be; the empty text when it is none. */
static str
pem_bytes(struct arena *a, str body)
{
	char *chars = NEW(a, char, body.n + 1), *bytes = NEW(a, char, BASE64_BYTES(body.n) + 1);
	size_t n = 0, read = 0;

	for (size_t i = 0; i < body.n; i++)
		if (body.at[i] != '\n' && body.at[i] != '\r' && body.at[i] != ' ' &&
		    body.at[i] != '\t')
			chars[n++] = body.at[i];
	for (int padding = 0; padding < 2 && n && chars[n - 1] == '='; padding++)
		n--;
	if (!base64_read(BASE64_PLAIN, (str){ chars, n }, bytes, &read))
		return (str){ 0 };
	return (str){ bytes, read };
}

static str
wrong_words(enum public_key_wrong wrong)
{
	switch (wrong) {
	case PUBLIC_KEY_RIGHT:
		return (str){ 0 };
	case PUBLIC_KEY_OTHER:
		return S("Keys of this kind are not taken. Make one of P-256 or Ed25519, or an RSA "
			 "key of 2,048 to 4,096 bits.");
	case PUBLIC_KEY_WEAK:
		return S("This RSA key is too short. Make one of 2,048 bits or more.");
	case PUBLIC_KEY_LARGE:
		return S("This RSA key is too long. Make one of 4,096 bits or less.");
	case PUBLIC_KEY_EXPONENT:
		return S("The exponent of this RSA key is not taken. Make a key with 65537.");
	case PUBLIC_KEY_UNREADABLE:
		break;
	}
	return broken;
}

/* Another thing than a public key, which is no secret either: what to do with it. */
static str
pem_other(str text)
{
	if (str_starts(text, S("-----BEGIN CERTIFICATE-----")))
		return S("This is a certificate. Paste its public key: openssl x509 -pubkey -noout "
			 "-in FILE prints it.");
	if (str_starts(text, S("-----BEGIN RSA PUBLIC KEY-----")))
		return S("This key is in the older form of RSA. openssl rsa -RSAPublicKey_in "
			 "-pubout -in FILE prints the one that is taken.");
	return (str){ 0 };
}

static str
pem_read(struct arena *a, str text, struct public_key *key)
{
	size_t frame = pem_begin.n + pem_end.n;
	str body;

	if (!str_ends(text, pem_end) || text.n < frame)
		return broken;
	body = str_part(text, pem_begin.n, text.n - frame);
	if (str_find(body, S("-----")) < body.n)
		return S("These are several keys. Paste one.");
	return wrong_words(public_key_read(a, pem_bytes(a, body), key));
}

static void
pem_text_read(struct arena *a, str text, struct key_text *read)
{
	read->wrong = pem_other(text);
	read->clear = read->wrong.n || str_starts(text, pem_begin);
	if (!read->clear)
		read->wrong = not_a_key;
	else if (!read->wrong.n)
		read->wrong = pem_read(a, text, &read->key);
	/* Under that name may stand the bytes of a private one. */
	read->clear &= !str_eq(read->wrong, broken);
}

/* ---- JWK */

struct jwk {
	str kty, crv, x, y, n, e, use, alg;
};

static str
jwk_member(const struct json_members *members, str name)
{
	for (size_t i = 0; i < members->n; i++)
		if (str_eq(members->at[i].name, name) && !members->at[i].change)
			return members->at[i].is;
	return (str){ 0 };
}

static bool
jwk_numbers(struct arena *a, const struct jwk *jwk, struct public_key_numbers *numbers)
{
	if (numbers->kind == PUBLIC_KEY_RSA)
		return digest_unbase64url(a, jwk->n, &numbers->n) &&
		       digest_unbase64url(a, jwk->e, &numbers->e);
	return digest_unbase64url(a, jwk->x, &numbers->x) &&
	       (numbers->kind == PUBLIC_KEY_ED25519 || digest_unbase64url(a, jwk->y, &numbers->y));
}

static enum public_key_kind
jwk_kind(const struct jwk *jwk)
{
	if (str_eq(jwk->kty, S("EC")) && str_eq(jwk->crv, S("P-256")))
		return PUBLIC_KEY_P256;
	if (str_eq(jwk->kty, S("OKP")) && str_eq(jwk->crv, S("Ed25519")))
		return PUBLIC_KEY_ED25519;
	return str_eq(jwk->kty, S("RSA")) ? PUBLIC_KEY_RSA : PUBLIC_KEY_NONE;
}

/* Ed25519 is a newer name of that EdDSA (RFC 9864). */
static bool
alg_fits(struct arena *a, const struct public_key *key, str alg)
{
	if (key->kind == PUBLIC_KEY_ED25519 && str_eq(alg, S("Ed25519")))
		return true;
	return alg.n == 0 || key_text_fits(key_text_kind(a, key), alg);
}

static void
jwk_read(struct arena *a, const struct json_members *members, struct key_text *read)
{
	struct jwk jwk = { .kty = jwk_member(members, S("kty")),
		.crv = jwk_member(members, S("crv")),
		.x = jwk_member(members, S("x")),
		.y = jwk_member(members, S("y")),
		.n = jwk_member(members, S("n")),
		.e = jwk_member(members, S("e")),
		.use = jwk_member(members, S("use")),
		.alg = jwk_member(members, S("alg")) };
	struct public_key_numbers numbers = { .kind = jwk_kind(&jwk) };

	if (!jwk.kty.n)
		read->wrong = not_a_key;
	else if (numbers.kind == PUBLIC_KEY_NONE)
		read->wrong = wrong_words(PUBLIC_KEY_OTHER);
	else if (jwk.use.n && !str_eq(jwk.use, S("sig")))
		read->wrong = S("This key is for encryption. Paste one for signatures.");
	else if (!jwk_numbers(a, &jwk, &numbers))
		read->wrong = broken;
	else
		read->wrong = wrong_words(public_key_make(a, &numbers, &read->key));
	if (!read->wrong.n && !alg_fits(a, &read->key, jwk.alg))
		read->wrong = other_alg;
}

static bool
has_private(const struct json_members *members)
{
	for (size_t i = 0; i < members->n; i++)
		if (is_private_member(members->at[i].name))
			return true;
	return false;
}

static void
members_read(struct arena *a, const struct json_members *members, struct key_text *read)
{
	read->clear = true;
	for (size_t i = 0; i < members->n; i++)
		read->clear &= is_public_member(members->at[i].name);
	jwk_read(a, members, read);
}

/* A set is a list of keys; of one that holds several nothing is looked at. */
static void
json_text_read(struct arena *a, str text, struct key_text *read)
{
	struct json_members members = json_members(a, text);
	str keys = jwk_member(&members, S("keys"));
	bool private = has_private(&members), more = members.n > 1;

	if (keys.n) {
		members = json_members(a, str_part(keys, 1, keys.n - 2));
		if (!members.n) {
			read->wrong = S("Paste a set that holds just one key.");
			return;
		}
	}
	if (private || has_private(&members))
		read->wrong = is_private;
	else if (members.n)
		members_read(a, &members, read);
	else
		read->wrong = not_a_key;
	read->clear &= !keys.n || !more; /* what else stands beside the set was not looked at */
}

struct key_text
key_text_read(struct arena *a, str text)
{
	struct key_text read = { 0 };

	text = str_trim(text);
	if (says_private(text))
		read.wrong = is_private;
	else if (str_starts(text, S("-----BEGIN ")))
		pem_text_read(a, text, &read);
	else if (str_starts(text, S("{")))
		json_text_read(a, text, &read);
	else
		read.wrong = not_a_key;
	if (read.wrong.n)
		read.key = (struct public_key){ 0 };
	return read;
}

/* ---- its words */

str
key_text_kind(struct arena *a, const struct public_key *key)
{
	switch (key->kind) {
	case PUBLIC_KEY_P256:
		return S("P-256");
	case PUBLIC_KEY_ED25519:
		return S("Ed25519");
	case PUBLIC_KEY_RSA:
		return fmt(a, "RSA %d", key->bits);
	case PUBLIC_KEY_NONE:
		break;
	}
	return (str){ 0 };
}

bool
key_text_fits(str kind, str algorithm)
{
	if (str_eq(algorithm, S("ES256")))
		return str_eq(kind, S("P-256"));
	if (str_eq(algorithm, S("EdDSA")))
		return str_eq(kind, S("Ed25519"));
	return (str_eq(algorithm, S("RS256")) || str_eq(algorithm, S("PS256"))) &&
	       str_starts(kind, S("RSA "));
}

str
key_text_algorithms(str kind)
{
	if (str_eq(kind, S("P-256")))
		return S("ES256");
	return str_eq(kind, S("Ed25519")) ? S("EdDSA") : S("RS256 or PS256");
}
