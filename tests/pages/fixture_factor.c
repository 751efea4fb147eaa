/* fixture_factor.c - somebody's second factor, and the codes that their app would show. */
#include "pages/runner.h"

#include "core/factor.h"
#include "crypto/totp.h"

#include <liboath/oath.h>
#include <stdlib.h>

/* What an app makes of a seed as it is shown. */
static str
code_of(struct test *t, str seed, int64_t step)
{
	char *bytes, *code = NEW(t->arena, char, TOTP_DIGITS + 1);
	size_t n;

	if (oath_base32_decode(str_c(t->arena, seed), seed.n, &bytes, &n) != OATH_OK)
		fault(&t->world->fault, "{code:} of what is no seed");
	oath_totp_generate(bytes, n, (time_t)(step * TOTP_SECONDS), TOTP_SECONDS,
	    OATH_TOTP_DEFAULT_START_TIME, TOTP_DIGITS, code);
	free(bytes);
	return (str){ code, TOTP_DIGITS };
}

bool
fixture_code(struct test *t, str word, str *code)
{
	str name = word, seed;
	int64_t step = t->now / (TOTP_SECONDS * SECOND);

	if (str_ends(word, S("+1")) || str_ends(word, S("-1"))) {
		step += word.at[word.n - 2] == '+' ? 1 : -1;
		name = str_part(word, 0, word.n - 2);
	}
	seed = words(t, fmt(t->arena, "{%.*s}", STR(name)), WORDS_PLAIN);
	*code = code_of(t, seed, step);
	return true;
}

void
fixture_factor(struct test *t, enum who who)
{
	const struct fixture_person *person = fixture_person(t, who);
	struct request rq = world_begin(t->world, t->now - 5 * MINUTE);
	struct actor actor = { .person = person->person,
		.user = person->user,
		.org = person->user ? t->org : 0,
		.email = person->email };
	struct factor_codes codes;
	str seed;

	rq.actor = &actor;
	rq.org = actor.org;
	rq.me = actor.user;
	seed = totp_base32(t->arena, factor_begin(&rq));
	if (factor_confirm(&rq, code_of(t, seed, rq.now / (TOTP_SECONDS * SECOND)), &codes) !=
	    FACTOR_CONFIRMED)
		fault(&t->world->fault, "the second factor is not confirmed");
	word_set(t, fmt(t->arena, "%s.seed", who_word(who)), seed);
	word_set(t, fmt(t->arena, "%s.recovery", who_word(who)), codes.at[0]);
	world_end(&rq);
}
