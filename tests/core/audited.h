/* audited.h - chains to tamper with, and what is found. */
#ifndef TESTS_CORE_AUDITED_H
#define TESTS_CORE_AUDITED_H

#include "core/fixture.h"

#include "core/audit_verify.h"

enum { ENTRIES = 10 };

/* So many entries of an organization that is theirs alone, by this machine, behind those that there are. */
static inline void
chain_on(int64_t org, int n)
{
	struct request *rq = hand_begin(&world.hand, org);

	for (int i = 1; i <= n; i++) {
		if (i % 50 == 0) {
			commit(rq);
			begin_again(rq);
		}
		audit(rq, S("test.act"), fmt(rq->arena, "object %d", i), S("{\"n\":1}"));
	}
	commit(rq);
}

static inline int64_t
chain_of(int n)
{
	static int64_t org = 700000;

	chain_on(++org, n);
	return org;
}

/* What the walk says of a chain; in the start arena. */
static inline struct audit_report *
verify_on(int64_t org, int64_t machine)
{
	struct audit_report *report = NEW(&world.hand.start, struct audit_report, 1);

	audit_verify(hand_ask(&world.hand, org), &(struct audit_chain){ org, machine }, report);
	return report;
}

static inline struct audit_report *
verify(int64_t org)
{
	return verify_on(org, 1);
}

/* A chain of so many entries is whole. */
static inline void
check_whole(int64_t org, int64_t entries)
{
	const struct audit_report *report = verify(org);

	assert_int_equal(report->wrong, 0);
	assert_int_equal(report->entries, entries);
}

/* Something is found, and it is this. */
static inline bool
report_has(const struct audit_report *report, enum audit_wrong what, int64_t first, int64_t last)
{
	for (size_t i = 0; i < report->n; i++)
		if (report->at[i].what == what && report->at[i].first == first &&
		    report->at[i].last == last)
			return true;
	return false;
}

static inline void
report_print(const struct audit_report *report)
{
	for (size_t i = 0; i < report->n; i++)
		print_error(
		    "   %.*s\n", STR(audit_finding_words(&world.hand.start, &report->at[i])));
}

/* Runs statements, parted by ;, in which ORG stands for the organization. */
static inline void
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

#endif
