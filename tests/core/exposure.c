/* exposure.c - who is shown a secret is noted, whichever way it is made. */
#define _GNU_SOURCE
#include "core/scoping.h"

#include "core/compromise.h"
#include "core/exposure.h"
#include "core/pending.h"
#include "core/rotation.h"

/* A request of the admin's, or of the command line in the same organization, in a transaction. */
static struct request *
begin_by(const struct people *ann, bool at_command_line)
{
	struct request *rq = begin_as(ann);

	if (at_command_line) {
		rq->actor = NULL;
		rq->me = 0;
	}
	return rq;
}

static long
exposures(const struct people *ann, const char *how)
{
	return sql_number(
	    "SELECT COUNT(*) FROM exposure WHERE organization_id = %d AND user_id = %d AND "
	    "how = '%s'",
	    (int)ann->org, (int)ann->user, how);
}

/* Each secret that has a text was shown in one reply: there is one entry and one exposure for it, of who is signed in. */
static void
check_shown(const struct people *ann, long n)
{
	assert_int_equal(sql_number("SELECT COUNT(*) FROM secret WHERE organization_id = %d AND "
				    "key_number <> 0",
			     (int)ann->org),
	    n);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d "
				    "AND act = 'secret.reveal'",
			     (int)ann->org),
	    n);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM secret s JOIN exposure e ON e.secret_id = s.id AND "
		       "e.organization_id = s.organization_id AND e.user_id = %d AND e.at = "
		       "s.created_at WHERE s.organization_id = %d",
		(int)ann->user, (int)ann->org),
	    n);
}

static struct client_made
first_key(const struct people *ann)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct client_wish wish = { .environment = S("production"), .name = S("First") };
	struct client_made made;

	assert_int_equal(pending_create(rq, ann->org, &wish, &made), MADE_NEW);
	made.id = str_copy(&world.hand.start, made.id);
	commit(rq);
	return made;
}

/* ---- the makers: each shows one secret more */

static void
make_one(struct request *rq, str id)
{
	struct client_wish wish = { .environment = S("integration"), .name = S("Another") };
	struct client_made made;

	(void)id;
	assert_int_equal(client_create(rq, &wish, &made), MADE_NEW);
}

static void
reset_it(struct request *rq, str id)
{
	struct client_made made;

	assert_int_equal(client_reset(rq, id, S(""), &made), MADE_NEW);
}

static void
rotate_it(struct request *rq, str id)
{
	struct rotation_wish wish = { .id = id, .overlap = HOUR };
	struct client_made made;

	assert_int_equal(rotation_start(rq, &wish, &made), ROTATED);
}

static void
compromise_it(struct request *rq, str id)
{
	const struct client_card_row *card = sql_client_card(rq->db, .org = rq->org, .id = id);
	struct compromise_wish wish = { .id = id, .seen = card->sid };
	struct client_made made;

	assert_int_equal(secret_compromised(rq, &wish, &made), COMPROMISED);
}

typedef void maker(struct request *, str id);
static maker *const makers[] = { make_one, reset_it, rotate_it, compromise_it };
enum { MAKERS = sizeof makers / sizeof makers[0] };

static void
each_maker_notes_who_is_shown_it(void **state)
{
	struct scene s = scene_make();
	struct client_made key = make_key(&s.ann, S("production")), made, first;
	struct opening_by by;
	struct request *rq;

	(void)state;
	check_shown(&s.ann, 1);
	for (long i = 0; i < MAKERS; i++) {
		rq = begin_by(&s.ann, false);
		makers[i](rq, key.id);
		commit(rq);
		check_shown(&s.ann, i + 2);
	}
	made_of(&s);
	check_shown(&s.ann, MAKERS + 2);
	assert_int_equal(exposures(&s.ann, "made"), MAKERS + 2);
	first = first_key(&s.ann);
	check_shown(&s.ann, MAKERS + 2);
	rq = begin_by(&s.ann, false);
	assert_int_equal(pending_open(rq, &(struct opening){ .id = first.id }, &made, &by), OPENED);
	commit(rq);
	check_shown(&s.ann, MAKERS + 3);
	assert_int_equal(exposures(&s.ann, "opened"), 1);
}

/* What is made there is shown to nobody who is known: no exposure, and nobody to blame for it. */
static void
at_the_command_line_nobody_is_noted(void **state)
{
	struct people ann = world_people();
	struct client_made key = make_key(&ann, S("production"));
	struct request *rq;

	(void)state;
	for (size_t i = 0; i < MAKERS; i++) {
		rq = begin_by(&ann, true);
		makers[i](rq, key.id);
		commit(rq);
	}
	assert_int_equal(
	    sql_number(
		"SELECT COUNT(*) FROM secret WHERE organization_id = %d AND created_by IS NULL",
		(int)ann.org),
	    MAKERS);
	assert_int_equal(exposures(&ann, "made"), 1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM exposure WHERE organization_id = %d", (int)ann.org),
	    1);
}

/* Whoever left, came back, and is shown a secret before anybody has noticed that: they are here. */
static void
whoever_is_shown_one_has_not_left(void **state)
{
	struct people ann = world_people();

	(void)state;
	sql_run("UPDATE user SET left_at = '2026-01-01' WHERE id = %d", (int)ann.user);
	make_key(&ann, S("production"));
	assert_int_equal(
	    sql_number("SELECT left_at IS NULL FROM user WHERE id = %d", (int)ann.user), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_maker_notes_who_is_shown_it),
		cmocka_unit_test(at_the_command_line_nobody_is_noted),
		cmocka_unit_test(whoever_is_shown_one_has_not_left),
	};

	return GROUP(tests);
}
