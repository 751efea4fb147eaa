/* machine.c - what machines say of themselves, and which ring may be used beside them. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/machine.h"
#include "core/shared_ring.h"

#include <unistd.h>

/* A machine of these tests: its number, name, shared memory and ring. */
struct station {
	struct settings settings;
	struct machine_self self;
	struct shared *shared;
	struct keyring ring;
};

static void
station_open(struct station *station, int64_t number, const char *instance)
{
	int fd;

	*station = (struct station){ .settings = world.settings };
	station->settings.machine = number;
	station->self = (struct machine_self){ .instance = str_of(instance),
		.host = S("host"),
		.version = S("1"),
		.started_at = clock_now() };
	station->shared = shared_make(&world.hand.fault, CACHE_ENTRIES, &fd);
	close(fd);
	station->ring = *world.hand.desk.keyring;
}

/* The request of a command on this machine. */
static struct request *
on(struct station *station)
{
	struct request *rq = hand_ask(&world.hand, 0);
	struct desk *desk = NEW(rq->arena, struct desk, 1);

	*desk = world.hand.desk;
	desk->settings = &station->settings;
	desk->self = &station->self;
	desk->shared = station->shared;
	desk->keyring = &station->ring;
	rq->desk = desk;
	return rq;
}

static void
report(struct station *station)
{
	struct request *rq = on(station);

	machine_report(rq->desk, rq->arena);
}

static struct station one, two;

static int
setup(void **state)
{
	(void)state;
	sql_run("DELETE FROM machine");
	sql_run("DELETE FROM machine_key");
	station_open(&one, 1, "aaaaaaaaaaaaaaaaaaaaaa");
	station_open(&two, 2, "bbbbbbbbbbbbbbbbbbbbbb");
	shared_ring_note(one.shared, 11, &one.ring);
	shared_ring_note(two.shared, 21, &two.ring);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	shared_unmap(one.shared);
	shared_unmap(two.shared);
	return 0;
}

/* What the station will do with a key 2 in its ring: its next worker has loaded it. */
static void
loads(struct station *station, enum key_status first, enum key_status second)
{
	ring_of_two(&station->ring, second == KEY_ACTIVE ? 2 : 1);
	station->ring.keys[1].status = first;
	station->ring.keys[2].status = second;
	shared_ring_gone(station->shared, station == &one ? 11 : 21);
	shared_ring_note(station->shared, station == &one ? 11 : 21, &station->ring);
	report(station);
}

static void
what_a_machine_says(void **state)
{
	struct machine_list machines;
	const struct machine *m;
	struct request *rq;

	(void)state;
	report(&one);
	report(&two);
	report(&two); /* again, in its own place */
	rq = on(&one);
	machines = machines_read(rq);
	assert_int_equal(machines.n, 2);
	m = &machines.at[0];
	assert_int_equal(m->number, 1);
	assert_true(m->live && m->self);
	assert_false(machines.at[1].self);
	assert_int_equal(m->workers, 1);
	assert_int_equal(m->connections, one.settings.threads + 2);
	CHECK_STR_EQ(m->host, one.self.host);
	assert_true(m->version.n > 0 && m->seconds >= 0 && m->seconds < 30);
	assert_true(m->ahead > -2 * SECOND && m->ahead < 2 * SECOND);
	assert_int_equal(m->keys[1].status, KEY_ACTIVE);
	assert_int_equal(m->keys[2].status, KEY_ABSENT);
	assert_true(machine_holds(
	    m, 1, machine_fingerprint(rq->arena, world.hand.desk.keyring->keys[1].check)));
	assert_false(machine_holds(m, 1, S("0000000000000000")));
	assert_false(machine_holds(m, 2, (str){ 0 }));
	/* Nothing of a key is in the database but what tells it from others. */
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM machine_key WHERE LENGTH(fingerprint) <> 16"), 0);
}

/* One that was not seen for a minute is not live, but known, and forgotten after a month. */
static void
what_was_not_seen(void **state)
{
	struct machine_list machines;

	(void)state;
	report(&one);
	report(&two);
	sql_run("UPDATE machine SET seen_at = seen_at - INTERVAL 61 SECOND WHERE machine = 2");
	machines = machines_read(on(&one));
	assert_int_equal(machines.n, 2);
	assert_true(machines.at[0].live);
	assert_false(machines.at[1].live);
	assert_true(machine_alive(&machines, 1));
	assert_false(machine_alive(&machines, 2));
	assert_false(machine_alive(&machines, 3));
	sql_run("UPDATE machine SET seen_at = seen_at - INTERVAL 31 DAY WHERE machine = 2");
	report(&one);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM machine"), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM machine_key WHERE machine = 2"), 0);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM machine_key WHERE machine = 1"), 1);
}

/* A key that was taken out of the ring is not reported any more. */
static void
a_ring_that_was_put_back(void **state)
{
	(void)state;
	loads(&one, KEY_ACTIVE, KEY_READING);
	assert_int_equal(sql_number("SELECT everywhere FROM machine_key WHERE number = 2"), 1);
	shared_ring_gone(one.shared, 11);
	shared_ring_note(one.shared, 11, world.hand.desk.keyring);
	report(&one);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM machine_key"), 1);
}

static void
beside_the_same_ring(void **state)
{
	(void)state;
	report(&one);
	report(&two);
	CHECK_STR(machine_ring_refused(on(&one), true), "");
	CHECK_STR(machine_ring_refused(on(&one), false), "");
}

/* A reload waits until everybody reads what this one will make: itself included, for its old workers go on
 * beside the new ones. A start after a crash does not wait. */
static void
a_key_that_others_lack(void **state)
{
	(void)state;
	report(&one);
	report(&two);
	ring_of_two(&one.ring, 2);
	CHECK_HOLDS(machine_ring_refused(on(&one), true), "machine 1 (host) does not hold it yet");
	CHECK_STR(machine_ring_refused(on(&one), false), "");
	loads(&one, KEY_ACTIVE, KEY_READING);
	ring_of_two(&one.ring, 2);
	CHECK_HOLDS(machine_ring_refused(on(&one), true), "machine 2 (host) does not hold it yet");
	loads(&two, KEY_ACTIVE, KEY_READING);
	CHECK_STR(machine_ring_refused(on(&one), true), "");
	/* One that has stopped holds nobody up. */
	shared_ring_gone(two.shared, 21);
	report(&two);
	CHECK_STR(machine_ring_refused(on(&one), true), "");
}

/* Whoever does not read what another one makes would refuse good secrets: it does not even start. */
static void
a_key_that_is_made_elsewhere(void **state)
{
	(void)state;
	report(&one);
	loads(&two, KEY_READING, KEY_ACTIVE);
	CHECK_HOLDS(
	    machine_ring_refused(on(&one), false), "machine 2 (host) makes secrets under key 2");
	ring_of_two(&one.ring, 1);
	CHECK_STR(machine_ring_refused(on(&one), false), "");
	one.ring.keys[2].status = KEY_RETIRED;
	CHECK_HOLDS(
	    machine_ring_refused(on(&one), false), "machine 2 (host) makes secrets under key 2");
	one.ring.keys[2].status = KEY_READING;
	one.ring.keys[2].check = 7; /* both machines have made a key 2 */
	CHECK_HOLDS(machine_ring_refused(on(&one), false), "not the key 2 of this ring");
	sql_run("UPDATE machine SET seen_at = seen_at - INTERVAL 61 SECOND WHERE machine = 2");
	CHECK_STR(machine_ring_refused(on(&one), false), "");
}

static void
two_of_one_number(void **state)
{
	struct machine_list machines;

	(void)state;
	station_open(&two, 1, "bbbbbbbbbbbbbbbbbbbbbb");
	report(&one);
	report(&two);
	machines = machines_read(on(&one));
	assert_int_equal(machines.n, 2);
	assert_true(machines.at[0].self && !machines.at[1].self);
}

/* The same program on the same socket is the same after a restart, and another socket is another one. */
static void
who_one_is(void **state)
{
	struct arena *a = &world.hand.start;
	struct settings here = world.settings, there = here;
	const struct machine_self *first, *again, *other;

	(void)state;
	here.listen = S("/run/a");
	there.listen = S("/run/b");
	first = machine_self(a, &here);
	again = machine_self(a, &here);
	other = machine_self(a, &there);
	assert_int_equal(first->instance.n, 22);
	CHECK_STR_EQ(first->instance, again->instance);
	assert_false(str_eq(first->instance, other->instance));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_a_machine_says),
		TEST(what_was_not_seen),
		TEST(a_ring_that_was_put_back),
		TEST(beside_the_same_ring),
		TEST(a_key_that_others_lack),
		TEST(a_key_that_is_made_elsewhere),
		TEST(two_of_one_number),
		TEST(who_one_is),
	};

	return GROUP(tests);
}
