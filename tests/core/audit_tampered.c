/* audit_tampered.c - whoever changes the audit log behind the program's back is found, and where. */
#define _GNU_SOURCE
#include "core/audited.h"

struct tampering {
	const char *what;
	enum audit_wrong found;
	int64_t first, last;
};

/* Each is done to a chain of its own, and found as that, in place; found as one thing at most twice over. */
static void
try_all(const struct tampering *tamperings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct tampering *t = &tamperings[i];
		int64_t org = chain_of(ENTRIES);
		const struct audit_report *report;

		check_whole(org, ENTRIES);
		tamper(t->what, org);
		report = verify(org);
		if (!report_has(report, t->found, t->first, t->last)) {
			print_error("%s\nis not found as %d, %d to %d, but as\n", t->what, t->found,
			    (int)t->first, (int)t->last);
			report_print(report);
			fail();
		}
		assert_true(report->wrong <= 4);
	}
}

#define TRY(...)                                                        \
	do {                                                            \
		static const struct tampering all_[] = { __VA_ARGS__ }; \
		try_all(all_, sizeof all_ / sizeof all_[0]);            \
	} while (0)

#define FIFTH " WHERE organization_id = ORG AND seq = 5"

/* Each column of an entry in each place, the first, one in the middle and the last. */
static void
edited_entries(void **state)
{
	static const char *const columns[] = {
		"organization_id = organization_id + 100000",
		"machine = 7",
		"seq = seq + 50",
		"at = at + INTERVAL 1 MICROSECOND",
		"at = at - INTERVAL 1 YEAR",
		"person_id = 99",
		"person = 'somebody else'",
		"person = CONCAT(person, ' ')",
		"act = 'test.acu'",
		"act = CONCAT(act, 'o'), object = SUBSTR(object, 2)",
		"object = 'object 99'",
		"object = ''",
		"detail = '{\"n\":2}'",
		"detail = '{\"n\":1} '",
		"detail = ''",
		"remote = '192.0.2.2'",
		"remote = ''",
		"request = '0123456789abcdee'",
		"key_number = 2",
		"key_number = 0",
		"key_number = 257",
		"key_number = -1",
		"mac = REVERSE(mac)",
		"mac = UPPER(mac)",
		"mac = ''",
		"mac = REPEAT('\xc3\xa9', 64)",
	};
	static const int places[] = { 1, 5, ENTRIES };

	(void)state;
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
			int64_t org = chain_of(ENTRIES);
			const struct audit_report *report;

			sql_run("UPDATE audit_entry SET %s WHERE organization_id = %d AND seq = %d",
			    columns[i], (int)org, places[k]);
			report = verify(org);
			if (report->wrong == 0)
				print_error("%s at %d is not found\n", columns[i], places[k]);
			assert_true(report->wrong > 0);
			assert_true(report->at[0].first == places[k]);
			sql_run("DELETE FROM audit_entry WHERE organization_id = %d",
			    (int)org + 100000);
		}
	}
}

/* What is wrong is said once, and the entries behind it are looked at all the same. */
static void
one_edited_entry_is_one(void **state)
{
	(void)state;
	TRY({ "UPDATE audit_entry SET act = 'x'" FIFTH, AUDIT_CHANGED, 5, 5 },
	    { "UPDATE audit_entry SET mac = REVERSE(mac)" FIFTH, AUDIT_CHANGED, 5, 6 },
	    { "UPDATE audit_entry SET act = 'x' WHERE organization_id = ORG AND seq IN (1, 4, 5, "
	      "10)",
		AUDIT_CHANGED, 4, 5 },
	    { "UPDATE audit_entry SET act = 'x' WHERE organization_id = ORG AND seq IN (1, 4, 5, "
	      "10)",
		AUDIT_CHANGED, 10, 10 },
	    { "UPDATE audit_entry SET key_number = 2" FIFTH, AUDIT_NO_KEY, 5, 5 });
}

/* NULL and 0 are one thing to the program: nobody. */
static void
no_person_is_no_person(void **state)
{
	int64_t org = chain_of(ENTRIES);

	(void)state;
	tamper("UPDATE audit_entry SET person_id = 0" FIFTH, org);
	check_whole(org, ENTRIES);
}

static void
removed_entries(void **state)
{
	(void)state;
	TRY({ "DELETE FROM audit_entry WHERE organization_id = ORG AND seq = 1", AUDIT_MISSING, 1,
		1 },
	    { "DELETE FROM audit_entry" FIFTH, AUDIT_MISSING, 5, 5 },
	    { "DELETE FROM audit_entry WHERE organization_id = ORG AND seq BETWEEN 2 AND 9",
		AUDIT_MISSING, 2, 9 },
	    { "DELETE FROM audit_entry WHERE organization_id = ORG AND seq = 10", AUDIT_CUT, 10,
		10 },
	    { "DELETE FROM audit_entry" FIFTH ";UPDATE audit_entry SET seq = seq - 1 WHERE "
	      "organization_id = ORG AND seq > 5 ORDER BY seq",
		AUDIT_CHANGED, 5, 9 },
	    { "UPDATE audit_entry SET seq = 50" FIFTH, AUDIT_MISSING, 5, 5 },
	    { "UPDATE audit_entry SET machine = 2" FIFTH, AUDIT_MISSING, 5, 5 },
	    { "UPDATE audit_entry SET organization_id = 1" FIFTH
	      ";DELETE FROM audit_entry WHERE organization_id = 1 AND object = 'object 5'",
		AUDIT_MISSING, 5, 5 });
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
	TRY({ COPY("11"), AUDIT_CHANGED, 11, 11 }, { COPY("11"), AUDIT_ADDED, 11, 11 },
	    { COPY("12"), AUDIT_MISSING, 11, 11 }, { COPY("12"), AUDIT_ADDED, 11, 12 },
	    { COPY("0"), AUDIT_NO_NUMBER, 0, 0 }, { COPY("-7"), AUDIT_NO_NUMBER, -7, -7 },
	    { COPY("-9223372036854775808"), AUDIT_NO_NUMBER, INT64_MIN, INT64_MIN },
	    { COPY("9223372036854775807"), AUDIT_MISSING, 11, INT64_MAX - 1 },
	    { "UPDATE audit_entry SET seq = seq + 1 WHERE organization_id = ORG AND seq > 5 "
	      "ORDER BY seq DESC;" COPY("6"),
		AUDIT_CHANGED, 6, 11 },
	    { "UPDATE audit_entry SET seq = seq + 1 WHERE organization_id = ORG "
	      "ORDER BY seq DESC",
		AUDIT_MISSING, 1, 1 });
}

/* Whoever may change tables can take away the key that makes numbers unique. 200 is where a page ends. */
static void
a_number_that_is_there_twice(void **state)
{
	static const int places[] = { 1, 5, 10, 199, 200, 201, 210 };

	(void)state;
	scratch_run("ALTER TABLE audit_entry DROP KEY audit_entry_seq, ADD KEY audit_entry_seq "
		    "(organization_id, machine, seq)");
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		int64_t org = chain_of(210);

		for (int copies = 1; copies <= 2; copies++) {
			sql_run("INSERT INTO audit_entry (organization_id, machine, seq, at, "
				"person_id, person, act, object, detail, remote, request, "
				"key_number, mac) SELECT organization_id, machine, seq, at, "
				"person_id, person, act, object, detail, remote, request, "
				"key_number, mac FROM audit_entry WHERE organization_id = %d AND "
				"seq = %d LIMIT 1",
			    (int)org, places[i]);
			assert_int_equal(verify(org)->wrong, copies);
			assert_true(report_has(verify(org), AUDIT_NO_NUMBER, places[i], places[i]));
		}
		sql_run("DELETE FROM audit_entry WHERE organization_id = %d", (int)org);
	}
	scratch_run("ALTER TABLE audit_entry DROP KEY audit_entry_seq, ADD UNIQUE KEY "
		    "audit_entry_seq (organization_id, machine, seq)");
}

static void
reordered_entries(void **state)
{
	(void)state;
	TRY({ "UPDATE audit_entry SET seq = 99" FIFTH
	      ";UPDATE audit_entry SET seq = 5 WHERE organization_id = ORG AND seq = 4"
	      ";UPDATE audit_entry SET seq = 4 WHERE organization_id = ORG AND seq = 99",
		AUDIT_CHANGED, 4, 6 },
	    { "UPDATE audit_entry SET seq = 99 WHERE organization_id = ORG AND seq = 1"
	      ";UPDATE audit_entry SET seq = 1 WHERE organization_id = ORG AND seq = 10"
	      ";UPDATE audit_entry SET seq = 10 WHERE organization_id = ORG AND seq = 99",
		AUDIT_CHANGED, 1, 2 },
	    { "UPDATE audit_entry a JOIN audit_entry b ON b.organization_id = a.organization_id "
	      "AND b.seq = 15 - a.seq SET a.object = b.object WHERE a.organization_id = ORG "
	      "AND a.seq IN (7, 8)",
		AUDIT_CHANGED, 7, 8 },
	    { "UPDATE audit_entry SET seq = 11 - seq + 100 WHERE organization_id = ORG"
	      ";UPDATE audit_entry SET seq = seq - 100 WHERE organization_id = ORG",
		AUDIT_CHANGED, 1, 10 });
}

/* Two entries of one number change places: across organizations, and across machines of one. */
static void
swapped_across_chains(void **state)
{
	int64_t one = chain_of(ENTRIES), other = chain_of(ENTRIES);

	(void)state;
	world.settings.machine = 2;
	chain_on(one, ENTRIES);
	world_test();
	assert_int_equal(verify_on(one, 2)->wrong, 0);

	sql_run("UPDATE audit_entry SET machine = 1000 WHERE organization_id = %d AND machine = 1 "
		"AND seq = 5",
	    (int)one);
	sql_run("UPDATE audit_entry SET machine = 1 WHERE organization_id = %d AND machine = 2 AND "
		"seq = 5",
	    (int)one);
	sql_run("UPDATE audit_entry SET machine = 2 WHERE organization_id = %d AND machine = 1000",
	    (int)one);
	assert_true(report_has(verify_on(one, 1), AUDIT_CHANGED, 5, 6));
	assert_true(report_has(verify_on(one, 2), AUDIT_CHANGED, 5, 6));

	sql_run("UPDATE audit_entry SET organization_id = 1 WHERE organization_id = %d AND machine "
		"= 1 AND seq = 8",
	    (int)one);
	sql_run(
	    "UPDATE audit_entry SET organization_id = %d WHERE organization_id = %d AND seq = 8",
	    (int)one, (int)other);
	sql_run("UPDATE audit_entry SET organization_id = %d WHERE organization_id = 1 AND seq = 8",
	    (int)other);
	assert_true(report_has(verify(one), AUDIT_CHANGED, 8, 9));
	assert_true(report_has(verify(other), AUDIT_CHANGED, 8, 9));
}

static void
cut_entries(void **state)
{
	(void)state;
	TRY({ "DELETE FROM audit_entry WHERE organization_id = ORG AND seq = 10", AUDIT_CUT, 10,
		10 },
	    { "DELETE FROM audit_entry WHERE organization_id = ORG AND seq > 7", AUDIT_CUT, 8, 10 },
	    { "DELETE FROM audit_entry WHERE organization_id = ORG", AUDIT_CUT, 1, 10 });
}

static void
a_tampered_head(void **state)
{
	(void)state;
	TRY({ "UPDATE audit_head SET seq = 9 WHERE organization_id = ORG", AUDIT_HEAD, 9, 9 },
	    { "UPDATE audit_head SET seq = 9 WHERE organization_id = ORG", AUDIT_ADDED, 10, 10 },
	    { "UPDATE audit_head SET seq = 9, mac = (SELECT mac FROM audit_entry WHERE "
	      "organization_id = ORG AND seq = 9) WHERE organization_id = ORG",
		AUDIT_ADDED, 10, 10 },
	    { "UPDATE audit_head SET seq = 0, mac = '' WHERE organization_id = ORG", AUDIT_ADDED, 1,
		10 },
	    { "UPDATE audit_head SET seq = -1 WHERE organization_id = ORG", AUDIT_ADDED, 0, 10 },
	    { "UPDATE audit_head SET seq = 11 WHERE organization_id = ORG", AUDIT_CUT, 11, 11 },
	    { "UPDATE audit_head SET mac = REVERSE(mac) WHERE organization_id = ORG", AUDIT_HEAD,
		10, 10 },
	    { "UPDATE audit_head SET mac = '' WHERE organization_id = ORG", AUDIT_HEAD, 10, 10 },
	    { "UPDATE audit_head SET mac = REPEAT('\xc3\xa9', 64) WHERE organization_id = ORG",
		AUDIT_HEAD, 10, 10 },
	    { "UPDATE audit_head SET machine = 2 WHERE organization_id = ORG", AUDIT_NO_HEAD, 10,
		10 },
	    { "DELETE FROM audit_head WHERE organization_id = ORG", AUDIT_NO_HEAD, 10, 10 },
	    { "DELETE FROM audit_entry WHERE organization_id = ORG;UPDATE audit_head SET seq = 0, "
	      "mac = '' WHERE organization_id = ORG",
		AUDIT_NO_CHAIN, 0, 0 });
}

/* Entries made anew, all of them, with a head that fits, by somebody who has another ring. */
static void
remade_under_another_key(void **state)
{
	struct keyring ring = *world.hand.desk.keyring;
	const struct keyring *ours = world.hand.desk.keyring;
	int64_t org;

	(void)state;
	ring.keys[ring.active].audit = digest_sha256(S("theirs"));
	world.hand.desk.keyring = &ring;
	org = chain_of(ENTRIES);
	check_whole(org, ENTRIES);
	world.hand.desk.keyring = ours;
	assert_true(report_has(verify(org), AUDIT_CHANGED, 1, 10));
}

/* Good entries and a good head, but somebody else's. */
static void
another_chain_in_its_place(void **state)
{
	int64_t theirs = chain_of(ENTRIES);

	(void)state;
	sql_run("UPDATE audit_entry SET organization_id = 800001 WHERE organization_id = %d",
	    (int)theirs);
	sql_run("UPDATE audit_head SET organization_id = 800001 WHERE organization_id = %d",
	    (int)theirs);
	assert_true(report_has(verify(800001), AUDIT_CHANGED, 1, 10));
	theirs = chain_of(ENTRIES);
	sql_run("UPDATE audit_entry SET machine = 2 WHERE organization_id = %d", (int)theirs);
	sql_run("UPDATE audit_head SET machine = 2 WHERE organization_id = %d", (int)theirs);
	assert_true(report_has(verify_on(theirs, 2), AUDIT_CHANGED, 1, 10));
}

/* What the old key signed stays good; what it signs once it is retired does not, nor what no key signed. */
static void
a_chain_across_keys(void **state)
{
	struct keyring ring = *world.hand.desk.keyring;
	const struct keyring *before = world.hand.desk.keyring;
	int64_t org = chain_of(ENTRIES);

	(void)state;
	ring.keys[1].status = KEY_READING;
	ring.keys[2] = ring.keys[1];
	ring.keys[2].status = KEY_ACTIVE;
	ring.keys[2].audit = digest_sha256(S("another"));
	ring.active = 2;
	world.hand.desk.keyring = &ring;
	chain_on(org, 1);
	check_whole(org, ENTRIES + 1);
	ring.keys[1].status = KEY_RETIRED;
	check_whole(org, ENTRIES + 1);
	ring.active = 1; /* somebody has it, and the database */
	chain_on(org, 2);
	assert_int_equal(verify(org)->wrong, 1);
	assert_true(report_has(verify(org), AUDIT_RETIRED, ENTRIES + 2, ENTRIES + 3));
	ring.keys[1].status = KEY_ABSENT;
	assert_true(report_has(verify(org), AUDIT_NO_KEY, 1, ENTRIES));
	world.hand.desk.keyring = before;
	assert_true(report_has(verify(org), AUDIT_NO_KEY, ENTRIES + 1, ENTRIES + 1));
}

/* As many as are wrong are counted, and the first of them kept. */
static void
more_than_a_report_holds(void **state)
{
	int64_t org = chain_of(300);
	const struct audit_report *report;

	(void)state;
	sql_run("UPDATE audit_entry SET act = 'x' WHERE organization_id = %d AND seq %% 2 = 0",
	    (int)org);
	report = verify(org);
	assert_int_equal(report->wrong, 150);
	assert_int_equal(report->n, AUDIT_FINDINGS);
	assert_int_equal(report->entries, 300);
	assert_int_equal(report->at[AUDIT_FINDINGS - 1].first, 2 * AUDIT_FINDINGS);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(edited_entries),
		cmocka_unit_test(one_edited_entry_is_one),
		cmocka_unit_test(no_person_is_no_person),
		cmocka_unit_test(removed_entries),
		cmocka_unit_test(inserted_entries),
		cmocka_unit_test(a_number_that_is_there_twice),
		cmocka_unit_test(reordered_entries),
		cmocka_unit_test(swapped_across_chains),
		cmocka_unit_test(cut_entries),
		cmocka_unit_test(a_tampered_head),
		cmocka_unit_test(remade_under_another_key),
		cmocka_unit_test(another_chain_in_its_place),
		cmocka_unit_test(a_chain_across_keys),
		cmocka_unit_test(more_than_a_report_holds),
	};

	return GROUP(tests);
}
