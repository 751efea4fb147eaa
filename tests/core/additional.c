/* additional.c - additional secrets made: who may make which, and how many. */
#define _GNU_SOURCE
#include "core/adding.h"

#include "core/secret.h"

/* ---- make */

static void
a_member_makes_one_for_themselves(void **state)
{
	struct team t = team_make();
	struct client_made made;
	struct secret_parts parts;

	(void)state;
	members_may(&t, reads(&t));
	made = added(&t, &t.may, S(""));
	CHECK_STR_EQ(made.client_id, t.key.client_id);
	assert_int_equal(secret_read(world.hand.desk.keyring, made.secret, &parts), SECRET_GOOD);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM client c JOIN secret s ON s.current_of = c.id JOIN "
		       "client k ON k.id = c.parent_id JOIN client_grant g ON g.client_id = c.id "
		       "WHERE c.public_id = '%.*s' AND c.client_id = c.public_id AND c.owner_id = "
		       "%d AND c.created_by = c.owner_id AND k.public_id = '%.*s' AND c.place "
		       "BETWEEN 1 AND 10 AND s.sid = '%.*s' AND s.status = 'active' AND s.owner_id "
		       "= c.owner_id AND s.created_by = c.owner_id",
		STR(made.id), (int)t.may.user, STR(t.key.id), STR(parts.sid)),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM exposure e JOIN secret s ON s.id = "
				    "e.secret_id WHERE s.sid = '%.*s' AND e.how = 'made' AND "
				    "e.user_id = %d",
			     STR(parts.sid), (int)t.may.user),
	    1);
	assert_int_equal(noted(&t.ann, "client.create", "\"kind\":\"additional\""), 1);
	assert_int_equal(noted(&t.ann, "client.create", text_of(reads(&t))), 1);
	assert_int_equal(noted(&t.ann, "client.create", text_of(t.may_id)), 1);
	assert_int_equal(acts(&t, "secret.reveal"), 2); /* of the account key, and of this */
	check_team(&t);
}

static void
an_admin_makes_one_for_a_member_and_gets_no_text(void **state)
{
	struct team t = team_make();
	struct client_made made = added(&t, &t.ann, t.may_id);

	(void)state;
	assert_int_equal(made.secret.n, 0);
	CHECK_STR_EQ(made.client_id, t.key.client_id);
	assert_int_equal(secrets(&t, "s.status = 'pending' AND s.hash IS NULL AND s.hint = '' AND "
				     "s.key_number = 0 AND s.created_by IS NULL AND s.expires_at = "
				     "s.created_at + INTERVAL 7 DAY"),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM client WHERE public_id = '%.*s' AND owner_id = %d AND "
		       "created_by = %d AND place IS NOT NULL",
		STR(made.id), (int)t.may.user, (int)t.ann.user),
	    1);
	assert_int_equal(noted(&t.ann, "client.create", "\"pending_until\""), 1);
	assert_int_equal(acts(&t, "secret.reveal"), 1); /* of the account key */
	check_team(&t);
}

/* For oneself an admin needs no member_permission, by name or without. */
static void
an_admin_makes_one_for_themselves(void **state)
{
	struct team t = team_make();

	(void)state;
	assert_int_equal(added(&t, &t.ann, S("")).secret.n, SECRET_CHARS);
	assert_int_equal(added(&t, &t.ann, t.ann_id).secret.n, SECRET_CHARS);
	check_team(&t);
}

/* Who is refused what: nothing is made, and *wrong says what it is. */
static struct additional_wrong
refused(const struct people *who, const struct additional_wish *wish)
{
	struct client_made made;
	struct additional_wrong wrong;

	assert_int_equal(add(who, wish, &made, &wrong), ADDITIONAL_WRONG);
	assert_int_equal(made.secret.n, 0);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM client WHERE kind = 'additional' AND "
				    "organization_id = %d",
			     (int)who->org),
	    0);
	return wrong;
}

static void
members_make_for_nobody_else(void **state)
{
	struct team t = team_make();
	const struct people *askers[] = { &t.may, &t.cora };
	const str members[] = { t.ben_id, t.ann_id };

	(void)state;
	members_may(&t, reads(&t));
	for (int i = 0; i < 4; i++) {
		struct additional_wish wish = wish_for(&t, members[i / 2]);

		assert_true(refused(askers[i % 2], &wish).member);
	}
}

static void
members_make_none_until_an_admin_says_what(void **state)
{
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, S(""));

	(void)state;
	assert_int_equal(refused(&t.may, &wish).may, MAY_UNKNOWN);
	assert_int_equal(refused(&t.cora, &wish).may, MAY_UNKNOWN);
	members_may(&t, reads(&t));
	wish.may = list(writes(&t));
	assert_int_equal(refused(&t.may, &wish).may, MAY_UNKNOWN);
	wish.may = (struct strs){ 0 };
	assert_int_equal(refused(&t.may, &wish).may, MAY_NOTHING);
	assert_int_equal(added(&t, &t.cora, S("")).secret.n, SECRET_CHARS);
}

/* What was chosen for members counts within the entitlement only. */
static void
nobody_gives_what_the_organization_has_not(void **state)
{
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, S(""));

	(void)state;
	members_may(&t, reads(&t));
	sql_run("DELETE FROM entitlement WHERE organization_id = %d", (int)t.ann.org);
	assert_int_equal(refused(&t.may, &wish).may, MAY_UNKNOWN);
	assert_int_equal(refused(&t.ann, &wish).may, MAY_UNKNOWN);
	wish.may = list(S("no:such"));
	assert_int_equal(refused(&t.ann, &wish).may, MAY_UNKNOWN);
}

static void
one_that_only_reads_gets_nothing_else(void **state)
{
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, S(""));

	(void)state;
	wish.only_reads = true;
	wish.may = list(writes(&t));
	assert_int_equal(refused(&t.ann, &wish).may, MAY_WRITES);
	wish.may = list(reads(&t));
	assert_int_equal(
	    add(&t.ann, &wish, &(struct client_made){ 0 }, &(struct additional_wrong){ 0 }),
	    ADDITIONAL_DONE);
	assert_int_equal(clients(&t, "c.only_reads = 1"), 1);
}

static void
an_api_that_gives_one_gives_no_two(void **state)
{
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;

	(void)state;
	wish.may = list(fmt(&world.hand.start, "%.*s %.*s", STR(reads(&t)), STR(writes(&t))));
	wrong = refused(&t.ann, &wish);
	assert_int_equal(wrong.may, MAY_TWO_OF_ONE);
	assert_true(str_starts(wrong.which, S("The t")));
}

static void
the_account_key_is_one_that_works_here(void **state)
{
	struct team t = team_make(), other = team_make();
	struct client_made integration = make_key(&t.ann, S("integration"));
	struct client_made deleted = make_key(&t.ann, S("production"));
	struct additional_wish wish = wish_for(&t, S(""));

	(void)state;
	sql_run(
	    "UPDATE client SET deleted_at = '2026-01-01', status = 'deleted', place = NULL WHERE "
	    "public_id = '%.*s'",
	    STR(deleted.id));
	wish.key = deleted.id;
	assert_true(refused(&t.ann, &wish).key);
	wish.key = integration.id;
	assert_true(refused(&t.ann, &wish).key);
	wish.key = other.key.id;
	assert_true(refused(&t.ann, &wish).key);
	wish.key = S("0000000000");
	assert_true(refused(&t.ann, &wish).key);
	wish.key = t.key.id;
	sql_run("UPDATE client SET status = 'deactivated' WHERE public_id = '%.*s'", STR(t.key.id));
	assert_true(refused(&t.ann, &wish).key);
	/* No additional secret goes with another one, nor with itself. */
	sql_run("UPDATE client SET status = 'active' WHERE public_id = '%.*s'", STR(t.key.id));
	wish.key = added(&t, &t.ann, S("")).id;
	assert_int_equal(
	    add(&t.ann, &wish, &deleted, &(struct additional_wrong){ 0 }), ADDITIONAL_WRONG);
}

/* An account key that the operator made and nobody has opened yet: the API key is known, which is all that is needed. */
static void
a_key_that_nobody_has_opened_will_do(void **state)
{
	struct team t = team_make();

	(void)state;
	sql_run(
	    "UPDATE secret s JOIN client c ON c.id = s.client_id SET s.status = 'pending', s.hash "
	    "= NULL, s.expires_at = s.created_at + INTERVAL 7 DAY WHERE c.public_id = '%.*s'",
	    STR(t.key.id));
	assert_int_equal(added(&t, &t.ann, S("")).secret.n, SECRET_CHARS);
}

static void
the_member_is_one_of_the_organization_and_active(void **state)
{
	struct team t = team_make(), other = team_make();
	struct additional_wish wish = wish_for(&t, other.may_id);

	(void)state;
	assert_true(refused(&t.ann, &wish).member);
	wish.member = S("0000000000");
	assert_true(refused(&t.ann, &wish).member);
	wish.member = t.may_id;
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)t.may.user);
	assert_true(refused(&t.ann, &wish).member);
	sql_run("UPDATE user SET status = 'invited' WHERE id = %d", (int)t.may.user);
	assert_true(refused(&t.ann, &wish).member);
}

static void
an_expiry_lies_ahead(void **state)
{
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, S(""));

	(void)state;
	wish.expires_at = clock_now() - SECOND;
	assert_true(refused(&t.ann, &wish).expiry);
	wish.expires_at = 1;
	assert_true(refused(&t.ann, &wish).expiry);
}

/* At the command line nobody is signed in, an operator may have no organization: neither makes one. */
static void
who_is_nobody_here_makes_none(void **state)
{
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, t.may_id);
	struct additional_wrong wrong;
	struct client_made made;
	struct request *rq = hand_begin(&world.hand, t.ann.org);
	struct actor operator= { .person = 1, .is_operator = true, .role = ROLE_ADMIN };

	(void)state;
	assert_int_equal(additional_make(rq, &wish, &made, &wrong), ADDITIONAL_NOTHING);
	rq->actor = &operator;
	assert_int_equal(additional_make(rq, &wish, &made, &wrong), ADDITIONAL_NOTHING);
	db_rollback(rq->db);
}

static void
a_form_sent_twice_makes_one(void **state)
{
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, t.may_id);
	struct additional_wrong wrong;
	struct client_made first, second;

	(void)state;
	wish.once = random_base62(&world.hand.start, 22);
	assert_int_equal(add(&t.ann, &wish, &first, &wrong), ADDITIONAL_DONE);
	assert_int_equal(add(&t.ann, &wish, &second, &wrong), ADDITIONAL_BEFORE);
	CHECK_STR_EQ(second.id, first.id);
	assert_int_equal(second.secret.n, 0);
	assert_int_equal(clients(&t, "TRUE"), 1);
}

/* ---- the limit */

static void
the_eleventh_is_refused_and_what_ends_frees_a_place(void **state)
{
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;
	struct client_made made[10], more;
	struct additional_places places;

	(void)state;
	for (int i = 0; i < 10; i++)
		made[i] = added(&t, &t.ann, i % 2 ? t.may_id : S(""));
	assert_int_equal(add(&t.ann, &wish, &more, &wrong), ADDITIONAL_FULL);
	places = additional_places(begin_as(&t.ann), S("production"));
	assert_int_equal(places.used, 10);
	assert_int_equal(places.limit, 10);
	places = additional_places(begin_as(&t.ann), S("integration"));
	assert_int_equal(places.used, 0);
	for (int i = 0; i < 3; i++) {
		assert_true(revoke_as(&t.ann, made[i].id));
		assert_int_equal(additional_places(begin_as(&t.ann), S("production")).used, 9);
		added(&t, &t.ann, S(""));
		assert_int_equal(add(&t.ann, &wish, &more, &wrong), ADDITIONAL_FULL);
	}
	check_team(&t);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_makes_one_for_themselves),
		cmocka_unit_test(an_admin_makes_one_for_a_member_and_gets_no_text),
		cmocka_unit_test(an_admin_makes_one_for_themselves),
		cmocka_unit_test(members_make_for_nobody_else),
		cmocka_unit_test(members_make_none_until_an_admin_says_what),
		cmocka_unit_test(nobody_gives_what_the_organization_has_not),
		cmocka_unit_test(one_that_only_reads_gets_nothing_else),
		cmocka_unit_test(an_api_that_gives_one_gives_no_two),
		cmocka_unit_test(the_account_key_is_one_that_works_here),
		cmocka_unit_test(a_key_that_nobody_has_opened_will_do),
		cmocka_unit_test(the_member_is_one_of_the_organization_and_active),
		cmocka_unit_test(an_expiry_lies_ahead),
		cmocka_unit_test(who_is_nobody_here_makes_none),
		cmocka_unit_test(a_form_sent_twice_makes_one),
		cmocka_unit_test(the_eleventh_is_refused_and_what_ends_frees_a_place),
	};

	return GROUP(tests);
}
