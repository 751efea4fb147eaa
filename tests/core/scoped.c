/* scoped.c - scoped credentials made and edited: what they may do, where, and by whom it is told. */
#define _GNU_SOURCE
#include "core/scoping.h"

#include "core/secret.h"

/* ---- make */

static void
one_is_made_with_its_secret_and_all_it_may_do(void **state)
{
	struct scene s = scene_make();
	struct scoped_wish wish = wish_of(&s);
	struct scoped_wrong wrong;
	struct client_made made;
	struct secret_parts parts;

	(void)state;
	wish.description = S("Reads \"things\"");
	wish.owner = str_of("");
	wish.tags = S("batch nightly");
	wish.networks = S("192.0.2.0/24 2001:db8::/32");
	wish.expires_at = clock_now() + DAY;
	wish.accounts = list(s.retail);
	assert_int_equal(make(&s.ann, &wish, &made, &wrong), SCOPED_DONE);
	assert_true(client_id_ok(made.client_id));
	assert_int_equal(secret_read(world.hand.desk.keyring, made.secret, &parts), SECRET_GOOD);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM client c JOIN secret s ON s.current_of = c.id WHERE "
		       "c.public_id = '%.*s' AND c.kind = 'scoped' AND c.place IS NULL AND "
		       "c.status = 'active' AND c.tags = 'batch nightly' AND c.version = 1 AND "
		       "c.networks = '192.0.2.0/24 2001:db8::/32' AND c.expires_at IS NOT NULL AND "
		       "c.owner_id IS NULL AND c.created_by = %d AND s.sid = '%.*s' AND "
		       "s.kind = 'primary' AND s.stored_at IS NULL",
		STR(made.id), (int)s.ann.user, STR(parts.sid)),
	    1);
	assert_int_equal(rows_in("client_grant", made.id), 1);
	assert_int_equal(rows_in("client_account", made.id), 1);
	assert_int_equal(rows_in("client_workspace", made.id), 1);
	assert_int_equal(noted(&s.ann, "client.create", s.catalogue.books), 1);
	assert_int_equal(noted(&s.ann, "client.create", str_c(&world.hand.start, s.web)), 1);
	assert_int_equal(noted(&s.ann, "client.create", "2001:db8::/32"), 1);
	assert_int_equal(noted(&s.ann, "client.create", str_c(&world.hand.start, parts.sid)), 1);
	assert_int_equal(noted(&s.ann, "secret.reveal", ""), 1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM exposure WHERE organization_id = %d", (int)s.ann.org),
	    1);
}

/* Account keys have numbered places; these have none, so there may be any number. */
static void
there_is_no_limit(void **state)
{
	struct scene s = scene_make();

	(void)state;
	for (int i = 0; i < 20; i++)
		made_of(&s);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM client WHERE organization_id = %d AND "
				    "kind = 'scoped'",
			     (int)s.ann.org),
	    20);
}

static void
a_form_sent_twice_makes_one(void **state)
{
	struct scene s = scene_make();
	struct scoped_wish wish = wish_of(&s);
	struct scoped_wrong wrong;
	struct client_made made, again;

	(void)state;
	wish.once = S("a number of scoped");
	assert_int_equal(make(&s.ann, &wish, &made, &wrong), SCOPED_DONE);
	assert_int_equal(make(&s.ann, &wish, &again, &wrong), SCOPED_BEFORE);
	CHECK_STR_EQ(again.id, made.id);
	assert_int_equal(again.secret.n, 0);
}

/* ---- what is refused */

/* Wishes this instead of reading the books of Web; what is wrong. */
static struct scoped_wrong
refused(const struct scene *s, const struct scoped_wish *wish)
{
	struct scoped_wrong wrong;
	struct client_made made;

	assert_int_equal(make(&s->ann, wish, &made, &wrong), SCOPED_WRONG);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM client WHERE organization_id = %d", (int)s->ann.org),
	    0);
	return wrong;
}

static void
a_permission_is_needed_and_offered(void **state)
{
	struct scene s = scene_make();
	struct three_apis others = three_apis_make();
	struct scoped_wish wish = wish_of(&s);
	const str unknown[] = { may(others.books, "read"), may(s.catalogue.books, "admin"),
		may(s.catalogue.books, ""), str_of(s.catalogue.books), S("read"), S(""),
		may(s.catalogue.books, "READ"), may("' OR 1=1 --", "read") };

	(void)state;
	wish.may = (struct strs){ 0 };
	assert_int_equal(refused(&s, &wish).may, MAY_NOTHING);
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
		str both[] = { may(s.catalogue.books, "read"), unknown[i] };

		wish.may = (struct strs){ both, 2 };
		assert_int_equal(refused(&s, &wish).may, MAY_UNKNOWN);
	}
}

static void
an_api_of_one_gives_one_and_one_of_many_gives_many(void **state)
{
	struct scene s = scene_make();
	struct scoped_wish wish = wish_of(&s);
	str two[] = { may(s.catalogue.staff, "user"), may(s.catalogue.staff, "admin") };
	str many[] = { may(s.catalogue.plans, "see"), may(s.catalogue.plans, "draw"),
		may(s.catalogue.plans, "see"), may(s.catalogue.staff, "user") };
	struct scoped_wrong wrong;
	struct client_made made;

	(void)state;
	wish.may = (struct strs){ two, 2 };
	wrong = refused(&s, &wish);
	assert_int_equal(wrong.may, MAY_TWO_OF_ONE);
	CHECK_STR_EQ(wrong.which, fmt(&world.hand.start, "The %s", s.catalogue.staff));
	wish.may = (struct strs){ many, 4 };
	assert_int_equal(make(&s.ann, &wish, &made, &wrong), SCOPED_DONE);
	assert_int_equal(rows_in("client_grant", made.id), 3);
}

/* None picked never means all. What does not work on workspaces has none, whatever was sent. */
static void
workspaces_are_picked_where_they_are_needed(void **state)
{
	struct scene s = scene_make();
	struct scoped_wish wish = wish_of(&s);
	struct scoped_wrong wrong;
	struct client_made made;

	(void)state;
	wish.workspaces = (struct strs){ 0 };
	wrong = refused(&s, &wish);
	assert_int_equal(wrong.where, WHERE_NOWHERE);
	CHECK_STR_EQ(wrong.which, fmt(&world.hand.start, "The %s", s.catalogue.books));
	wish.accounts = list(s.retail);
	assert_int_equal(make(&s.ann, &wish, &made, &wrong), SCOPED_DONE);
	wish.may = list(may(s.catalogue.staff, "admin"));
	wish.workspaces = list(s.web);
	assert_int_equal(make(&s.ann, &wish, &made, &wrong), SCOPED_DONE);
	assert_int_equal(rows_in("client_account", made.id), 0);
	assert_int_equal(rows_in("client_workspace", made.id), 0);
}

static void
another_organizations_places_and_people_are_unknown(void **state)
{
	struct scene s = scene_make(), other = scene_make();
	struct scoped_wish wish = wish_of(&s);
	str gone = account_make(&s.ann, "Gone"), in_gone = workspace_make(&s.ann, gone, "Left");
	str archived = workspace_make(&s.ann, s.retail, "Old");
	const str places[] = { other.web, in_gone, archived, S("0123456789"), S(""), s.retail };
	struct people dan = world_people();

	(void)state;
	sql_run(
	    "UPDATE account SET archived_at = '2026-01-02' WHERE public_id = '%.*s'", STR(gone));
	sql_run("UPDATE workspace SET archived_at = '2026-01-02' WHERE public_id = '%.*s'",
	    STR(archived));
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		str both[] = { s.web, places[i] };

		wish.workspaces = (struct strs){ both, 2 };
		assert_int_equal(refused(&s, &wish).where, WHERE_UNKNOWN);
	}
	wish = wish_of(&s);
	wish.accounts = list(other.retail);
	assert_int_equal(refused(&s, &wish).where, WHERE_UNKNOWN);
	wish.accounts = list(gone);
	assert_int_equal(refused(&s, &wish).where, WHERE_UNKNOWN);
	wish = wish_of(&s);
	sql_run("UPDATE user SET public_id = 'dansuser00' WHERE id = %d", (int)dan.user);
	wish.owner = S("dansuser00");
	assert_true(refused(&s, &wish).owner);
	sql_run(
	    "UPDATE user SET organization_id = %d WHERE id = %d", (int)s.ann.org, (int)dan.user);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)dan.user);
	assert_true(refused(&s, &wish).owner);
}

static void
too_many_are_refused_before_they_are_looked_for(void **state)
{
	struct scene s = scene_make();
	struct scoped_wish wish = wish_of(&s);
	str many[SCOPED_PLACES_MAX + 1];

	(void)state;
	for (size_t i = 0; i <= SCOPED_PLACES_MAX; i++)
		many[i] = s.web;
	wish.workspaces = (struct strs){ many, SCOPED_PLACES_MAX + 1 };
	assert_int_equal(refused(&s, &wish).where, WHERE_MANY);
}

static void
the_past_is_no_expiry_but_may_stay(void **state)
{
	struct scene s = scene_make();
	struct scoped_wish wish = wish_of(&s);
	struct client_made made;
	struct scoped_wrong wrong;
	struct scoped_at at = { .version = 1 };

	(void)state;
	wish.expires_at = clock_now() - SECOND;
	assert_true(refused(&s, &wish).expiry);
	wish.expires_at = clock_now() / SECOND * SECOND + HOUR;
	assert_int_equal(make(&s.ann, &wish, &made, &wrong), SCOPED_DONE);
	at.id = made.id;
	sql_run("UPDATE client SET expires_at = '2026-01-02 03:00:00' WHERE public_id = '%.*s'",
	    STR(at.id));
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_DONE);
	sql_run("UPDATE client SET expires_at = '2026-01-02 03:00:00' WHERE public_id = '%.*s'",
	    STR(at.id));
	at.version = 2;
	wish.expires_at = 1767322800 * SECOND;
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_DONE);
	wish.expires_at += HOUR;
	at.version = 3;
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_WRONG);
	assert_true(wrong.expiry);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_is_made_with_its_secret_and_all_it_may_do),
		cmocka_unit_test(there_is_no_limit),
		cmocka_unit_test(a_form_sent_twice_makes_one),
		cmocka_unit_test(a_permission_is_needed_and_offered),
		cmocka_unit_test(an_api_of_one_gives_one_and_one_of_many_gives_many),
		cmocka_unit_test(workspaces_are_picked_where_they_are_needed),
		cmocka_unit_test(another_organizations_places_and_people_are_unknown),
		cmocka_unit_test(too_many_are_refused_before_they_are_looked_for),
		cmocka_unit_test(the_past_is_no_expiry_but_may_stay),
	};

	return GROUP(tests);
}
