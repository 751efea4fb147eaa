/* verify_additional.c - additional secrets: shown with their key, good while that, their owner and they are. */
#define _GNU_SOURCE
#include "core/owned.h"

#include "core/rotation.h"
#include "core/secret.h"

static void
it_is_shown_with_its_key(void **state)
{
	struct owned o = owned_secret();
	struct asked *a = &o.with.key;

	(void)state;
	assert_int_equal(ask(a), VERDICT_GOOD);
	CHECK_STR_EQ(a->caller.client_id, o.key.client_id);
	CHECK_STR_EQ(a->caller.id, a->made.id);
	CHECK_STR_EQ(a->caller.sid, a->sid);
	assert_false(a->caller.all);
	assert_false(a->caller.only_reads);
	assert_int_equal(a->caller.client,
	    sql_number("SELECT id FROM client WHERE public_id = '%.*s'", STR(a->made.id)));
}

static enum verdict
shows(str client_id, str secret)
{
	struct presented presented = { .client_id = client_id, .secret = secret };
	struct caller caller;

	return verify_secret(hand_ask(&world.hand, 0), &presented, &caller);
}

/* Nothing but its own key, its own text and its own row go together. */
static void
nothing_else_fits_it(void **state)
{
	struct owned o = owned_secret(), foreign = owned_secret();
	struct asked *a = &o.with.key;
	struct client_made other;
	str mixed;

	(void)state;
	assert_int_equal(shows(o.key.client_id, a->made.secret), VERDICT_GOOD);
	assert_int_equal(shows(o.key.client_id, o.key.secret), VERDICT_GOOD);
	assert_int_equal(shows(a->made.id, a->made.secret), VERDICT_MALFORMED);
	assert_int_equal(
	    shows(AT("kdc_live_%.*s", STR(a->made.id)), a->made.secret), VERDICT_MALFORMED);
	assert_int_equal(shows(foreign.key.client_id, a->made.secret), VERDICT_MISMATCH);
	other = make_key(&a->ann, S("production"));
	assert_int_equal(shows(other.client_id, a->made.secret), VERDICT_MISMATCH);
	assert_int_equal(shows(o.key.client_id, other.secret), VERDICT_MISMATCH);
	assert_int_equal(shows(o.key.client_id, foreign.with.key.made.secret), VERDICT_MISMATCH);
	/* The id of one in the text of another: the tag is over both. */
	mixed = AT("%.*s%.*s%.*s", STR(str_part(o.key.secret, 0, 10)), STR(a->sid),
	    STR(str_part(o.key.secret, 20, o.key.secret.n)));
	assert_int_equal(shows(o.key.client_id, mixed), VERDICT_MALFORMED);
	/* Nor does the hash of one do for the other. */
	sql_run("UPDATE secret a JOIN secret b ON b.sid = '%.*s' SET a.hash = b.hash WHERE "
		"a.sid = '%.*s'",
	    STR(str_part(o.key.secret, 10, 10)), STR(a->sid));
	assert_int_equal(shows(o.key.client_id, a->made.secret), VERDICT_WRONG);
}

/* s and c are its own rows, k its key, u its owner, o their organization. The verdict before and after that, with
 * its text and with a token that it was traded for. */
static void
check_after(const char *text, enum verdict verdict)
{
	struct owned o = owned_secret();
	struct asked *a = &o.with.key;
	struct presented token = owned_token(&o);
	struct request *rq = hand_ask(&world.hand, 0);

	assert_int_equal(verify_token(rq, &token, &a->caller), VERDICT_GOOD);
	sql_run("UPDATE secret s JOIN client c ON c.id = s.client_id JOIN client k ON k.id = "
		"c.parent_id JOIN user u ON u.id = s.owner_id JOIN organization o ON o.id = "
		"c.organization_id SET %s WHERE s.sid = '%.*s'",
	    text, STR(a->sid));
	CHECK_STR_EQ(verdict_word(ask(a)), verdict_word(verdict));
	rq = hand_ask(&world.hand, 0);
	CHECK_STR_EQ(verdict_word(verify_token(rq, &token, &a->caller)), verdict_word(verdict));
}

static void
it_is_good_while_its_key_is(void **state)
{
	(void)state;
	check_after("k.status = 'deactivated'", VERDICT_CLIENT);
	check_after("k.status = 'deleted', k.place = NULL", VERDICT_CLIENT);
	check_after("k.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND", VERDICT_CLIENT_EXPIRED);
	check_after("k.expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR", VERDICT_GOOD);
	/* Rows that do not belong together are no row. */
	check_after("k.organization_id = 1, k.place = NULL", VERDICT_UNKNOWN);
	check_after("k.environment = 'integration', k.place = 50", VERDICT_UNKNOWN);
	check_after("k.kind = 'scoped', k.place = NULL", VERDICT_UNKNOWN);
	check_after("c.parent_id = c.id", VERDICT_UNKNOWN);
	check_after("s.organization_id = 1", VERDICT_UNKNOWN);
}

static void
it_is_good_while_its_owner_is(void **state)
{
	(void)state;
	check_after("u.status = 'deactivated'", VERDICT_OWNER);
	check_after("u.status = 'invited'", VERDICT_OWNER);
	check_after("u.organization_id = 1", VERDICT_OWNER);
	check_after("u.role = 'admin'", VERDICT_GOOD);
	check_after("s.owner_id = 999999999, c.owner_id = 999999999", VERDICT_OWNER);
	/* It has one owner: both rows say the same. */
	check_after("s.owner_id = NULL", VERDICT_UNKNOWN);
	check_after("c.owner_id = NULL", VERDICT_UNKNOWN);
	check_after("s.owner_id = NULL, c.owner_id = NULL", VERDICT_UNKNOWN);
	check_after("c.owner_id = c.owner_id - 1", VERDICT_UNKNOWN);
}

static void
it_is_good_while_itself_is(void **state)
{
	(void)state;
	check_after("s.status = 'pending'", VERDICT_PENDING);
	check_after("s.status = 'revoked', s.hash = NULL, s.current_of = NULL", VERDICT_REVOKED);
	check_after("s.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND", VERDICT_EXPIRED);
	check_after("s.status = 'retiring', s.current_of = NULL, s.retiring_of = s.client_id, "
		    "s.ends_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR",
	    VERDICT_GOOD);
	check_after("s.status = 'retiring', s.current_of = NULL, s.retiring_of = s.client_id, "
		    "s.ends_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND",
	    VERDICT_REVOKED);
	check_after("c.status = 'deactivated'", VERDICT_CLIENT);
	check_after("c.status = 'deleted', c.place = NULL", VERDICT_CLIENT);
	check_after("c.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND", VERDICT_CLIENT_EXPIRED);
	check_after("o.status = 'closed'", VERDICT_ORGANIZATION);
	check_after("c.networks = '192.0.2.0/24'", VERDICT_ADDRESS);
	check_after("k.networks = '192.0.2.0/24'", VERDICT_ADDRESS);
}

/* Its own list and that of its key both hold. */
static void
it_is_bound_to_both_lists_of_networks(void **state)
{
	struct owned o = owned_secret();
	str data = S("/data/v1/datasets");

	(void)state;
	grant(&o.with, "data", "read");
	sql_run("UPDATE client SET networks = '192.0.2.0/24' WHERE public_id = '%.*s'",
	    STR(o.with.key.made.id));
	CHECK_CALL(&o.with, "GET", data, GOOD);
	o.with.address = S("198.51.100.7");
	CHECK_CALL(&o.with, "GET", data, ADDRESS);
	assert_int_equal(key_calls(&o, "GET", data), VERDICT_GOOD);
	sql_run("UPDATE client SET networks = '192.0.2.1 198.51.100.0/24' WHERE public_id = "
		"'%.*s'",
	    STR(o.key.id));
	CHECK_CALL(&o.with, "GET", data, ADDRESS);
	o.with.address = S("192.0.2.2");
	CHECK_CALL(&o.with, "GET", data, ADDRESS);
	o.with.address = S("192.0.2.1");
	CHECK_CALL(&o.with, "GET", data, GOOD);
}

/* Seconds since 1970 in that column of that client, of the moment so many seconds from now. */
static void
ends_in(str id, int seconds)
{
	sql_run("UPDATE client SET expires_at = UTC_TIMESTAMP(6) + INTERVAL %d SECOND WHERE "
		"public_id = '%.*s'",
	    seconds, STR(id));
}

/* So that a service which looks at nothing but exp refuses it then. */
static void
its_token_ends_with_what_ends_first(void **state)
{
	struct owned o = owned_secret();
	struct asked *a = &o.with.key;

	(void)state;
	assert_int_equal(ask(a), VERDICT_GOOD);
	assert_int_equal(token_seconds(&world.hand.rq, &a->caller), 900);
	ends_in(a->made.id, 600);
	assert_int_equal(ask(a), VERDICT_GOOD);
	assert_in_range(token_seconds(&world.hand.rq, &a->caller), 590, 601);
	ends_in(o.key.id, 300);
	assert_int_equal(ask(a), VERDICT_GOOD);
	assert_in_range(token_seconds(&world.hand.rq, &a->caller), 290, 301);
}

/* The key alone is judged by its primary secret, whatever additional ones there are. */
static void
it_never_answers_for_the_key_alone(void **state)
{
	struct owned o = owned_secret();
	struct asked *a = &o.with.key;
	struct presented alone = { .client_id = o.key.client_id };
	str schema = S("/data/v1/schema");

	(void)state;
	assert_int_equal(judged(&o.with, &alone, "GET", schema), VERDICT_GOOD);
	CHECK_STR_EQ(a->caller.id, o.key.id);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %ld", (long)o.mia.user);
	assert_int_equal(judged(&o.with, &alone, "GET", schema), VERDICT_GOOD);
	assert_int_equal(ask(a), VERDICT_OWNER);
	sql_run("UPDATE user SET status = 'active' WHERE id = %ld", (long)o.mia.user);
	assert_int_equal(ask(a), VERDICT_OWNER); /* whoever comes back finds nothing of the old */
	sql_run("UPDATE secret s JOIN client c ON c.id = s.client_id SET s.status = 'revoked', "
		"s.hash = NULL, s.current_of = NULL WHERE c.public_id = '%.*s'",
	    STR(o.key.id));
	assert_int_equal(judged(&o.with, &alone, "GET", schema), VERDICT_UNKNOWN);
	/* Were its own client ID one that is accepted. */
	sql_run("UPDATE client SET client_id = 'kdc_live_0000000000owned1' WHERE public_id = "
		"'%.*s'",
	    STR(a->made.id));
	alone.client_id = S("kdc_live_0000000000owned1");
	assert_int_equal(judged(&o.with, &alone, "GET", schema), VERDICT_UNKNOWN);
	assert_int_equal(shows(alone.client_id, a->made.secret), VERDICT_MISMATCH);
	sql_run(
	    "UPDATE client SET client_id = public_id WHERE public_id = '%.*s'", STR(a->made.id));
}

/* ---- what its owner and admins do with it */

static enum verdict
token_says(struct owned *o, const struct presented *token)
{
	return verify_token(hand_ask(&world.hand, 0), token, &o->with.key.caller);
}

static void
reset_it_dies_with_its_token_and_the_next_one_has_the_same_owner(void **state)
{
	struct owned o = owned_secret();
	struct presented token = owned_token(&o);
	struct client_made made;

	(void)state;
	assert_int_equal(reset_as(&o.mia, o.with.key.made.id, &made), MADE_NEW);
	assert_int_equal(ask(&o.with.key), VERDICT_REVOKED);
	assert_int_equal(token_says(&o, &token), VERDICT_REVOKED);
	shows_now(&o, made.secret);
	assert_int_equal(ask(&o.with.key), VERDICT_GOOD);
	/* The old token does not come back with it. */
	assert_int_equal(token_says(&o, &token), VERDICT_REVOKED);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %ld", (long)o.mia.user);
	assert_int_equal(ask(&o.with.key), VERDICT_OWNER);
}

/* Between an admin's reset and its owner's opening nothing works; then that one text does. */
static void
reset_by_an_admin_nothing_works_until_its_owner_opens_it(void **state)
{
	struct owned o = owned_secret();
	struct presented token = owned_token(&o);
	struct client_made made;

	(void)state;
	assert_int_equal(reset_as(&o.with.key.ann, o.with.key.made.id, &made), MADE_NEW);
	CHECK_STR(made.secret, "");
	assert_int_equal(ask(&o.with.key), VERDICT_REVOKED);
	assert_int_equal(token_says(&o, &token), VERDICT_REVOKED);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM secret s JOIN client c ON c.id = s.client_id WHERE "
		       "c.public_id = '%.*s' AND s.hash IS NOT NULL",
		STR(o.with.key.made.id)),
	    0);
	assert_int_equal(open_by(&o.with.key.ann, o.with.key.made.id, &made), OPENED_NOTHING);
	assert_int_equal(open_by(&o.mia, o.with.key.made.id, &made), OPENED);
	shows_now(&o, made.secret);
	assert_int_equal(ask(&o.with.key), VERDICT_GOOD);
	CHECK_STR_EQ(o.with.key.caller.client_id, o.key.client_id);
}

static str
rotated(const struct owned *o, str seen)
{
	struct request *rq = begin_as(&o->mia);
	struct rotation_wish wish = { .id = o->with.key.made.id, .seen = seen, .overlap = HOUR };
	struct client_made made;

	assert_int_equal(rotation_start(rq, &wish, &made), ROTATED);
	made.secret = str_copy(&world.hand.start, made.secret);
	commit(rq);
	return made.secret;
}

static void
in_a_rotation_both_have_the_same_owner(void **state)
{
	struct owned o = owned_secret();
	str old = o.with.key.made.secret, new = rotated(&o, o.with.key.sid);

	(void)state;
	assert_int_equal(shows(o.key.client_id, old), VERDICT_GOOD);
	assert_int_equal(shows(o.key.client_id, new), VERDICT_GOOD);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %ld", (long)o.mia.user);
	assert_int_equal(shows(o.key.client_id, old), VERDICT_OWNER);
	assert_int_equal(shows(o.key.client_id, new), VERDICT_OWNER);
}

static void
revoked_or_with_its_key_deleted_it_is_refused(void **state)
{
	struct owned mine = owned_secret(), with_key = owned_secret();
	struct presented token = owned_token(&with_key);
	struct request *rq;

	(void)state;
	assert_true(revoke_as(&mine.with.key.ann, mine.with.key.made.id));
	assert_int_equal(ask(&mine.with.key), VERDICT_REVOKED);
	assert_int_equal(shows(mine.key.client_id, mine.key.secret), VERDICT_GOOD);
	rq = begin_as(&with_key.with.key.ann);
	assert_true(client_delete(rq, with_key.key.id));
	commit(rq);
	assert_int_equal(ask(&with_key.with.key), VERDICT_REVOKED);
	assert_int_equal(token_says(&with_key, &token), VERDICT_REVOKED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_shown_with_its_key),
		cmocka_unit_test(nothing_else_fits_it),
		cmocka_unit_test(it_is_good_while_its_key_is),
		cmocka_unit_test(it_is_good_while_its_owner_is),
		cmocka_unit_test(it_is_good_while_itself_is),
		cmocka_unit_test(it_is_bound_to_both_lists_of_networks),
		cmocka_unit_test(its_token_ends_with_what_ends_first),
		cmocka_unit_test(it_never_answers_for_the_key_alone),
		cmocka_unit_test(reset_it_dies_with_its_token_and_the_next_one_has_the_same_owner),
		cmocka_unit_test(reset_by_an_admin_nothing_works_until_its_owner_opens_it),
		cmocka_unit_test(in_a_rotation_both_have_the_same_owner),
		cmocka_unit_test(revoked_or_with_its_key_deleted_it_is_refused),
	};

	return cmocka_run_group_tests(tests, open_with_keys, world_close);
}
