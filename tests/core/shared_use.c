/* shared_use.c - tests of the notes of use in shared memory: each call is counted once, whoever floods. */
#define _GNU_SOURCE
#include "core/noted.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static void
refuse(struct shared *shared, int64_t secret, int k)
{
	char program[20];

	snprintf(program, sizeof program, "flood/%d", k);
	shared_note_use(shared, &(struct use_note){ .secret = secret,
				    .now = at_noon,
				    .outcome = USE_REVOKED,
				    .address = S("203.0.113.9"),
				    .program = str_of(program) });
}

/* Takes all there is; returns how many notes. seen is called for each. */
static int64_t
take_all(struct shared *shared, void (*seen)(const struct shared_use *, int64_t *), int64_t *sum)
{
	static struct shared_uses uses;
	int64_t calls = 0;

	while (shared_uses_take(shared, TAKER, &uses)) {
		for (size_t i = 0; i < uses.n; i++) {
			calls += calls_of(&uses.at[i]);
			if (seen)
				seen(&uses.at[i], sum);
		}
		shared_uses_written(shared, uses.number);
	}
	return calls;
}

static void
uses_are_noted_and_taken(void **state)
{
	struct shared *shared = make_one();
	struct shared_uses uses;

	(void)state;
	assert_false(shared_uses_take(shared, TAKER, &uses));
	note(shared, 7, at_noon, S("curl/8.5.0"));
	note(shared, 7, at_noon + SECOND, S("curl/8.5.0"));
	shared_note_use(shared, &(struct use_note){ .secret = 7,
				    .now = at_noon,
				    .outcome = USE_EXPIRED,
				    .address = S("192.0.2.1"),
				    .program = S("curl/8.5.0") });
	note(shared, 0, at_noon, S("x"));
	note(shared, -1, at_noon, S("x"));
	assert_true(shared_uses_take(shared, TAKER, &uses));
	assert_int_equal(uses.n, 2);
	assert_int_equal(uses.number, 1);
	assert_int_equal(strlen(uses.memory), SHARED_NAME_CHARS);
	assert_int_equal(uses.at[0].secret, 7);
	assert_int_equal(uses.at[0].calls[USE_ACCEPTED], 2);
	assert_int_equal(uses.at[0].first_at, at_noon);
	assert_int_equal(uses.at[0].last_at, at_noon + SECOND);
	assert_string_equal(uses.at[0].address, "192.0.2.1");
	assert_string_equal(uses.at[0].program, "curl/8.5.0");
	assert_int_equal(uses.at[1].calls[USE_EXPIRED], 1);
	assert_int_equal(uses.at[1].calls[USE_ACCEPTED], 0);
	shared_uses_written(shared, 1);
	assert_false(shared_uses_take(shared, TAKER, &uses));
	shared_unmap(shared);
}

static void
texts_are_cut_to_their_room(void **state)
{
	struct shared *shared = make_one();
	struct shared_uses uses;
	char long_text[201] = { 0 };

	(void)state;
	memset(long_text, 'x', 200);
	shared_note_use(shared, &(struct use_note){ .secret = (int64_t)1 << 43,
				    .now = at_noon,
				    .address = { long_text, 200 },
				    .program = { long_text, 200 } });
	assert_true(shared_uses_take(shared, TAKER, &uses));
	assert_int_equal(uses.at[0].secret, (int64_t)1 << 43);
	assert_int_equal(strlen(uses.at[0].address), USE_ADDRESS_MAX);
	assert_int_equal(strlen(uses.at[0].program), USE_PROGRAM_MAX);
	shared_uses_written(shared, 1);
	shared_note_use(shared, &(struct use_note){ .secret = 7, .now = at_noon });
	assert_true(shared_uses_take(shared, TAKER, &uses));
	assert_string_equal(uses.at[0].address, "");
	assert_string_equal(uses.at[0].program, "");
	shared_unmap(shared);
}

/* What was not said to be written is there again, for whoever comes next, and only then. */
static void
a_batch_stays_until_it_is_written(void **state)
{
	struct shared *shared = make_one();
	struct shared_uses uses;

	(void)state;
	note(shared, 7, at_noon, S("curl"));
	assert_true(shared_uses_take(shared, 1, &uses));
	note(shared, 8, at_noon, S("curl"));
	assert_false(shared_uses_take(shared, 2, &uses));
	assert_true(shared_uses_take(shared, 1, &uses));
	assert_int_equal(uses.n, 1);
	shared_uses_left(shared, 2);
	assert_false(shared_uses_take(shared, 2, &uses));
	shared_uses_left(shared, 1);
	assert_true(shared_uses_take(shared, 2, &uses));
	assert_int_equal(uses.number, 1);
	assert_int_equal(uses.n, 1);
	assert_int_equal(uses.at[0].secret, 7);
	shared_uses_written(shared, 2); /* not this one */
	assert_true(shared_uses_take(shared, 2, &uses));
	assert_int_equal(uses.number, 1);
	shared_uses_written(shared, 1);
	assert_true(shared_uses_take(shared, 2, &uses));
	assert_int_equal(uses.number, 2);
	assert_int_equal(uses.at[0].secret, 8);
	shared_unmap(shared);
}

static void
slots_are_used_again(void **state)
{
	struct shared *shared = make_one();

	(void)state;
	for (int64_t i = 0; i < 1000; i++) {
		for (int64_t k = 1; k <= 100; k++)
			note(shared, i * 100 + k, at_noon, S("curl"));
		assert_int_equal(take_all(shared, NULL, NULL), 100);
	}
	shared_unmap(shared);
}

static void
count_named(const struct shared_use *use, int64_t *sum)
{
	*sum += str_starts(str_of(use->program), S("good/"));
}

static void
note_all(struct shared *shared, str program)
{
	for (int64_t secret = 1; secret <= 600; secret++)
		note(shared, secret, at_noon, program);
}

static void
count_earlier(const struct shared_use *use, int64_t *sum)
{
	*sum += str_eq(str_of(use->program), S("earlier"));
}

/* Who has looked at all places has seen whatever was noted before, and may stop, however much is noted meanwhile. A batch
 * that somebody else had taken says nothing of places. */
static void
once_around_is_enough(void **state)
{
	struct shared *shared = make_one();
	struct shared_uses uses;
	int64_t earlier = 0;
	size_t seen = 0, batches = 0;

	(void)state;
	note_all(shared, S("earlier"));
	assert_true(shared_uses_take(shared, TAKER, &uses));
	assert_in_range(uses.places, SHARED_USES_MAX, SHARED_USES_PLACES - 1);
	for (; seen < SHARED_USES_PLACES && shared_uses_take(shared, TAKER, &uses); batches++) {
		assert_true((uses.places == 0) == (batches == 0));
		for (size_t i = 0; i < uses.n; i++)
			count_earlier(&uses.at[i], &earlier);
		shared_uses_written(shared, uses.number);
		seen += uses.places;
		note_all(shared, S("later"));
	}
	assert_int_equal(earlier, 600);
	assert_in_range(batches, 3, 6);
	shared_unmap(shared);
}

/* A million refused callers of one secret, each under another name: the good ones keep theirs, and every call
 * is counted. */
static void
a_flood_pushes_nobody_out(void **state)
{
	struct shared *shared = make_one();
	int64_t named = 0, refused = 200000;

	(void)state;
	for (int64_t k = 0; k < refused; k++)
		refuse(shared, 1 + k % 3, (int)k);
	for (int64_t k = 0; k < 200; k++) {
		char program[20];

		snprintf(program, sizeof program, "good/%d", (int)k);
		note(shared, 1000 + k, at_noon, str_of(program));
		note(shared, 1, at_noon, str_of(program));
	}
	assert_int_equal(take_all(shared, count_named, &named), refused + 400);
	/* Of the flooded secret's own 200 about 3 find no slot among their 16; more than 15 do once in
	 * 20,000 runs, and each further one is half as likely. */
	assert_in_range(named, 370, 400);
	assert_int_equal(shared_counted(shared, COUNT_USES_LOST), 0);
	shared_unmap(shared);
}

/* The same by who does have a good secret: it costs the names of their own callers. */
static void
a_flood_of_good_calls_stays_with_its_secret(void **state)
{
	struct shared *shared = make_one();
	int64_t named = 0;

	(void)state;
	for (int64_t k = 0; k < 100000; k++) {
		char program[20];

		snprintf(program, sizeof program, "many/%d", (int)k);
		note(shared, 1, at_noon, str_of(program));
	}
	for (int64_t k = 0; k < 1000; k++)
		note(shared, 1000 + k, at_noon, S("good/1"));
	assert_int_equal(take_all(shared, count_named, &named), 101000);
	assert_int_equal(named, 1000);
	shared_unmap(shared);
}

/* More secrets at once than there is room for: what is not counted is counted as that. */
static void
what_finds_no_room_is_known(void **state)
{
	struct shared *shared = make_one();
	int64_t lost;

	(void)state;
	for (int64_t secret = 1; secret <= 40000; secret++)
		note(shared, secret, at_noon, S("curl"));
	lost = shared_counted(shared, COUNT_USES_LOST);
	assert_in_range(lost, 20000, 30000);
	assert_int_equal(take_all(shared, NULL, NULL), 40000 - lost);
	shared_unmap(shared);
}

/* ---- many at once */

struct noter {
	pthread_t id;
	struct shared *shared;
	atomic_bool *done;
	int64_t noted;
};

enum { NOTERS = 4, ROUNDS = 20000 };

static int64_t
time_of(int64_t secret)
{
	return at_noon + secret * SECOND;
}

static void *
note_all_the_time(void *arg)
{
	struct noter *noter = arg;

	for (int64_t i = 0; i < ROUNDS; i++) {
		int64_t secret = 1 + i % SECRETS + i / 2000 * 1000;

		note(noter->shared, secret, time_of(secret), S("curl/8.5.0"));
	}
	return NULL;
}

/* No note goes to another secret, although slots change hands all the time. */
static void
is_whole(const struct shared_use *use, int64_t *sum)
{
	*sum += calls_of(use);
	assert_int_equal(use->first_at, time_of(use->secret));
	assert_int_equal(use->last_at, time_of(use->secret));
	assert_string_equal(use->address, "192.0.2.1");
	assert_string_equal(use->program, "curl/8.5.0");
}

static void *
take_all_the_time(void *arg)
{
	struct noter *taker = arg;

	while (!*taker->done)
		take_all(taker->shared, is_whole, &taker->noted);
	return NULL;
}

static void
no_note_is_lost_between_threads(void **state)
{
	struct shared *shared = make_one();
	atomic_bool done = false;
	struct noter noters[NOTERS], taker = { .shared = shared, .done = &done };

	(void)state;
	pthread_create(&taker.id, NULL, take_all_the_time, &taker);
	for (int i = 0; i < NOTERS; i++) {
		noters[i] = (struct noter){ .shared = shared };
		pthread_create(&noters[i].id, NULL, note_all_the_time, &noters[i]);
	}
	for (int i = 0; i < NOTERS; i++)
		pthread_join(noters[i].id, NULL);
	done = true;
	pthread_join(taker.id, NULL);
	take_all(shared, is_whole, &taker.noted);
	assert_int_equal(taker.noted, NOTERS * ROUNDS);
	shared_unmap(shared);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(uses_are_noted_and_taken),
		cmocka_unit_test(texts_are_cut_to_their_room),
		cmocka_unit_test(a_batch_stays_until_it_is_written),
		cmocka_unit_test(slots_are_used_again),
		cmocka_unit_test(once_around_is_enough),
		cmocka_unit_test(a_flood_pushes_nobody_out),
		cmocka_unit_test(a_flood_of_good_calls_stays_with_its_secret),
		cmocka_unit_test(what_finds_no_room_is_known),
		cmocka_unit_test(no_note_is_lost_between_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
