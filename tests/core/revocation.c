/* revocation.c - a revoked token is refused at once, by the statement that is asked anyway. */
#define _GNU_SOURCE
#include "core/asked.h"

#include "core/revocation.h"
#include "core/secret.h"
#include "db/db.h"

/* A token of the key, and its claims. */
static str
token_of(struct asked *a, struct token_claims *claims)
{
	struct request *rq;
	str token;

	assert_int_equal(ask(a), VERDICT_GOOD);
	rq = &world.hand.rq;
	token =
	    str_copy(&world.hand.start, token_make(rq, &a->caller, token_scope(rq, &a->caller)));
	assert_int_equal(token_read(rq, token, claims), VERDICT_GOOD);
	claims->jti = str_copy(&world.hand.start, claims->jti);
	claims->kds = str_copy(&world.hand.start, claims->kds);
	return token;
}

static enum verdict
shown(str token, int64_t *statements)
{
	struct request *rq = hand_ask(&world.hand, 0);
	int64_t before = db_executed(rq->db);
	struct caller caller;
	enum verdict verdict = verify_token(rq, &(struct presented){ .token = token }, &caller);

	*statements = db_executed(rq->db) - before;
	return verdict;
}

static void
end_token(struct asked *a, const struct token_claims *claims)
{
	struct request *rq = &world.hand.rq;
	struct token_claims copy = *claims;

	assert_int_equal(ask(a), VERDICT_GOOD);
	token_revoke(rq, &copy, &a->caller);
	assert_int_equal(rq->late, 0);
}

static void
it_costs_no_statement_more(void **state)
{
	struct asked a = key_of(S("production"));
	struct token_claims claims, others;
	str token = token_of(&a, &claims), other = token_of(&a, &others);
	int64_t before, after;

	(void)state;
	assert_int_equal(shown(token, &before), VERDICT_GOOD);
	end_token(&a, &claims);
	assert_int_equal(shown(token, &after), VERDICT_TOKEN_REVOKED);
	assert_int_equal(after, before);
	assert_int_equal(after, 1);
	assert_int_equal(shown(other, &after), VERDICT_GOOD);
	assert_int_equal(ask(&a), VERDICT_GOOD);
}

static void
twice_is_once(void **state)
{
	struct asked a = key_of(S("production"));
	struct token_claims claims;

	(void)state;
	token_of(&a, &claims);
	end_token(&a, &claims);
	end_token(&a, &claims);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM token_revocation WHERE jti = '%.*s'", STR(claims.jti)),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE act = 'token.revoke' "
				    "AND organization_id = %ld",
			     (long)a.ann.org),
	    1);
}

static void
it_lasts_until_the_token_has_expired(void **state)
{
	struct asked a = key_of(S("production"));
	struct token_claims claims;

	(void)state;
	token_of(&a, &claims);
	end_token(&a, &claims);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM token_revocation WHERE jti = '%.*s' AND "
				    "expires_at = TIMESTAMPADD(SECOND, %ld, '1970-01-01')",
			     STR(claims.jti), (long)claims.exp),
	    1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_costs_no_statement_more),
		cmocka_unit_test(twice_is_once),
		cmocka_unit_test(it_lasts_until_the_token_has_expired),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
