/* scoped_edit.c - scoped credentials edited, paused and deleted: what stays, what is told, who wins a race. */
#define _GNU_SOURCE
#include "core/scoping.h"

enum { EDITORS = 10 };

static struct scoped_at
at_of(const struct client_made *made, int64_t version)
{
	return (struct scoped_at){ made->id, version };
}

static long
version_of(str id)
{
	return sql_number("SELECT version FROM client WHERE public_id = '%.*s'", STR(id));
}

static void
an_edit_changes_all_but_the_secret_and_says_what(void **state)
{
	struct scene s = scene_make();
	struct client_made made = made_of(&s);
	struct scoped_at at = at_of(&made, 1);
	struct scoped_wish wish = wish_of(&s);
	struct scoped_wrong wrong;

	(void)state;
	wish.name = S("Writer");
	wish.tags = S("new");
	wish.networks = S("198.51.100.0/24");
	wish.may = list(may(s.catalogue.books, "write"));
	wish.workspaces = list(s.shops);
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_DONE);
	assert_int_equal(version_of(made.id), 2);
	assert_int_equal(noted(&s.ann, "client.edit", "\"name\":[\"Reader\",\"Writer\"]"), 1);
	assert_int_equal(noted(&s.ann, "client.edit", "\"tags\":[\"\",\"new\"]"), 1);
	assert_int_equal(noted(&s.ann, "client.networks", "[\"\",\"198.51.100.0/24\"]"), 1);
	assert_int_equal(noted(&s.ann, "client.grant",
			     str_c(&world.hand.start,
				 fmt(&world.hand.start, "\"may\":[\"%s:read\",\"%s:write\"]",
				     s.catalogue.books, s.catalogue.books))),
	    1);
	assert_int_equal(noted(&s.ann, "client.scope",
			     str_c(&world.hand.start,
				 fmt(&world.hand.start, "\"workspaces\":[\"%.*s\",\"%.*s\"]",
				     STR(s.web), STR(s.shops)))),
	    1);
	assert_int_equal(
	    sql_number(
		"SELECT COUNT(*) FROM secret WHERE organization_id = %d AND sid = '%.*s' AND "
		"status = 'active' AND version = 1",
		(int)s.ann.org, STR(str_part(made.secret, 10, 10))),
	    1);
	at.version = 2;
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_DONE);
	assert_int_equal(noted(&s.ann, "client.edit", ""), 1);
	assert_int_equal(noted(&s.ann, "client.save", ""), 1);
}

static void
an_older_page_changes_nothing(void **state)
{
	struct scene s = scene_make();
	struct client_made made = made_of(&s);
	struct scoped_wish wish = wish_of(&s);
	struct scoped_at at = at_of(&made, 1), none = { S("0123456789"), 1 };
	struct people bob = world_people();
	struct client_made key;
	struct scoped_wrong wrong;

	(void)state;
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_DONE);
	wish.name = S("Late");
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_CHANGED);
	at.version = 0;
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_CHANGED);
	assert_int_equal(edit(&s.ann, &none, &wish, &wrong), SCOPED_NOTHING);
	at.version = 2;
	assert_int_equal(edit(&bob, &at, &wish, &wrong), SCOPED_NOTHING);
	/* An account key has nothing to edit. */
	key = make_key(&s.ann, S("production"));
	at = at_of(&key, 1);
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_NOTHING);
	assert_int_equal(version_of(made.id), 2);
}

/* ---- what cannot be chosen any more */

static void
what_it_has_may_stay_and_does_not_come_back(void **state)
{
	struct scene s = scene_make();
	struct client_made made = made_of(&s);
	struct scoped_wish wish = wish_of(&s), without = wish;
	struct scoped_at at = at_of(&made, 1);
	struct scoped_wrong wrong;

	(void)state;
	sql_run("DELETE FROM entitlement WHERE organization_id = %d AND api_id = "
		"(SELECT id FROM api WHERE word = '%s')",
	    (int)s.ann.org, s.catalogue.books);
	sql_run(
	    "UPDATE workspace SET archived_at = '2026-01-02' WHERE public_id = '%.*s'", STR(s.web));
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_DONE);
	assert_int_equal(rows_in("client_grant", made.id), 1);
	assert_int_equal(rows_in("client_workspace", made.id), 1);
	/* Another permission of the API that was lost cannot be had. */
	at.version = 2;
	wish.may = list(may(s.catalogue.books, "write"));
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_WRONG);
	assert_int_equal(wrong.may, MAY_UNKNOWN);
	without.may = list(may(s.catalogue.plans, "see"));
	assert_int_equal(edit(&s.ann, &at, &without, &wrong), SCOPED_DONE);
	assert_int_equal(rows_in("client_workspace", made.id), 0);
	at.version = 3;
	wish = wish_of(&s);
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_WRONG);
	assert_int_equal(wrong.may, MAY_UNKNOWN);
}

static void
an_owner_who_has_left_may_stay(void **state)
{
	struct scene s = scene_make();
	struct client_made made;
	struct scoped_wish wish = wish_of(&s);
	struct scoped_wrong wrong;
	struct people dan = world_people();
	struct scoped_at at;

	(void)state;
	wish.owner = random_base62(&world.hand.start, 10);
	sql_run("UPDATE user SET organization_id = %d, public_id = '%.*s' WHERE id = %d",
	    (int)s.ann.org, STR(wish.owner), (int)dan.user);
	assert_int_equal(make(&s.ann, &wish, &made, &wrong), SCOPED_DONE);
	assert_int_equal(
	    sql_number("SELECT owner_id FROM client WHERE public_id = '%.*s'", STR(made.id)),
	    dan.user);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)dan.user);
	at = at_of(&made, 1);
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_DONE);
	wish.owner = S("");
	at.version = 2;
	assert_int_equal(edit(&s.ann, &at, &wish, &wrong), SCOPED_DONE);
	at.version = 3;
	wish.owner = str_of("");
	assert_int_equal(noted(&s.ann, "client.edit", "\"owner\":"), 1);
}

/* ---- races */

struct race {
	const struct scene *scene;
	str id;
};

static void
edit_one(struct hand *hand)
{
	const struct race *race = hand->with;
	struct request *rq = act_as(hand_begin(hand, race->scene->ann.org), &race->scene->ann);
	struct scoped_wish wish = { .name = fmt(rq->arena, "Editor %d", hand->n) };
	str one[] = { fmt(
	    rq->arena, "%s:%s", race->scene->catalogue.plans, hand->n % 2 ? "see" : "draw") };
	struct scoped_wrong wrong;
	struct scoped_at at = { race->id, 1 };

	wish.may = (struct strs){ one, 1 };
	hand->result = (int)scoped_change(rq, &at, &wish, &wrong);
	if (hand->result == SCOPED_DONE)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
of_ten_edits_at_once_one_holds_whole(void **state)
{
	static struct hand hands[EDITORS];

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct scene s = scene_make();
		struct client_made made = made_of(&s);
		struct race race = { &s, made.id };

		hands_together(hands, EDITORS, edit_one, &race);
		assert_int_equal(results(hands, EDITORS, SCOPED_DONE), 1);
		assert_int_equal(results(hands, EDITORS, SCOPED_CHANGED), EDITORS - 1);
		assert_int_equal(version_of(made.id), 2);
		assert_int_equal(rows_in("client_grant", made.id), 1);
		assert_int_equal(noted(&s.ann, "client.grant", ""), 1);
	}
}

static void
delete_one(struct hand *hand)
{
	const struct race *race = hand->with;
	struct request *rq = act_as(hand_begin(hand, race->scene->ann.org), &race->scene->ann);

	if (hand->n) {
		db_rollback(rq->db);
		edit_one(hand);
		return;
	}
	hand->result = client_delete(rq, race->id) ? -1 : -2;
	commit(rq);
}

/* Whatever comes first: what is deleted has no grant and no place afterwards. */
static void
an_edit_does_not_outlive_the_deletion(void **state)
{
	static struct hand hands[EDITORS];

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct scene s = scene_make();
		struct client_made made = made_of(&s);
		struct race race = { &s, made.id };

		hands_together(hands, EDITORS, delete_one, &race);
		assert_int_equal(results(hands, EDITORS, -1), 1);
		assert_int_equal(rows_in("client_grant", made.id), 0);
		assert_int_equal(rows_in("client_workspace", made.id), 0);
	}
}

/* ---- paused and deleted */

static bool
activate_as(const struct people *p, str id, bool active)
{
	struct request *rq = begin_as(p);
	bool done = client_activate(rq, id, active);

	commit(rq);
	return done;
}

static void
both_kinds_are_paused_and_work_again(void **state)
{
	struct scene s = scene_make();
	struct client_made both[] = { made_of(&s), make_key(&s.ann, S("production")) };
	struct people bob = world_people();

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_false(activate_as(&bob, both[i].id, false));
		assert_true(activate_as(&s.ann, both[i].id, false));
		assert_true(activate_as(&s.ann, both[i].id, false));
		assert_int_equal(sql_number("SELECT COUNT(*) FROM client WHERE public_id = '%.*s' "
					    "AND status = 'deactivated'",
				     STR(both[i].id)),
		    1);
		assert_int_equal(version_of(both[i].id), 2);
		assert_true(activate_as(&s.ann, both[i].id, true));
		assert_int_equal(version_of(both[i].id), 3);
	}
	assert_int_equal(noted(&s.ann, "client.deactivate", ""), 2);
	assert_int_equal(noted(&s.ann, "client.activate", ""), 2);
}

static void
what_is_deleted_keeps_its_history_only(void **state)
{
	struct scene s = scene_make();
	struct client_made made = made_of(&s);
	struct request *rq = begin_as(&s.ann);

	(void)state;
	assert_true(client_delete(rq, made.id));
	commit(rq);
	assert_int_equal(rows_in("client_grant", made.id), 0);
	assert_int_equal(rows_in("client_workspace", made.id), 0);
	assert_int_equal(noted(&s.ann, "client.delete", s.catalogue.books), 1);
	assert_int_equal(noted(&s.ann, "client.delete", str_c(&world.hand.start, s.web)), 1);
	assert_int_equal(noted(&s.ann, "client.delete", "\"name\":\"Reader\""), 1);
	assert_false(activate_as(&s.ann, made.id, true));
}

static void
tags_are_words_once_each(void **state)
{
	struct arena *a = &world.hand.start;

	(void)state;
	CHECK_STR_EQ(tags_read(a, S("  batch,nightly  batch\tx\n,")), S("batch nightly x"));
	CHECK_STR_EQ(tags_read(a, S("")), S(""));
	CHECK_STR_EQ(tags_read(a, S(" , ,")), S(""));
	CHECK_STR_EQ(tags_read(a, S("bat batch")), S("bat batch"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_edit_changes_all_but_the_secret_and_says_what),
		cmocka_unit_test(an_older_page_changes_nothing),
		cmocka_unit_test(what_it_has_may_stay_and_does_not_come_back),
		cmocka_unit_test(an_owner_who_has_left_may_stay),
		cmocka_unit_test(of_ten_edits_at_once_one_holds_whole),
		cmocka_unit_test(an_edit_does_not_outlive_the_deletion),
		cmocka_unit_test(both_kinds_are_paused_and_work_again),
		cmocka_unit_test(what_is_deleted_keeps_its_history_only),
		cmocka_unit_test(tags_are_words_once_each),
	};

	return GROUP(tests);
}
