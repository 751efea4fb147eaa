/* audit_tampered.c - whoever changes the audit log behind the program's back is found, and where. */
#define _GNU_SOURCE
#include "core/fixture.h"

enum { ENTRIES = 10, TEXT_MAX = 500 };

/* Ten entries of an organization of their own. */
static int64_t
chain_of(int n)
{
	static int64_t org = 700000;
	struct request *rq = hand_begin(&world.hand, ++org);

	for (int i = 1; i <= n; i++) {
		if (i % 50 == 0) {
			commit(rq);
			begin_again(rq);
		}
		audit(rq, S("test.act"), fmt(rq->arena, "object %d", i), S("{\"n\":1}"));
	}
	commit(rq);
	return org;
}

static int64_t
verify(int64_t org, int64_t *entries)
{
	return audit_verify(hand_ask(&world.hand, org), org, 1, entries);
}

/* Runs statements in which ORG stands for the organization. */
static void
tamper(const char *statements, int64_t org)
{
	struct arena *a = &world.hand.arena;
	str rest = str_of(statements), one;

	while (rest.n) {
		str text = { 0 };

		for (one = str_cut(rest, ';', &rest); one.n;) {
			size_t at = str_find(one, S("ORG"));
			str before = str_part(one, 0, at);

			if (at == one.n) {
				text = fmt(a, "%.*s%.*s", STR(text), STR(one));
				break;
			}
			text = fmt(a, "%.*s%.*s%d", STR(text), STR(before), (int)org);
			one = str_part(one, at + 3, one.n);
		}
		scratch_run(str_c(a, text));
	}
}

struct tampering {
	const char *what;
	int64_t found_at; /* 0: not found */
};

static void
try_all(const struct tampering *tamperings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t org = chain_of(ENTRIES), entries, wrong;

		assert_int_equal(verify(org, &entries), 0);
		assert_int_equal(entries, ENTRIES);
		tamper(tamperings[i].what, org);
		wrong = verify(org, &entries);
		if (wrong != tamperings[i].found_at) {
			print_error("%s\nis found at %d, not at %d\n", tamperings[i].what,
			    (int)wrong, (int)tamperings[i].found_at);
			fail();
		}
		if (wrong)
			assert_int_equal(entries, wrong - 1);
	}
}

#define TRY(...)                                                        \
	do {                                                            \
		static const struct tampering all_[] = { __VA_ARGS__ }; \
		try_all(all_, sizeof all_ / sizeof all_[0]);            \
	} while (0)

#define FIFTH " WHERE organization_id = ORG AND seq = 5"

static void
edited_entries(void **state)
{
	(void)state;
	TRY({ "UPDATE audit_entry SET at = at + INTERVAL 1 MICROSECOND" FIFTH, 5 },
	    { "UPDATE audit_entry SET person_id = 99" FIFTH, 5 },
	    { "UPDATE audit_entry SET person = 'somebody else'" FIFTH, 5 },
	    { "UPDATE audit_entry SET act = 'test.acu'" FIFTH, 5 },
	    { "UPDATE audit_entry SET object = 'object 6'" FIFTH, 5 },
	    { "UPDATE audit_entry SET detail = '{\"n\":2}'" FIFTH, 5 },
	    { "UPDATE audit_entry SET detail = ''" FIFTH, 5 },
	    { "UPDATE audit_entry SET remote = '192.0.2.2'" FIFTH, 5 },
	    { "UPDATE audit_entry SET request = '0123456789abcdee'" FIFTH, 5 },
	    { "UPDATE audit_entry SET key_number = 2" FIFTH, 5 },
	    { "UPDATE audit_entry SET mac = REVERSE(mac)" FIFTH, 5 },
	    { "UPDATE audit_entry SET mac = ''" FIFTH, 5 },
	    { "UPDATE audit_entry SET act = CONCAT(act, 'o'), object = SUBSTR(object, 2)" FIFTH,
		5 },
	    { "UPDATE audit_entry SET act = 'x' WHERE organization_id = ORG AND seq = 1", 1 },
	    { "UPDATE audit_entry SET act = 'x' WHERE organization_id = ORG AND seq = 10", 10 });
}

static void
removed_entries(void **state)
{
	(void)state;
	TRY({ "DELETE FROM audit_entry WHERE organization_id = ORG AND seq = 1", 1 },
	    { "DELETE FROM audit_entry" FIFTH, 5 },
	    { "DELETE FROM audit_entry" FIFTH ";UPDATE audit_entry SET seq = seq - 1 WHERE "
	      "organization_id = ORG AND seq > 5 ORDER BY seq",
		5 },
	    { "UPDATE audit_entry SET seq = 50" FIFTH, 5 },
	    { "UPDATE audit_entry SET machine = 2" FIFTH, 5 },
	    { "UPDATE audit_entry SET organization_id = 1" FIFTH
	      ";DELETE FROM audit_entry WHERE organization_id = 1 AND object = 'object 5'",
		5 });
}

#define COPY(seq)                                                                         \
	"INSERT INTO audit_entry (organization_id, machine, seq, at, person_id, person, " \
	"act, object, detail, remote, request, key_number, mac) SELECT organization_id, " \
	"machine, " seq ", at, person_id, person, act, object, detail, remote, request, " \
	"key_number, mac FROM audit_entry" FIFTH

static void
inserted_entries(void **state)
{
	(void)state;
	TRY({ COPY("11"), 11 }, { COPY("12"), 11 }, { COPY("0"), 1 }, { COPY("-7"), 1 },
	    { COPY("-9223372036854775808"), 1 },
	    { "UPDATE audit_entry SET seq = seq + 1 WHERE organization_id = ORG AND seq > 5 "
	      "ORDER BY seq DESC;" COPY("6"),
		6 });
}

static void
reordered_entries(void **state)
{
	(void)state;
	TRY({ "UPDATE audit_entry SET seq = 99" FIFTH
	      ";UPDATE audit_entry SET seq = 5 WHERE organization_id = ORG AND seq = 4"
	      ";UPDATE audit_entry SET seq = 4 WHERE organization_id = ORG AND seq = 99",
		4 },
	    { "UPDATE audit_entry a JOIN audit_entry b ON b.organization_id = a.organization_id "
	      "AND b.seq = 15 - a.seq SET a.object = b.object WHERE a.organization_id = ORG "
	      "AND a.seq IN (7, 8)",
		7 },
	    { "UPDATE audit_entry SET seq = 11 - seq + 100 WHERE organization_id = ORG"
	      ";UPDATE audit_entry SET seq = seq - 100 WHERE organization_id = ORG",
		1 });
}

static void
cut_entries(void **state)
{
	(void)state;
	TRY({ "DELETE FROM audit_entry WHERE organization_id = ORG AND seq = 10", 10 },
	    { "DELETE FROM audit_entry WHERE organization_id = ORG AND seq > 7", 8 },
	    { "DELETE FROM audit_entry WHERE organization_id = ORG", 1 });
}

static void
a_tampered_head(void **state)
{
	(void)state;
	TRY({ "UPDATE audit_head SET seq = 9 WHERE organization_id = ORG", 11 },
	    { "UPDATE audit_head SET seq = 11 WHERE organization_id = ORG", 11 },
	    { "UPDATE audit_head SET mac = REVERSE(mac) WHERE organization_id = ORG", 11 },
	    { "UPDATE audit_head SET mac = '' WHERE organization_id = ORG", 11 },
	    { "UPDATE audit_head SET machine = 2 WHERE organization_id = ORG", 11 },
	    { "DELETE FROM audit_head WHERE organization_id = ORG", 11 });
}

/* What a chain alone cannot show: a cut that also restores an older head, and an organization's log that is
 * gone as a whole. The checkpoints in the log are for that. */
static void
a_cut_with_its_head_restored_is_not_found(void **state)
{
	(void)state;
	TRY({ "DELETE FROM audit_entry WHERE organization_id = ORG AND seq > 7;UPDATE audit_head "
	      "SET seq = 7, mac = (SELECT mac FROM audit_entry WHERE organization_id = ORG AND "
	      "seq = 7) WHERE organization_id = ORG",
		0 },
	    { "DELETE FROM audit_entry WHERE organization_id = ORG;"
	      "DELETE FROM audit_head WHERE organization_id = ORG",
		0 });
}

/* Good entries and a good head, but somebody else's. */
static void
another_chain_in_its_place(void **state)
{
	int64_t theirs = chain_of(ENTRIES), entries;

	(void)state;
	sql_run("UPDATE audit_entry SET organization_id = 800001 WHERE organization_id = %d",
	    (int)theirs);
	sql_run("UPDATE audit_head SET organization_id = 800001 WHERE organization_id = %d",
	    (int)theirs);
	assert_int_equal(verify(800001, &entries), 1);
	theirs = chain_of(ENTRIES);
	sql_run("UPDATE audit_entry SET machine = 2 WHERE organization_id = %d", (int)theirs);
	sql_run("UPDATE audit_head SET machine = 2 WHERE organization_id = %d", (int)theirs);
	assert_int_equal(audit_verify(hand_ask(&world.hand, theirs), theirs, 2, &entries), 1);
}

/* Who may only add entries can give them a number of a machine that there is not: it is walked as well. */
static void
a_machine_of_ones_own(void **state)
{
	int64_t org = chain_of(ENTRIES), entries;
	struct audit_machines_rows machines;

	(void)state;
	machines = sql_audit_machines(hand_ask(&world.hand, org)->db, .org = org);
	assert_int_equal(machines.n, 1);
	assert_int_equal(machines.at[0].machine, 1);
	tamper("UPDATE audit_entry SET machine = 99 WHERE organization_id = ORG AND seq = 10", org);
	machines = sql_audit_machines(hand_ask(&world.hand, org)->db, .org = org);
	assert_int_equal(machines.n, 2);
	assert_int_equal(machines.at[1].machine, 99);
	assert_int_equal(audit_verify(hand_ask(&world.hand, org), org, 99, &entries), 1);
	assert_int_equal(sql_audit_machines(hand_ask(&world.hand, 0)->db, .org = 699999).n, 0);
}

/* The walk takes 200 at a time. */
static void
a_chain_of_several_pages(void **state)
{
	static const int64_t lengths[] = { 199, 200, 201, 400, 450 };
	int64_t entries, org = 0;

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		org = chain_of((int)lengths[i]);
		assert_int_equal(verify(org, &entries), 0);
		assert_int_equal(entries, lengths[i]);
	}
	for (int64_t seq = 402; seq > 0; seq -= 67) {
		sql_run("UPDATE audit_entry SET object = 'x' WHERE organization_id = %d AND "
			"seq = %d",
		    (int)org, (int)seq);
		assert_int_equal(verify(org, &entries), seq);
	}
}

static void
no_chain_is_whole(void **state)
{
	int64_t entries;

	(void)state;
	assert_int_equal(verify(699999, &entries), 0);
	assert_int_equal(entries, 0);
}

/* What the old key signed stays good while the ring can read it, and no longer. */
static void
a_chain_across_keys(void **state)
{
	struct keyring ring = *world.hand.desk.keyring;
	const struct keyring *before = world.hand.desk.keyring;
	int64_t org = chain_of(ENTRIES), entries;
	struct request *rq;

	(void)state;
	ring.keys[1].status = KEY_READING;
	ring.keys[2] = ring.keys[1];
	ring.keys[2].status = KEY_ACTIVE;
	ring.keys[2].audit = digest_sha256(S("another"));
	ring.active = 2;
	world.hand.desk.keyring = &ring;
	rq = hand_begin(&world.hand, org);
	audit(rq, S("test"), S("x"), (str){ 0 });
	commit(rq);
	assert_int_equal(verify(org, &entries), 0);
	assert_int_equal(entries, ENTRIES + 1);
	/* What a retired key has made is still verified; without the key nothing is. */
	ring.keys[1].status = KEY_RETIRED;
	assert_int_equal(verify(org, &entries), 0);
	ring.keys[1].status = KEY_ABSENT;
	assert_int_equal(verify(org, &entries), 1);
	world.hand.desk.keyring = before;
	assert_int_equal(verify(org, &entries), ENTRIES + 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(edited_entries),
		cmocka_unit_test(removed_entries),
		cmocka_unit_test(inserted_entries),
		cmocka_unit_test(reordered_entries),
		cmocka_unit_test(cut_entries),
		cmocka_unit_test(a_tampered_head),
		cmocka_unit_test(a_cut_with_its_head_restored_is_not_found),
		cmocka_unit_test(another_chain_in_its_place),
		cmocka_unit_test(a_machine_of_ones_own),
		cmocka_unit_test(a_chain_of_several_pages),
		cmocka_unit_test(no_chain_is_whole),
		cmocka_unit_test(a_chain_across_keys),
	};

	return GROUP(tests);
}
