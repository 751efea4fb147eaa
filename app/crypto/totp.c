/* totp.c - one-time codes of the time. */
#include "crypto/totp.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/wipe.h"

#include <liboath/oath.h>

enum { BITS_A_CHARACTER = 5, BITS_A_BYTE = 8 };

/* False when liboath says no, which for a step that is none it does. */
static bool
generate(str seed, int64_t step, char is[TOTP_DIGITS + 1])
{
	return oath_totp_generate(seed.at, seed.n, (time_t)(step * TOTP_SECONDS), TOTP_SECONDS,
		   OATH_TOTP_DEFAULT_START_TIME, TOTP_DIGITS, is) == OATH_OK;
}

/* 0 when it is not that code. */
static int64_t
step_if(str seed, int64_t step, str code)
{
	char is[TOTP_DIGITS + 1];
	bool same;

	if (!generate(seed, step, is))
		return 0;
	same = str_eq_secret(code, (str){ is, TOTP_DIGITS });
	wipe(is, sizeof is);
	return same ? step : 0;
}

int64_t
totp_step(str seed, int64_t now, str code)
{
	int64_t step = now / (TOTP_SECONDS * SECOND), found = 0;

	if (code.n != TOTP_DIGITS)
		return 0;
	for (int64_t i = -TOTP_WINDOW; i <= TOTP_WINDOW; i++) {
		int64_t fits = step_if(seed, step + i, code);

		found = fits ? fits : found;
	}
	return found;
}

str
totp_code(struct arena *a, str seed, int64_t now)
{
	char *code = NEW(a, char, TOTP_DIGITS + 1);

	if (!generate(seed, now / (TOTP_SECONDS * SECOND), code))
		return (str){ 0 };
	return (str){ code, TOTP_DIGITS };
}

str
totp_base32(struct arena *a, str bytes)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t chars = (bytes.n * BITS_A_BYTE + BITS_A_CHARACTER - 1) / BITS_A_CHARACTER;
	char *at = NEW(a, char, chars + 1);

	for (size_t i = 0; i < chars * BITS_A_CHARACTER; i++) {
		size_t byte = i / BITS_A_BYTE, bit = BITS_A_BYTE - 1 - i % BITS_A_BYTE;
		int set = byte < bytes.n ? (unsigned char)bytes.at[byte] >> bit & 1 : 0;

		at[i / BITS_A_CHARACTER] = (char)(at[i / BITS_A_CHARACTER] << 1 | set);
	}
	for (size_t i = 0; i < chars; i++)
		at[i] = alphabet[(unsigned char)at[i]];
	return (str){ at, chars };
}
