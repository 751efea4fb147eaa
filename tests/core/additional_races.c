/* additional_races.c - additional secrets made, opened, reset, revoked and ended at the same moment. */
#define _GNU_SOURCE
#include "core/adding.h"

enum { AT_ONCE = 30, LIMIT = 10 };

/* A hundred rounds where there is time for them: tests/soak.sh. */
static int
rounds(int few)
{
	const char *soak = getenv("SOAK");

	return soak && soak[0] == '1' ? 100 : few;
}

static int
end(struct request *rq, int result, bool done)
{
	if (done)
		commit(rq);
	else
		db_rollback(rq->db);
	return result;
}

static void
end_what_is_due(struct hand *hand)
{
	hand_ask(hand, 0);
	additional_end_due(&hand->desk, &hand->arena);
	hand->result = -1;
}

static struct request *
ask_as(struct hand *hand, const struct people *p)
{
	return act_as(hand_begin(hand, p->org), p);
}

static int
make_one(struct hand *hand, const struct team *t, const struct people *who, str member)
{
	struct request *rq = ask_as(hand, who);
	struct additional_wish wish = { .environment = S("production"),
		.key = t->key.id,
		.member = member,
		.name = S("Report"),
		.once = random_base62(rq->arena, 22) };
	str may = fmt(rq->arena, "%s:read", t->catalogue.books);
	struct additional_wrong wrong;
	struct client_made made;
	enum additional answer;

	wish.may = (struct strs){ &may, 1 };
	answer = additional_make(rq, &wish, &made, &wrong);
	if (answer == ADDITIONAL_WRONG)
		assert_true(wrong.member || wrong.key);
	return end(rq, (int)answer, answer == ADDITIONAL_DONE);
}

/* A third each: a member and a compliance admin for themselves, an admin for another member. */
static void
make_turn(struct hand *hand, const struct team *t)
{
	const struct people *who[] = { &t->may, &t->cora, &t->ann };

	hand->result = make_one(hand, t, who[hand->n % 3], hand->n % 3 == 2 ? t->may_id : S(""));
}

static void
make_by_turns(struct hand *hand)
{
	make_turn(hand, hand->with);
}

static void
of_thirty_at_once_just_ten_are_made(void **state)
{
	static struct hand hands[AT_ONCE];

	(void)state;
	for (int round = 0; round < rounds(5); round++) {
		size_t mark = arena_mark(&world.hand.start);
		struct team t = team_make();

		members_may(&t, reads(&t));
		hands_together(hands, AT_ONCE, make_by_turns, &t);
		assert_int_equal(results(hands, AT_ONCE, ADDITIONAL_DONE), LIMIT);
		assert_int_equal(results(hands, AT_ONCE, ADDITIONAL_FULL), AT_ONCE - LIMIT);
		assert_int_equal(clients(&t, "c.deleted_at IS NULL"), LIMIT);
		assert_int_equal(noted(&t.ann, "client.create", "\"kind\":\"additional\""), LIMIT);
		assert_int_equal(acts(&t, "client.end"), 0);
		check_team(&t);
		arena_wipe(&world.hand.start, mark);
	}
}

/* The housekeeper among those who make. */
static void
make_or_end_due(struct hand *hand)
{
	if (hand->n % 10)
		make_by_turns(hand);
	else
		end_what_is_due(hand);
}

/* All ten places taken, six of them by dead ones. */
static void
kill_six(const struct team *t)
{
	for (int i = 0; i < LIMIT; i++)
		added(t, &t->ann, i < 2 ? t->ben_id : t->may_id);
	sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)t->ben.user);
	sql_run("UPDATE client SET expires_at = UTC_TIMESTAMP(6) WHERE kind = 'additional' AND "
		"owner_id = %d ORDER BY id LIMIT 2",
	    (int)t->may.user);
	sql_run(
	    "UPDATE secret SET expires_at = UTC_TIMESTAMP(6) WHERE owner_id = %d ORDER BY id DESC "
	    "LIMIT 2",
	    (int)t->may.user);
}

static void
the_dead_free_their_places_once_in_the_same_race(void **state)
{
	static struct hand hands[AT_ONCE];

	(void)state;
	for (int round = 0; round < rounds(5); round++) {
		size_t mark = arena_mark(&world.hand.start);
		struct team t = team_make();

		members_may(&t, reads(&t));
		kill_six(&t);
		hands_together(hands, AT_ONCE, make_or_end_due, &t);
		assert_int_equal(results(hands, AT_ONCE, ADDITIONAL_DONE), 6);
		assert_int_equal(results(hands, AT_ONCE, ADDITIONAL_FULL), AT_ONCE - 3 - 6);
		assert_int_equal(clients(&t, "c.deleted_at IS NULL"), LIMIT);
		assert_int_equal(
		    noted(&t.ann, "client.create", "\"kind\":\"additional\""), LIMIT + 6);
		assert_int_equal(acts(&t, "client.end"), 6);
		assert_int_equal(noted(&t.ann, "client.end", "owner_deactivated"), 2);
		assert_int_equal(noted(&t.ann, "client.end", "expired"), 2);
		assert_int_equal(noted(&t.ann, "client.end", "unopened"), 2);
		check_team(&t);
		arena_wipe(&world.hand.start, mark);
	}
}

/* ---- what is done to one at the same moment */

struct race {
	const struct team *t;
	str id;
};

static int
reset_one(struct hand *hand, const struct race *race, const struct people *who)
{
	struct request *rq = ask_as(hand, who);
	struct client_made made;
	enum made answer = additional_reset(rq, &(struct client_next){ .id = race->id }, &made);

	return end(rq, (int)answer, answer == MADE_NEW);
}

static int
revoke_one(struct hand *hand, const struct race *race, const struct people *who)
{
	struct request *rq = ask_as(hand, who);
	bool done = additional_revoke(rq, race->id);

	return end(rq, done, done);
}

static int
open_one(struct hand *hand, const struct race *race)
{
	struct request *rq = ask_as(hand, &race->t->may);
	struct opening wish = { .id = race->id, .once = random_base62(rq->arena, 22) };
	struct client_made made;
	struct opening_by by;
	enum opened answer = pending_open(rq, &wish, &made, &by);

	return end(rq, (int)answer, answer == OPENED);
}

static void
reset_or_revoke(struct hand *hand)
{
	const struct race *race = hand->with;
	const struct team *t = race->t;

	if (hand->n % 4)
		hand->result = 10 + reset_one(hand, race, hand->n % 2 ? &t->may : &t->ann);
	else
		hand->result = revoke_one(hand, race, hand->n % 8 ? &t->cora : &t->may);
}

/* Whatever came last: revoked is revoked, and no reset makes another secret of it. */
static void
revoked_and_reset_at_once_it_has_ended(void **state)
{
	static struct hand hands[20];

	(void)state;
	for (int round = 0; round < rounds(5); round++) {
		size_t mark = arena_mark(&world.hand.start);
		struct team t = team_make();
		struct race race = { &t, added(&t, &t.ann, t.may_id).id };

		hands_together(hands, 20, reset_or_revoke, &race);
		assert_int_equal(results(hands, 20, 1), 1);
		assert_int_equal(clients(&t, "c.deleted_at IS NULL"), 0);
		assert_int_equal(acts(&t, "client.end"), 1);
		assert_int_equal(acts(&t, "client.reset"), results(hands, 20, 10 + MADE_NEW));
		assert_int_equal(
		    secrets(&t, "(s.hash IS NOT NULL OR s.current_of IS NOT NULL)"), 0);
		check_team(&t);
		arena_wipe(&world.hand.start, mark);
	}
}

static void
open_or_let_end(struct hand *hand)
{
	const struct race *race = hand->with;

	if (hand->n % 2)
		hand->result = open_one(hand, race);
	else
		end_what_is_due(hand);
}

/* At the end of its seven days it is opened once or has ended once: never both. */
static void
opened_at_the_last_moment_or_ended(void **state)
{
	static struct hand hands[20];

	(void)state;
	for (int round = 0; round < rounds(10); round++) {
		size_t mark = arena_mark(&world.hand.start);
		struct team t = team_make();
		struct race race = { &t, added(&t, &t.ann, t.may_id).id };
		int opened;

		sql_run("UPDATE secret SET expires_at = UTC_TIMESTAMP(6) + INTERVAL %d "
			"MICROSECOND WHERE owner_id = %d",
		    4000 * (round % 10), (int)t.may.user);
		hands_together(hands, 20, open_or_let_end, &race);
		end_due();
		opened = results(hands, 20, OPENED);
		assert_in_range(opened, 0, 1);
		if (!opened) /* its time may lie a moment ahead still */
			while (clients(&t, "c.deleted_at IS NULL"))
				end_due();
		assert_int_equal(acts(&t, "secret.open"), opened);
		assert_int_equal(acts(&t, "client.end"), !opened);
		assert_int_equal(secrets(&t, "s.status = 'active'"), opened);
		check_team(&t);
		arena_wipe(&world.hand.start, mark);
	}
}

static void
open_or_revoke(struct hand *hand)
{
	const struct race *race = hand->with;

	if (hand->n % 3 == 2)
		end_what_is_due(hand);
	else if (hand->n % 3)
		hand->result = 10 + open_one(hand, race);
	else
		hand->result = revoke_one(hand, race, &race->t->ann);
}

static void
opened_and_revoked_at_once_it_has_ended(void **state)
{
	static struct hand hands[21];

	(void)state;
	for (int round = 0; round < rounds(5); round++) {
		size_t mark = arena_mark(&world.hand.start);
		struct team t = team_make();
		struct race race = { &t, added(&t, &t.ann, t.may_id).id };

		hands_together(hands, 21, open_or_revoke, &race);
		assert_int_equal(results(hands, 21, 1), 1);
		assert_in_range(results(hands, 21, 10 + OPENED), 0, 1);
		assert_int_equal(acts(&t, "secret.open"), results(hands, 21, 10 + OPENED));
		assert_int_equal(noted(&t.ann, "client.end", "revoked"), 1);
		assert_int_equal(acts(&t, "client.end"), 1);
		assert_int_equal(secrets(&t, "s.hash IS NOT NULL"), 0);
		check_team(&t);
		arena_wipe(&world.hand.start, mark);
	}
}

/* ---- what it hangs on ends at the same moment */

static void
make_or_delete_the_key(struct hand *hand)
{
	const struct race *race = hand->with;
	struct request *rq;
	bool done;

	if (hand->n != 4) {
		make_turn(hand, race->t);
		return;
	}
	rq = ask_as(hand, &race->t->ann);
	done = client_delete(rq, race->t->key.id);
	hand->result = end(rq, done ? -1 : -2, done);
}

static void
nothing_lives_on_under_a_deleted_key(void **state)
{
	static struct hand hands[9];

	(void)state;
	for (int round = 0; round < rounds(10); round++) {
		size_t mark = arena_mark(&world.hand.start);
		struct team t = team_make();
		struct race race = { &t, { 0 } };
		int made;

		members_may(&t, reads(&t));
		hands_together(hands, 9, make_or_delete_the_key, &race);
		made = results(hands, 9, ADDITIONAL_DONE);
		assert_int_equal(results(hands, 9, -1), 1);
		assert_int_equal(results(hands, 9, ADDITIONAL_WRONG), 8 - made);
		assert_int_equal(clients(&t, "c.deleted_at IS NULL"), 0);
		assert_int_equal(clients(&t, "c.ended_reason = 'key_deleted'"), made);
		assert_int_equal(acts(&t, "client.end"), made);
		check_team(&t);
		arena_wipe(&world.hand.start, mark);
	}
}

/* The owner leaves by plain SQL, while they and an admin make more for them. */
static void
make_or_leave(struct hand *hand)
{
	const struct team *t = hand->with;

	if (hand->n == 4) {
		sql_run("UPDATE user SET status = 'deactivated' WHERE id = %d", (int)t->may.user);
		hand->result = -1;
		return;
	}
	hand->result =
	    make_one(hand, t, hand->n % 2 ? &t->may : &t->ann, hand->n % 2 ? S("") : t->may_id);
}

static void
nobody_who_has_left_keeps_one(void **state)
{
	static struct hand hands[9];

	(void)state;
	for (int round = 0; round < rounds(10); round++) {
		size_t mark = arena_mark(&world.hand.start);
		struct team t = team_make();
		int made;

		members_may(&t, reads(&t));
		hands_together(hands, 9, make_or_leave, &t);
		made = results(hands, 9, ADDITIONAL_DONE);
		assert_int_equal(results(hands, 9, ADDITIONAL_WRONG), 8 - made);
		assert_int_equal(clients(&t, "c.deleted_at IS NULL"), made);
		assert_int_equal(additional_places(begin_as(&t.ann), S("production")).used, 0);
		end_due();
		assert_int_equal(clients(&t, "c.ended_reason = 'owner_deactivated'"), made);
		assert_int_equal(acts(&t, "client.end"), made);
		check_team(&t);
		arena_wipe(&world.hand.start, mark);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_thirty_at_once_just_ten_are_made),
		cmocka_unit_test(the_dead_free_their_places_once_in_the_same_race),
		cmocka_unit_test(revoked_and_reset_at_once_it_has_ended),
		cmocka_unit_test(opened_at_the_last_moment_or_ended),
		cmocka_unit_test(opened_and_revoked_at_once_it_has_ended),
		cmocka_unit_test(nothing_lives_on_under_a_deleted_key),
		cmocka_unit_test(nobody_who_has_left_keeps_one),
	};

	return GROUP(tests);
}
