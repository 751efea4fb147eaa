/* audit_verify.c - the chains in the database, walked by key. */
#include "core/audit_verify.h"

#include "core/desk.h"

#include <string.h>

enum { PAGE = 200 };

/* A head, as it was read before the walk. */
struct head {
	bool there;
	int64_t seq;
	char mac[AUDIT_MAC_CHARS];
	size_t mac_n;
};

struct walk {
	struct request *rq;
	struct audit_check check;
	struct head head;
	int64_t at;         /* of the last entry */
	int64_t last, same; /* the number of the last row, and how many had it */
};

static struct head
read_head(struct request *rq, const struct audit_chain *chain)
{
	const struct audit_head_get_row *row =
	    sql_audit_head_get(rq->db, .org = chain->org, .machine = chain->machine);
	struct head head = { .there = row != NULL };

	if (!row)
		return head;
	head.seq = row->seq;
	head.mac_n = row->mac.n < sizeof head.mac ? row->mac.n : sizeof head.mac;
	if (head.mac_n)
		memcpy(head.mac, row->mac.at, head.mac_n);
	return head;
}

static void
note(struct walk *w, enum audit_wrong what, int64_t first, int64_t last)
{
	struct audit_finding f = { .what = what,
		.chain = w->check.chain,
		.first = first,
		.last = last,
		.at = what == AUDIT_CUT ? 0 : w->at };

	audit_found(w->check.report, &f);
}

static bool
head_names(const struct head *head, str mac)
{
	return str_eq((str){ head->mac, head->mac_n }, mac);
}

static void
walk_page(struct walk *w, struct audit_walk_rows page)
{
	for (size_t i = 0; i < page.n; i++) {
		const struct audit_walk_row *row = &page.at[i];
		bool is_next = row->seq > w->check.seq;

		audit_check_entry(&w->check, row);
		w->same = row->seq == w->last ? w->same + 1 : 1;
		w->last = row->seq;
		if (!is_next)
			continue;
		w->at = row->at;
		if (w->head.there && row->seq == w->head.seq && !head_names(&w->head, row->mac))
			note(w, AUDIT_HEAD, row->seq, row->seq);
	}
}

/* More rows than numbers: some are there twice, and of the last one there may be more than were read. */
static void
end_page(struct walk *w)
{
	const struct audit_chain *chain = &w->check.chain;
	int64_t there = sql_audit_of_number(
	    w->rq->db, .org = chain->org, .machine = chain->machine, .seq = w->last)
	                    ->entries;

	for (; w->same < there; w->same++)
		note(w, AUDIT_NO_NUMBER, w->last, w->last);
}

/* One page; false when there is no more. */
static bool
walk_on(struct walk *w, struct audit_numbers *numbers)
{
	const struct audit_chain *chain = &w->check.chain;
	struct audit_walk_rows page;

	if (!audit_numbers(w->rq, chain, numbers))
		return false;
	page = sql_audit_walk(w->rq->db, .org = chain->org, .machine = chain->machine,
	    .from = numbers->from, .to = numbers->to, .count = PAGE + 1);
	walk_page(w, page);
	if (page.n > PAGE) {
		end_page(w);
		numbers->over = w->last == INT64_MAX;
		numbers->next = numbers->over ? INT64_MAX : w->last + 1;
	}
	return true;
}

static void
walk_entries(struct walk *w)
{
	struct audit_numbers numbers = { .next = INT64_MIN, .many = PAGE };
	size_t mark = arena_mark(w->rq->arena);

	while (walk_on(w, &numbers))
		arena_wipe(w->rq->arena, mark);
	audit_check_end(&w->check);
}

/* The head was read before the walk: entries that are behind it now may have come with a newer one. */
static void
check_head(struct walk *w)
{
	int64_t last = w->check.seq;
	struct head head = w->head;

	if (head.there && head.seq < last)
		head = read_head(w->rq, &w->check.chain);
	if (!head.there) {
		if (last)
			note(w, AUDIT_NO_HEAD, last, last);
	} else if (!last && w->head.seq < 1) {
		note(w, AUDIT_NO_CHAIN, 0, 0);
	} else if (w->head.seq > last) {
		note(w, AUDIT_CUT, last + 1, w->head.seq);
	} else if (head.seq < last) {
		note(w, AUDIT_ADDED, head.seq + 1, last);
	} else if (head.seq == last && w->head.seq != last &&
		   !head_names(&head, audit_check_mac(&w->check))) {
		note(w, AUDIT_HEAD, last, last);
	}
}

void
audit_verify(struct request *rq, const struct audit_chain *chain, struct audit_report *report)
{
	struct walk w = { .rq = rq, .head = read_head(rq, chain) };

	w.check = audit_check_begin(rq->desk->keyring, rq->arena, report, chain);
	walk_entries(&w);
	check_head(&w);
}

struct audit_on
audit_on_of(int64_t seq, str mac)
{
	struct audit_on on = { .seq = seq };

	on.mac_n = mac.n < sizeof on.mac ? mac.n : sizeof on.mac;
	if (on.mac_n)
		memcpy(on.mac, mac.at, on.mac_n);
	return on;
}

str
audit_on_mac(const struct audit_on *on)
{
	return (str){ on->mac, on->mac_n };
}

/* Whether the entry before the place is there, and is the one that it was; and whether the head names it, when it is
 * the last one. False when it is gone: then there is nothing to go on behind. */
static bool
look_back(struct walk *w, const struct audit_on *on)
{
	const struct audit_chain *chain = &w->check.chain;
	const struct audit_entry_mac_row *row = sql_audit_entry_mac(
	    w->rq->db, .org = chain->org, .machine = chain->machine, .seq = on->seq);

	w->at = w->rq->now;
	if (!row || w->head.seq < on->seq) {
		note(w, AUDIT_PAST_GONE, row ? w->head.seq + 1 : on->seq, on->seq);
		return false;
	}
	if (!str_eq(row->mac, audit_on_mac(on)))
		note(w, AUDIT_PAST_CHANGED, on->seq, on->seq);
	else if (w->head.seq == on->seq && !head_names(&w->head, row->mac))
		note(w, AUDIT_HEAD, on->seq, on->seq);
	return true;
}

bool
audit_verify_on(struct request *rq, const struct audit_chain *chain, struct audit_on *on,
    struct audit_report *report)
{
	struct walk w = { .rq = rq, .head = read_head(rq, chain) };
	struct audit_numbers numbers = { .next = on->seq ? on->seq + 1 : INT64_MIN, .many = PAGE };
	size_t mark = arena_mark(rq->arena);
	bool more = true;

	w.check = audit_check_begin(rq->desk->keyring, rq->arena, report, chain);
	if (on->seq) {
		audit_check_behind(&w.check, on->seq, audit_on_mac(on));
		if (!look_back(&w, on))
			return true;
	}
	while (more && report->entries < on->most) {
		more = walk_on(&w, &numbers);
		arena_wipe(rq->arena, mark);
	}
	audit_check_end(&w.check);
	if (!more)
		check_head(&w);
	*on = audit_on_of(w.check.seq, audit_check_mac(&w.check));
	return !more;
}

/* The organization's first chain of that machine or a later one. */
static bool
chain_from(struct request *rq, struct audit_chain *chain, int64_t org, int64_t machine)
{
	const struct audit_next_machine_row *row;

	if (machine > INT32_MAX)
		return false;
	row = sql_audit_next_machine(
	    rq->db, .org = org, .from = machine < INT32_MIN ? INT32_MIN : machine);
	if (row->there)
		*chain = (struct audit_chain){ org, row->machine };
	return row->there != 0;
}

bool
audit_chain_next(struct request *rq, struct audit_chain *chain)
{
	int64_t behind = chain->machine == INT64_MIN ? INT32_MIN : chain->machine + 1;
	const struct audit_next_organization_row *row;

	if (chain_from(rq, chain, chain->org, behind))
		return true;
	if (chain->org == INT64_MAX)
		return false;
	row = sql_audit_next_organization(rq->db, .from = chain->org + 1);
	return row->there && chain_from(rq, chain, row->org, INT32_MIN);
}

bool
audit_numbers(struct request *rq, const struct audit_chain *chain, struct audit_numbers *n)
{
	const struct audit_from_row *row;

	if (n->over)
		return false;
	row = sql_audit_from(rq->db, .org = chain->org, .machine = chain->machine, .from = n->next);
	if (!row->there)
		return false;
	n->from = row->seq;
	n->over = n->from > INT64_MAX - n->many;
	n->to = n->over ? INT64_MAX : n->from + n->many - 1;
	n->next = n->over ? INT64_MAX : n->to + 1;
	return true;
}

static void
found_silent(struct audit_report *report, int64_t org)
{
	struct audit_finding f = { .what = AUDIT_NO_CHAIN, .chain = { .org = org } };

	audit_found(report, &f);
}

void
audit_verify_silent(struct request *rq, struct audit_report *report)
{
	int64_t after = 0;
	struct audit_silent_rows rows;

	do {
		size_t mark = arena_mark(rq->arena);

		rows = sql_audit_silent(rq->db, .after = after, .count = PAGE);
		for (size_t i = 0; i < rows.n; i++)
			found_silent(report, rows.at[i].org);
		if (rows.n)
			after = rows.at[rows.n - 1].org;
		arena_wipe(rq->arena, mark);
	} while (rows.n == PAGE);
}
