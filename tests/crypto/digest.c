/* digest.c - hashes, keyed hashes, derived keys, sealed texts and checksums, against known answers. */
#include "check.h"

#include "crypto/digest.h"

#include <limits.h>

static str
repeat(struct arena *a, char c, size_t n)
{
	char *at = NEW(a, char, n);

	memset(at, c, n);
	return (str){ at, n };
}

static str
unhex(struct arena *a, const char *hex)
{
	str bytes = { 0 };

	assert_true(digest_unhex(a, str_of(hex), &bytes));
	return bytes;
}

static void
check_digest(struct digest d, const char *hex)
{
	CHECK_STR_EQ(digest_hex(test_arena(), DIGEST_STR(d)), str_of(hex));
}

static void
sha256_of_known_texts(void **state)
{
	(void)state;
	/* FIPS 180-4's examples. */
	check_digest(digest_sha256((str){ 0 }),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_digest(digest_sha256(S("abc")),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_digest(digest_sha256(S("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* RFC 4231 sections 4.2 to 4.8, without 4.6, which is about a shortened result. */
static void
hmac_of_known_texts(void **state)
{
	struct arena *a = test_arena();
	str key;

	(void)state;
	check_digest(digest_hmac(repeat(a, 0x0b, 20), S("Hi There"), (str){ 0 }),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	check_digest(digest_hmac(S("Jefe"), S("what do ya want "), S("for nothing?")),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	a = test_arena();
	check_digest(digest_hmac(repeat(a, (char)0xaa, 20), (str){ 0 }, repeat(a, (char)0xdd, 50)),
	    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	a = test_arena();
	key = unhex(a, "0102030405060708090a0b0c0d0e0f10111213141516171819");
	check_digest(digest_hmac(key, repeat(a, (char)0xcd, 49), repeat(a, (char)0xcd, 1)),
	    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
	a = test_arena();
	check_digest(digest_hmac(repeat(a, (char)0xaa, 131),
			 S("Test Using Larger Than Block-Size Key - Hash Key First"), (str){ 0 }),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	a = test_arena();
	check_digest(
	    digest_hmac(repeat(a, (char)0xaa, 131),
		S("This is a test using a larger than block-size key and a larger than block-size "
		  "data. "),
		S("The key needs to be hashed before being used by the HMAC algorithm.")),
	    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

static void
hmac_key_of_just_a_block_is_not_hashed(void **state)
{
	struct arena *a = test_arena();
	str block = repeat(a, 'k', 64), longer = repeat(a, 'k', 65);
	struct digest hashed = digest_sha256(longer);
	struct digest expected = digest_hmac(DIGEST_STR(hashed), S("x"), S("y"));
	struct digest actual = digest_hmac(longer, S("x"), S("y"));

	(void)state;
	CHECK_STR_EQ(DIGEST_STR(actual), DIGEST_STR(expected));
	hashed = digest_sha256(block);
	expected = digest_hmac(DIGEST_STR(hashed), S("x"), S("y"));
	actual = digest_hmac(block, S("x"), S("y"));
	assert_false(str_eq(DIGEST_STR(actual), DIGEST_STR(expected)));
}

static void
subkeys_are_hkdf(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	/* RFC 5869 section A.3, the first 32 of its 42 bytes: no salt, no info. */
	check_digest(digest_subkey(repeat(a, 0x0b, 22), (str){ 0 }),
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
	/* openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt info:"keydesk 1 tag"
	 *     -kdfopt hexkey:000102...1e1f HKDF */
	a = test_arena();
	check_digest(
	    digest_subkey(
		unhex(a, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
		S("keydesk 1 tag")),
	    "5a0a38514ad522d3d843f4fa377c064be694c9aefe674979381260a54c5572ce");
}

static void
hex_both_ways(void **state)
{
	static const char *const refused[] = { "0", "0g", "AB", "0 ", "0x10", "a\xc3\xa4", "-1" };
	struct arena *a = test_arena();
	str bytes = S("untouched");

	(void)state;
	CHECK_STR(digest_hex(a, (str){ "\x00\x7f\x80\xff", 4 }), "007f80ff");
	CHECK_STR(digest_hex(a, (str){ 0 }), "");
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		assert_false(digest_unhex(a, str_of(refused[i]), &bytes));
	CHECK_STR(bytes, "untouched");
	assert_true(digest_unhex(a, S("00ff"), &bytes));
	CHECK_STR_EQ(bytes, ((str){ "\x00\xff", 2 }));
	assert_true(digest_unhex(a, S(""), &bytes));
	CHECK_STR(bytes, "");
}

static void
base64url_both_ways(void **state)
{
	struct arena *a = test_arena();
	str bytes = S("untouched");

	(void)state;
	CHECK_STR(digest_base64url(a, (str){ "\xfb\xff\xfe", 3 }), "-__-");
	CHECK_STR(digest_base64url(a, (str){ 0 }), "");
	assert_false(digest_unbase64url(a, S("+//+"), &bytes));
	assert_false(digest_unbase64url(a, S("Zg=="), &bytes));
	CHECK_STR(bytes, "untouched");
	assert_true(digest_unbase64url(a, S("-__-"), &bytes));
	CHECK_STR_EQ(bytes, ((str){ "\xfb\xff\xfe", 3 }));
	assert_true(digest_unbase64url(a, S(""), &bytes));
	CHECK_STR(bytes, "");
}

static void
sealed_text_opens(void **state)
{
	struct arena *a = test_arena();
	struct digest key = digest_sha256(S("a key"));

	(void)state;
	for (size_t n = 0; n < 70; n++) {
		str plain = repeat(a, 'p', n), text = digest_seal(a, &key, S("row 7"), plain);

		assert_int_equal(text.n, n + SEAL_EXTRA_BYTES);
		assert_true(digest_unseal(a, &key, S("row 7"), &text));
		CHECK_STR_EQ(text, plain);
	}
	assert_false(
	    str_eq(digest_seal(a, &key, S(""), S("x")), digest_seal(a, &key, S(""), S("x"))));
}

/* Test case 14 of McGrew and Viega's GCM paper: zero key, zero nonce, 16 zero bytes. */
static void
sealed_text_is_aes_256_gcm(void **state)
{
	struct arena *a = test_arena();
	struct digest key = { { 0 } };
	str text = unhex(a, "000000000000000000000000cea7403d4d606b6e074ec5d3baf39d18"
			    "d0d1c8a799996bf0265b98b5d48ab919");

	(void)state;
	assert_true(digest_unseal(a, &key, (str){ 0 }, &text));
	CHECK_STR_EQ(text, repeat(a, 0, 16));
}

static void
refused(const struct digest *key, str context, str sealed)
{
	str text = sealed;

	assert_false(digest_unseal(test_arena(), key, context, &text));
	assert_ptr_equal(text.at, sealed.at);
	assert_int_equal(text.n, sealed.n);
}

static void
changed_seal_does_not_open(void **state)
{
	struct digest key = digest_sha256(S("a key")), other = digest_sha256(S("another"));
	char at[100];
	str sealed = digest_seal(test_arena(), &key, S("row 7"), S("the seed"));

	(void)state;
	assert_true(sealed.n < sizeof at);
	memcpy(at, sealed.at, sealed.n);
	sealed.at = at;
	for (size_t i = 0; i < sealed.n * 8; i++) {
		at[i / 8] = (char)(at[i / 8] ^ (1 << i % 8));
		refused(&key, S("row 7"), sealed);
		at[i / 8] = (char)(at[i / 8] ^ (1 << i % 8));
	}
	for (size_t n = 0; n < sealed.n; n++)
		refused(&key, S("row 7"), str_part(sealed, 0, n));
	refused(&key, S("row 8"), sealed);
	refused(&key, S(""), sealed);
	refused(&other, S("row 7"), sealed);
	assert_true(digest_unseal(test_arena(), &key, S("row 7"), &sealed));
	CHECK_STR(sealed, "the seed");
}

static void
seal_too_long(void *arg)
{
	struct digest key = { { 0 } };

	digest_seal(arg, &key, S(""), (str){ "x", INT_MAX });
}

static void
context_too_long(void *arg)
{
	struct digest key = { { 0 } };

	digest_seal(arg, &key, (str){ "x", (size_t)INT_MAX + 1 }, S("x"));
}

/* OpenSSL counts in int. */
static void
texts_past_int_are_not_sealed(void **state)
{
	struct arena *a = test_arena();
	struct digest key = { { 0 } };

	(void)state;
	CHECK_FAULT(a, seal_too_long, a, "too long to seal");
	CHECK_FAULT(a, context_too_long, a, "too long to seal");
	refused(&key, S(""), (str){ "x", (size_t)INT_MAX + 1 });
}

static void
crc_of_known_texts(void **state)
{
	(void)state;
	assert_int_equal(
	    digest_crc32(S("123456789")), 0xcbf43926); /* the catalogue's check value */
	assert_int_equal(digest_crc32((str){ 0 }), 0);
	assert_int_equal(
	    digest_crc32(S("The quick brown fox jumps over the lazy dog")), 0x414fa339);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_of_known_texts),
		cmocka_unit_test(hmac_of_known_texts),
		cmocka_unit_test(hmac_key_of_just_a_block_is_not_hashed),
		cmocka_unit_test(subkeys_are_hkdf),
		cmocka_unit_test(hex_both_ways),
		cmocka_unit_test(base64url_both_ways),
		cmocka_unit_test(sealed_text_opens),
		cmocka_unit_test(sealed_text_is_aes_256_gcm),
		cmocka_unit_test(changed_seal_does_not_open),
		cmocka_unit_test(texts_past_int_are_not_sealed),
		cmocka_unit_test(crc_of_known_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
