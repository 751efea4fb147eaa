/* factor_taken.c - an admin takes a lost second factor away, of who belongs to their organization alone. */
#define _GNU_SOURCE
#include "core/adding.h"

#include "core/factor.h"
#include "crypto/totp.h"

#include <sched.h>
#include <stdatomic.h>

/* The admin, and a member whose factor is on. */
struct both {
	struct people ann, may;
	str id;
};

static struct both
both(void)
{
	struct both p = { .ann = world_people() };
	struct factor_codes codes;
	struct request *rq;
	str seed;

	p.may = colleague(&p.ann, "May Field", ROLE_MEMBER);
	p.id = user_id(&p.may);
	rq = begin_as(&p.may);
	seed = factor_begin(rq);
	assert_int_equal(
	    factor_confirm(rq, totp_code(rq->arena, seed, rq->now), &codes), FACTOR_CONFIRMED);
	commit(rq);
	return p;
}

static enum factor_taken
take(const struct people *who, str id)
{
	struct request *rq = begin_as(who);
	enum factor_taken taken = factor_take(rq, id);

	if (taken == FACTOR_TAKEN)
		commit(rq);
	else
		db_rollback(rq->db);
	return taken;
}

static bool
is_on(const struct people *who)
{
	return factor_on(hand_ask(&world.hand, 0), who->person);
}

static void
of_who_belongs_here_alone(void **state)
{
	struct both p = both();
	struct people other = world_people();

	(void)state;
	assert_int_equal(take(&p.may, p.id), FACTOR_TAKE_REFUSED);
	assert_int_equal(take(&other, p.id), FACTOR_TAKE_REFUSED);
	assert_int_equal(take(&p.ann, S("nobodyhere")), FACTOR_TAKE_REFUSED);
	sql_run("UPDATE person SET is_operator = 1 WHERE id = %d", (int)p.may.person);
	assert_int_equal(take(&p.ann, p.id), FACTOR_TAKE_REFUSED);
	sql_run("UPDATE person SET is_operator = 0 WHERE id = %d", (int)p.may.person);
	assert_true(is_on(&p.may));
	assert_int_equal(take(&p.ann, p.id), FACTOR_TAKEN);
	assert_false(is_on(&p.may));
	assert_int_equal(take(&p.ann, p.id), FACTOR_TAKE_NEEDLESS);
}

/* ---- while they become somebody else's too */

struct race {
	struct both p;
	struct people other;
	atomic_bool joining, taken;
};

static bool
somebody_waits(void)
{
	return sql_number("SELECT variable_value FROM information_schema.global_status "
			  "WHERE variable_name = 'Innodb_row_lock_current_waits'") > 0;
}

/* The first joins them to another organization, and commits once the second, who takes the factor, waits. */
static void
join_or_take(struct hand *hand)
{
	struct race *race = (struct race *)(uintptr_t)hand->with;
	struct person_wish wish = { .name = S("May Field"),
		.email = race->p.may.email,
		.password = S("correct horse battery"),
		.role = ROLE_MEMBER };
	struct request *rq;

	if (hand->n == 0) {
		rq = hand_begin(hand, 0);
		assert_true(person_join(rq, race->other.org, &wish) != 0);
		atomic_store(&race->joining, true);
		while (!somebody_waits() && !atomic_load(&race->taken))
			sched_yield();
		commit(rq);
		return;
	}
	while (!atomic_load(&race->joining))
		sched_yield();
	rq = act_as(hand_begin(hand, race->p.ann.org), &race->p.ann);
	hand->result = (int)factor_take(rq, race->p.id);
	atomic_store(&race->taken, true);
	if (hand->result == (int)FACTOR_TAKEN)
		commit(rq);
	else
		db_rollback(rq->db);
}

static void
who_joins_another_organization_meanwhile_keeps_it(void **state)
{
	struct race race = { .p = both(), .other = world_people() };
	struct hand hands[2];

	(void)state;
	hands_together(hands, 2, join_or_take, &race);
	assert_int_equal(hands[1].result, FACTOR_TAKE_REFUSED);
	assert_true(is_on(&race.p.may));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_who_belongs_here_alone),
		cmocka_unit_test(who_joins_another_organization_meanwhile_keeps_it),
	};

	return GROUP(tests);
}
