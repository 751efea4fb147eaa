/* additional_change.c - additional secrets changed: by whom, and how far. */
#define _GNU_SOURCE
#include "core/adding.h"

/* May's own, which she has made herself: reads the books. */
static struct client_made
mays_own(struct team *t)
{
	members_may(t, reads(t));
	return added(t, &t->may, S(""));
}

static long
grants(const struct client_made *made, const char *word)
{
	return sql_number(
	    "SELECT COUNT(*) FROM client_grant g JOIN client c ON c.id = g.client_id JOIN "
	    "permission p ON p.id = g.permission_id WHERE c.public_id = '%.*s' AND "
	    "p.word LIKE '%s'",
	    STR(made->id), word);
}

static void
owner_and_admins_change_it_and_its_secret_stays(void **state)
{
	struct team t = team_make();
	struct client_made made = mays_own(&t);
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;

	(void)state;
	wish.name = S("Nightly report");
	wish.comment = S("On the reporting machine");
	wish.networks = S("192.0.2.0/24");
	assert_int_equal(change(&t.may, made.id, &wish, &wrong), ADDITIONAL_DONE);
	assert_int_equal(
	    noted(&t.ann, "client.edit", "\"name\":[\"Report\",\"Nightly report\"]"), 1);
	assert_int_equal(
	    noted(&t.ann, "client.edit", "\"comment\":[\"\",\"On the reporting machine\"]"), 1);
	assert_int_equal(noted(&t.ann, "client.networks", "192.0.2.0/24"), 1);
	wish.may = list(writes(&t));
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_DONE);
	assert_int_equal(grants(&made, "write"), 1);
	assert_int_equal(grants(&made, "%"), 1);
	assert_int_equal(noted(&t.ann, "client.grant", text_of(writes(&t))), 1);
	assert_int_equal(secrets(&t, "TRUE"), 1);
	assert_int_equal(secrets(&t, "s.status = 'active'"), 1);
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_DONE);
	assert_int_equal(acts(&t, "client.save"), 1);
	assert_int_equal(clients(&t, "c.version = 4"), 1);
	check_team(&t);
}

static void
nobody_else_changes_it(void **state)
{
	struct team t = team_make(), other = team_make();
	struct client_made made = mays_own(&t);
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;
	const struct people *strangers[] = { &t.ben, &t.cora, &other.ann, &other.may };

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(change(strangers[i], made.id, &wish, &wrong), ADDITIONAL_NOTHING);
	assert_int_equal(additional_change(hand_begin(&world.hand, t.ann.org),
			     &(struct additional_at){ made.id, 1 }, &wish, &wrong),
	    ADDITIONAL_NOTHING);
	assert_int_equal(change(&t.ann, t.key.id, &wish, &wrong), ADDITIONAL_NOTHING);
}

/* Owner, key, environment and place are said when it is made, and stay. */
static void
whose_it_is_cannot_be_changed(void **state)
{
	struct team t = team_make();
	struct client_made made = mays_own(&t), second = make_key(&t.ann, S("production"));
	struct additional_wish wish = wish_for(&t, t.ben_id);
	struct additional_wrong wrong;

	(void)state;
	wish.key = second.id;
	wish.environment = S("integration");
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_DONE);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM client c JOIN client k ON k.id = c.parent_id "
		       "WHERE c.public_id = '%.*s' AND c.owner_id = %d AND k.public_id "
		       "= '%.*s' AND c.environment = 'production'",
		STR(made.id), (int)t.may.user, STR(t.key.id)),
	    1);
	check_team(&t);
}

static void
of_two_who_save_the_second_is_told(void **state)
{
	struct team t = team_make();
	struct client_made made = mays_own(&t);
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_at at = { made.id, 1 };
	struct additional_wrong wrong;

	(void)state;
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_DONE);
	assert_int_equal(
	    additional_change(begin_as(&t.may), &at, &wish, &wrong), ADDITIONAL_CHANGED);
	db_rollback(world.hand.desk.db);
}

/* Ann has given May what May could not give herself, for a while, from one place, to read with. */
static struct client_made
given(struct team *t, struct additional_wish *wish)
{
	struct additional_wrong wrong;
	struct client_made made;

	members_may(t, reads(t));
	*wish = wish_for(t, t->may_id);
	wish->may = list(fmt(
	    &world.hand.start, "%.*s %.*s", STR(reads(t)), STR(may(t->catalogue.plans, "see"))));
	wish->networks = S("192.0.2.0/24");
	wish->expires_at = clock_now() + 30 * DAY;
	wish->only_reads = true;
	assert_int_equal(add(&t->ann, wish, &made, &wrong), ADDITIONAL_DONE);
	return made;
}

static void
a_member_does_not_loosen_what_an_admin_has_given(void **state)
{
	struct team t = team_make();
	struct additional_wish kept, wish;
	struct client_made made = given(&t, &kept);
	struct additional_wrong wrong;

	(void)state;
	for (int i = 0; i < 5; i++) {
		wish = kept;
		if (i == 0)
			wish.expires_at = 0;
		else if (i == 1)
			wish.expires_at += SECOND;
		else if (i == 2)
			wish.networks = S("");
		else if (i == 3)
			wish.networks = S("192.0.2.0/24 198.51.100.0/24");
		else
			wish.only_reads = false;
		assert_int_equal(change(&t.may, made.id, &wish, &wrong), ADDITIONAL_WRONG);
		assert_true(wrong.held);
	}
	wish = kept;
	wish.name = S("May's");
	wish.expires_at -= DAY;
	assert_int_equal(change(&t.may, made.id, &wish, &wrong), ADDITIONAL_DONE);
	assert_int_equal(grants(&made, "%"), 2);
	/* Without what only an admin gives it is one that she could make herself. */
	wish.may = list(reads(&t));
	wish.expires_at = 0;
	wish.networks = S("");
	wish.only_reads = false;
	assert_int_equal(change(&t.may, made.id, &wish, &wrong), ADDITIONAL_DONE);
	wish = kept;
	assert_int_equal(change(&t.may, made.id, &wish, &wrong), ADDITIONAL_WRONG);
	assert_int_equal(wrong.may, MAY_UNKNOWN);
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_DONE);
	check_team(&t);
}

/* What the organization has lost stays, out of force, through an edit of the name; nobody gives it anew. */
static void
what_can_be_given_no_more_may_stay(void **state)
{
	struct team t = team_make();
	struct client_made made = mays_own(&t), next;
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;

	(void)state;
	sql_run("DELETE FROM entitlement WHERE organization_id = %d", (int)t.ann.org);
	wish.name = S("Kept");
	assert_int_equal(change(&t.may, made.id, &wish, &wrong), ADDITIONAL_DONE);
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_DONE);
	assert_int_equal(grants(&made, "read"), 1);
	assert_int_equal(add(&t.may, &wish, &next, &wrong), ADDITIONAL_WRONG);
	assert_int_equal(add(&t.ann, &wish, &next, &wrong), ADDITIONAL_WRONG);
	wish.may = list(may(t.catalogue.plans, "see"));
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_WRONG);
}

/* The switch is not put on over a permission that writes; a catalogue that says so later does not hinder an edit. */
static void
the_switch_and_the_catalogue(void **state)
{
	struct team t = team_make();
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;
	struct client_made made;

	(void)state;
	wish.may = list(writes(&t));
	assert_int_equal(add(&t.ann, &wish, &made, &wrong), ADDITIONAL_DONE);
	wish.only_reads = true;
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_WRONG);
	assert_int_equal(wrong.may, MAY_WRITES);
	wish.may = list(reads(&t));
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_DONE);
	sql_run(
	    "UPDATE permission p JOIN api a ON a.id = p.api_id SET p.only_reads = 0 WHERE a.word = "
	    "'%s'",
	    t.catalogue.books);
	wish.name = S("Renamed");
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_DONE);
	wish.may = list(writes(&t));
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_WRONG);
}

static void
what_is_over_is_not_changed_back_to_life(void **state)
{
	struct team t = team_make();
	struct client_made made = mays_own(&t);
	struct additional_wish wish = wish_for(&t, S(""));
	struct additional_wrong wrong;
	struct client_made next;

	(void)state;
	sql_run("UPDATE client SET expires_at = UTC_TIMESTAMP(6) WHERE public_id = '%.*s'",
	    STR(made.id));
	assert_int_equal(change(&t.may, made.id, &wish, &wrong), ADDITIONAL_NOTHING);
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_NOTHING);
	assert_int_equal(reset_as(&t.ann, made.id, &next), MADE_NOTHING);
	assert_int_equal(reset_as(&t.may, made.id, &next), MADE_NOTHING);
	sql_run("UPDATE client SET expires_at = NULL WHERE public_id = '%.*s'", STR(made.id));
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)t.may.user);
	assert_int_equal(change(&t.ann, made.id, &wish, &wrong), ADDITIONAL_NOTHING);
	assert_int_equal(reset_as(&t.ann, made.id, &next), MADE_NOTHING);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(owner_and_admins_change_it_and_its_secret_stays),
		cmocka_unit_test(nobody_else_changes_it),
		cmocka_unit_test(whose_it_is_cannot_be_changed),
		cmocka_unit_test(of_two_who_save_the_second_is_told),
		cmocka_unit_test(a_member_does_not_loosen_what_an_admin_has_given),
		cmocka_unit_test(what_can_be_given_no_more_may_stay),
		cmocka_unit_test(the_switch_and_the_catalogue),
		cmocka_unit_test(what_is_over_is_not_changed_back_to_life),
	};

	return GROUP(tests);
}
