/* member_permission.c - what members may give themselves: chosen within the entitlement, by one at a time. */
#define _GNU_SOURCE
#include "core/scoping.h"

#include "core/member_permission.h"

enum { AT_ONCE = 10 };

static long
version_of(const struct people *p)
{
	return sql_number("SELECT version FROM organization WHERE id = %d", (int)p->org);
}

static long
given(const struct people *p)
{
	return sql_number(
	    "SELECT COUNT(*) FROM member_permission WHERE organization_id = %d", (int)p->org);
}

/* Saved and committed, or undone. */
static enum member_saved
save_at(const struct people *p, int64_t version, str words)
{
	struct strs wish = list(words);
	struct request *rq = begin_as(p);
	enum member_saved saved = member_permission_save(rq, version, &wish);

	if (saved == MEMBER_SAVED)
		commit(rq);
	else
		db_rollback(rq->db);
	return saved;
}

static enum member_saved
save(const struct people *p, str words)
{
	return save_at(p, version_of(p), words);
}

static str
two(str one, str other)
{
	return fmt(&world.hand.start, "%.*s %.*s", STR(one), STR(other));
}

static void
nothing_at_first(void **state)
{
	struct scene s = scene_make();
	struct member_offers_rows offers =
	    sql_member_offers(hand_ask(&world.hand, s.ann.org)->db, .org = s.ann.org);

	(void)state;
	assert_int_equal(offers.n, 6);
	for (size_t i = 0; i < offers.n; i++) {
		assert_true(offers.at[i].entitled);
		assert_false(offers.at[i].given);
	}
}

static void
it_becomes_what_is_wished_and_the_log_has_both(void **state)
{
	struct scene s = scene_make();
	str read = may(s.catalogue.books, "read"), user = may(s.catalogue.staff, "user");
	struct arena *a = &world.hand.start;

	(void)state;
	assert_int_equal(save(&s.ann, two(read, user)), MEMBER_SAVED);
	assert_int_equal(given(&s.ann), 2);
	assert_int_equal(noted(&s.ann, "organization.edit",
			     str_c(a, fmt(a, "\"member_permissions\":[\"\",\"%.*s %.*s\"]",
					  STR(read), STR(user)))),
	    1);
	assert_int_equal(save(&s.ann, read), MEMBER_SAVED);
	assert_int_equal(given(&s.ann), 1);
	assert_int_equal(
	    noted(&s.ann, "organization.edit",
		str_c(a, fmt(a, "[\"%.*s %.*s\",\"%.*s\"]", STR(read), STR(user), STR(read)))),
	    1);
	assert_int_equal(save(&s.ann, (str){ 0 }), MEMBER_SAVED);
	assert_int_equal(given(&s.ann), 0);
	assert_int_equal(save(&s.ann, (str){ 0 }), MEMBER_SAVED);
	assert_int_equal(noted(&s.ann, "organization.edit", ""), 3);
	assert_int_equal(noted(&s.ann, "organization.save", ""), 1);
}

static void
what_one_is_not_entitled_to_cannot_be_given(void **state)
{
	struct scene s = scene_make(), theirs = scene_make();
	str read = may(s.catalogue.books, "read");

	(void)state;
	assert_int_equal(
	    save(&s.ann, two(read, may(theirs.catalogue.books, "read"))), MEMBER_UNKNOWN);
	assert_int_equal(save(&s.ann, two(read, S("no:such"))), MEMBER_UNKNOWN);
	assert_int_equal(given(&s.ann), 0);
	assert_int_equal(version_of(&s.ann), 1);
}

/* What the operator withdraws stays chosen and counts no more; it can be taken away, and not chosen anew. */
static void
what_was_withdrawn_stays_out_of_force(void **state)
{
	struct scene s = scene_make();
	str read = may(s.catalogue.books, "read"), see = may(s.catalogue.plans, "see");
	struct member_offers_rows offers;

	(void)state;
	assert_int_equal(save(&s.ann, two(read, see)), MEMBER_SAVED);
	sql_run("DELETE e FROM entitlement e JOIN api a ON a.id = e.api_id WHERE "
		"e.organization_id = %d AND a.word = '%s'",
	    (int)s.ann.org, s.catalogue.books);
	offers = sql_member_offers(hand_ask(&world.hand, s.ann.org)->db, .org = s.ann.org);
	assert_int_equal(offers.n, 5);
	assert_false(offers.at[0].entitled);
	assert_true(offers.at[0].given);
	assert_int_equal(save(&s.ann, two(read, see)), MEMBER_SAVED);
	assert_int_equal(given(&s.ann), 2);
	assert_int_equal(save(&s.ann, see), MEMBER_SAVED);
	assert_int_equal(given(&s.ann), 1);
	assert_int_equal(save(&s.ann, two(read, see)), MEMBER_UNKNOWN);
	assert_int_equal(given(&s.ann), 1);
}

static void
what_another_organization_chose_stays(void **state)
{
	struct scene s = scene_make();
	struct people ben = world_people();
	str read = may(s.catalogue.books, "read");

	(void)state;
	entitle(&ben, s.catalogue.books);
	assert_int_equal(save(&s.ann, read), MEMBER_SAVED);
	assert_int_equal(save(&ben, read), MEMBER_SAVED);
	assert_int_equal(save(&ben, (str){ 0 }), MEMBER_SAVED);
	assert_int_equal(given(&s.ann), 1);
	assert_int_equal(given(&ben), 0);
}

static void
over_a_hundred_are_too_many(void **state)
{
	struct scene s = scene_make();
	str words = (str){ 0 };

	(void)state;
	for (int i = 0; i <= MEMBER_PERMISSIONS_MAX; i++) {
		char name[16];

		snprintf(name, sizeof name, "p%d", i);
		permission_add(s.catalogue.plans, name, true);
		words = two(words, may(s.catalogue.plans, name));
	}
	words = str_trim(words);
	assert_int_equal(save(&s.ann, words), MEMBER_MANY);
	str_cut(words, ' ', &words);
	assert_int_equal(save(&s.ann, words), MEMBER_SAVED);
	assert_int_equal(given(&s.ann), MEMBER_PERMISSIONS_MAX);
}

struct saving {
	const struct people *ann;
	struct strs wish;
};

static void
save_one(struct hand *hand)
{
	const struct saving *saving = hand->with;
	struct request *rq = act_as(hand_begin(hand, saving->ann->org), saving->ann);

	hand->result = (int)member_permission_save(rq, 1, &saving->wish);
	if (hand->result == MEMBER_SAVED)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
of_ten_at_once_one_is_saved(void **state)
{
	struct scene s = scene_make();
	struct saving saving = { &s.ann, list(may(s.catalogue.books, "read")) };
	struct hand hands[AT_ONCE];

	(void)state;
	hands_together(hands, AT_ONCE, save_one, &saving);
	assert_int_equal(results(hands, AT_ONCE, MEMBER_SAVED), 1);
	assert_int_equal(results(hands, AT_ONCE, MEMBER_CHANGED), AT_ONCE - 1);
	assert_int_equal(version_of(&s.ann), 2);
	assert_int_equal(given(&s.ann), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_at_first),
		cmocka_unit_test(it_becomes_what_is_wished_and_the_log_has_both),
		cmocka_unit_test(what_one_is_not_entitled_to_cannot_be_given),
		cmocka_unit_test(what_was_withdrawn_stays_out_of_force),
		cmocka_unit_test(what_another_organization_chose_stays),
		cmocka_unit_test(over_a_hundred_are_too_many),
		cmocka_unit_test(of_ten_at_once_one_is_saved),
	};

	return GROUP(tests);
}
