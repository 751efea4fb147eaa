/* token_words.c - tests of the words in a token's scope: kept by a thread, and never longer than they are the catalogue's. */
#define _GNU_SOURCE
#include "core/token_words.h"
#include "core/called.h"
#include "core/entitlement.h"

/* The scope that the key's next token has, and how many statements it took behind the one that decides. */
static str
scope_of(struct caller_at *c, int64_t *statements)
{
	struct request *rq;
	int64_t before;
	str scope;

	assert_int_equal(ask(&c->key), VERDICT_GOOD);
	rq = &world.hand.rq;
	before = db_executed(rq->db);
	scope = token_scope(rq, &c->key.caller);
	*statements = db_executed(rq->db) - before;
	return str_copy(&world.hand.start, scope);
}

#define CHECK_SCOPE(c, word, there, cost)                                      \
	do {                                                                   \
		int64_t statements_;                                           \
		str scope_ = scope_of(c, &statements_);                        \
		assert_int_equal(token_scope_lists(scope_, S(word)), (there)); \
		assert_int_equal(statements_, (cost));                         \
	} while (0)

/* As an operator does; another one holds up nobody. */
static void
entitle(const struct caller_at *c, const char *api, bool to)
{
	struct request *rq = hand_begin(&world.hand, 0);

	rq->actor = &(struct actor){ .org = c->key.ann.org };
	if (to)
		assert_true(entitlement_give(rq, c->key.ann.org, str_of(api)));
	else
		assert_true(entitlement_withdraw(rq, c->key.ann.org, str_of(api)));
	commit(rq);
}

/* By plain SQL, which raises nothing. */
static void
entitle_by_hand(const struct caller_at *c, const char *api)
{
	sql_run("INSERT INTO entitlement (organization_id, api_id, granted_at) "
		"SELECT %ld, id, '2024-01-01' FROM api WHERE word = '%s'",
	    (long)c->key.ann.org, api);
}

/* What another thread or machine does. */
static void
raise_catalogue(void)
{
	sql_run("UPDATE catalogue SET version = version + 1");
}

/* Two statements, the words and the APIs of the one who asks; none until something is changed, by whomever for whomever. */
static void
an_entitlement_shows_in_the_next_token(void **state)
{
	struct caller_at c = account_key(), other = account_key();

	(void)state;
	raise_catalogue();
	CHECK_SCOPE(&c, "data:read", true, 2);
	CHECK_SCOPE(&c, "profile:read", true, 0);
	CHECK_SCOPE(&other, "data:read", true, 1);
	entitle(&c, "data", false);
	CHECK_SCOPE(&c, "data:read", false, 2);
	CHECK_SCOPE(&c, "profile:read", true, 0);
	CHECK_SCOPE(&other, "data:read", true, 1);
	entitle(&c, "data", true);
	entitle(&c, "profile", false);
	CHECK_SCOPE(&c, "data:read", true, 2);
	CHECK_SCOPE(&c, "profile:read", false, 0);
	CHECK_SCOPE(&other, "profile:read", true, 1);
}

/* The scope of the next token, so much later. */
static bool
lists_after(struct caller_at *c, const char *word, int64_t later)
{
	struct request *rq;

	assert_int_equal(ask(&c->key), VERDICT_GOOD);
	rq = &world.hand.rq;
	rq->now += later;
	return token_scope_lists(token_scope(rq, &c->key.caller), str_of(word));
}

/* Whoever goes around Keydesk is heard a little later: not within the time, and not beyond it; and a clock that was set back
 * does not make it longer. */
static void
what_is_changed_by_hand_shows_soon(void **state)
{
	struct caller_at c = account_key();

	(void)state;
	raise_catalogue();
	entitle(&c, "profile", false);
	assert_false(lists_after(&c, "profile:read", 0));
	entitle_by_hand(&c, "profile");
	assert_true(lists_after(&c, "profile:read", TOKEN_WORDS_AGE));
	entitle(&c, "profile", false);
	assert_false(lists_after(&c, "profile:read", 0));
	entitle_by_hand(&c, "profile");
	assert_true(lists_after(&c, "profile:read", -SECOND));
}

/* More organizations than a thread has places for, and more than it has room for. */
static void
many_organizations_have_their_own(void **state)
{
	enum { ORGS = 200, ROUNDS = 4 };
	struct caller_at c = account_key(), none = account_key();
	struct request *rq;
	int64_t org = c.key.ann.org;

	(void)state;
	entitle(&none, "profile", false);
	assert_int_equal(ask(&c.key), VERDICT_GOOD);
	rq = &world.hand.rq;
	for (int64_t i = 0; i < (int64_t)ROUNDS * ORGS; i++) {
		c.key.caller.org = org + 1000 + i % ORGS;
		assert_int_equal(token_scope(rq, &c.key.caller).n, 0);
		c.key.caller.org = none.key.ann.org;
		assert_false(token_scope_lists(token_scope(rq, &c.key.caller), S("profile:read")));
		c.key.caller.org = org;
		assert_true(token_scope_lists(token_scope(rq, &c.key.caller), S("profile:read")));
	}
}

static void
another_catalogue_shows_in_the_next_token(void **state)
{
	struct caller_at c = account_key();

	(void)state;
	CHECK_SCOPE(&c, "profile:draw", false, 1);
	sql_run("INSERT INTO permission (api_id, word, name, only_reads, position) "
		"SELECT id, 'draw', 'Draw', 0, 90 FROM api WHERE word = 'profile'");
	raise_catalogue();
	CHECK_SCOPE(&c, "profile:draw", true, 2);
	CHECK_SCOPE(&c, "profile:draw", true, 0);
	entitle(&c, "profile", false);
	CHECK_SCOPE(&c, "profile:draw", false, 2);
	entitle(&c, "profile", true);
	sql_run("DELETE FROM permission WHERE word = 'draw'");
	raise_catalogue();
	CHECK_SCOPE(&c, "profile:draw", false, 2);
	CHECK_SCOPE(&c, "profile:read", true, 0);
}

/* It has changed while the request was on its way: the newer words, and no others the next time. */
static void
a_change_in_between_is_no_harm(void **state)
{
	struct caller_at c = account_key();
	struct request *rq;
	str scope;

	(void)state;
	assert_int_equal(ask(&c.key), VERDICT_GOOD);
	rq = &world.hand.rq;
	sql_run("INSERT INTO permission (api_id, word, name, only_reads, position) "
		"SELECT id, 'etch', 'Etch', 0, 91 FROM api WHERE word = 'profile'");
	raise_catalogue();
	c.key.caller.catalogue--; /* so that this thread does not have it */
	scope = token_scope(rq, &c.key.caller);
	assert_true(token_scope_lists(scope, S("profile:etch")));
	CHECK_SCOPE(&c, "profile:etch", true, 0);
	sql_run("DELETE FROM permission WHERE word = 'etch'");
	raise_catalogue();
	CHECK_SCOPE(&c, "profile:etch", false, 2);
}

/* More than a claim holds: it is left out, and narrows nothing. */
static void
too_many_words_are_none(void **state)
{
	struct caller_at c = account_key();
	int64_t statements;

	(void)state;
	sql_run("INSERT INTO permission (api_id, word, name, only_reads, position) SELECT a.id, "
		"CONCAT(REPEAT('v', 25), seq), CONCAT('Many ', seq), 0, 100 + seq FROM api a JOIN "
		"seq_100_to_199 WHERE a.word = 'data'");
	raise_catalogue();
	assert_int_equal(scope_of(&c, &statements).n, 0);
	sql_run("DELETE FROM permission WHERE word LIKE 'vvvvv%%'");
	raise_catalogue();
	assert_true(scope_of(&c, &statements).n > 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entitlement_shows_in_the_next_token),
		cmocka_unit_test(what_is_changed_by_hand_shows_soon),
		cmocka_unit_test(many_organizations_have_their_own),
		cmocka_unit_test(another_catalogue_shows_in_the_next_token),
		cmocka_unit_test(a_change_in_between_is_no_harm),
		cmocka_unit_test(too_many_words_are_none),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
