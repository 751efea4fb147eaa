/* token.c - fuzzes what app/core/token.c reads: claims of any kind, under a good signature.
 *
 * Whoever steals a signing key, or another program that is given one, still meets these checks: issuer,
 * environment, times.
 */
#include "fuzz.h"

#include "core/signing.c"
#include "core/token.c"

static const str url = STR_INIT("https://keydesk.example.com");

enum { NOW_SECONDS = 1800000000 };

/* A thread's desk with one key, of production; that is ready, so no database is asked. */
static struct desk *
fuzz_desk(void)
{
	static struct fault fault;
	static struct arena start;
	static struct settings settings;
	static struct desk desk;
	static struct jwt_key
	    key; /* here, not in the arena, where the sanitizer would not see it */
	int fd;

	if (desk.shared)
		return &desk;
	arena_open(&start, &fault, 1 << 20);
	json_library_init();
	settings.url = url;
	settings.token_seconds = 900;
	desk.settings = &settings;
	desk.signing = signing_open(&start);
	desk.signing->n = 1;
	desk.signing->loaded_at = INT64_MAX - HOUR;
	key = jwt_key_open(&start, JWT_EDDSA, jwt_key_make(&start, JWT_EDDSA));
	desk.signing->slots[0] =
	    (struct signing_slot){ .key = key, .production = true, .active = true };
	desk.shared = shared_make(&fault, 1024, &fd);
	return &desk;
}

/* Written again and read again, they are the same. */
static void
check_claims(struct request *rq, const struct token_claims *claims)
{
	struct buf json = buf_new(rq->arena, 65536);
	struct token_claims again = { 0 };

	must(claims->client_id.n > 0 && claims->client_id.n <= 64);
	must(claims->kds.n > 0 && claims->kds.n <= 10 && claims->env.n <= 16);
	json_write(&json, &token_claims_shape, claims);
	must(claims_read(rq, buf_str(&json), &again));
	must(str_eq(again.iss, claims->iss) && str_eq(again.client_id, claims->client_id));
	must(str_eq(again.env, claims->env) && str_eq(again.kds, claims->kds));
	must(again.exp == claims->exp);
	/* What is for others behind them changes nothing. */
	json.n--;
	buf_add(&json, S(",\"accounts\":[\"0123456789\"],\"workspaces\":[]}"));
	must(claims_read(rq, buf_str(&json), &again));
	must(str_eq(again.iss, claims->iss) && str_eq(again.scope, claims->scope));
}

static void
check_verdict(struct request *rq, str json)
{
	struct token_claims read = { 0 }, claims;
	str token = jwt_sign(rq->arena, &rq->desk->signing->slots[0].key, S("at+jwt"), json);
	enum verdict verdict = token_read(rq, token, &claims);
	bool readable = claims_read(rq, json, &read);

	must(verdict == VERDICT_GOOD || verdict == VERDICT_EXPIRED || verdict == VERDICT_FORGED ||
	     (verdict == VERDICT_MALFORMED && json.n == 0));
	must((verdict == VERDICT_GOOD || verdict == VERDICT_EXPIRED) ==
	     (readable && str_eq(read.iss, url) && str_eq(read.env, S("production"))));
	must(verdict != VERDICT_GOOD || claims.exp > NOW_SECONDS);
	must(verdict != VERDICT_EXPIRED || claims.exp <= NOW_SECONDS);
	if (readable)
		check_claims(rq, &read);

	/* The same under another type is no access token, though it is signed. */
	token = jwt_sign(rq->arena, &rq->desk->signing->slots[0].key, S("JWT"), json);
	must(token_read(rq, token, &claims) == VERDICT_MALFORMED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct desk *desk = fuzz_desk();
	struct request rq = {
		.arena = fuzz_arena(), .desk = desk, .now = (int64_t)NOW_SECONDS * SECOND
	};
	str input = fuzz_copy(data, n);

	if (n <= 2000)
		check_verdict(&rq, input);
	fuzz_free(input);
	return 0;
}
