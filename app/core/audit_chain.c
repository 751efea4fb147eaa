/* audit_chain.c - whether the entries of a chain are what was written, told one after the other. */
#include "core/audit_chain.h"

#include <inttypes.h>
#include <string.h>

void
audit_found(struct audit_report *report, const struct audit_finding *finding)
{
	if (report->n < AUDIT_FINDINGS)
		report->at[report->n++] = *finding;
	report->wrong++;
}

/* ---- in words */

static const struct {
	str word, words;
} said[] = {
	[AUDIT_NOTHING] = { STR_INIT("whole"), STR_INIT("") },
	[AUDIT_CHANGED] = { STR_INIT("changed"),
	    STR_INIT("not what was written there: changed, added or moved") },
	[AUDIT_MISSING] = { STR_INIT("missing"),
	    STR_INIT("missing, and the one that follows cannot be checked") },
	[AUDIT_NO_NUMBER] = { STR_INIT("no-number"),
	    STR_INIT("no entry of the program: its number is taken, or below 1") },
	[AUDIT_NO_KEY] = { STR_INIT("no-key"),
	    STR_INIT("under a key that the ring does not have, and cannot be checked") },
	[AUDIT_RETIRED] = { STR_INIT("retired-key"),
	    STR_INIT("under a retired key, behind entries of a newer one: added by hand") },
	[AUDIT_CUT] = { STR_INIT("cut"), STR_INIT("cut off: the head still counts them") },
	[AUDIT_ADDED] = { STR_INIT("added"),
	    STR_INIT("behind the head, which does not count them: added by hand") },
	[AUDIT_HEAD] = { STR_INIT("head"), STR_INIT("not the one that the head names") },
	[AUDIT_NO_HEAD] = { STR_INIT("no-head"), STR_INIT("the last one, and the head is gone") },
	[AUDIT_NO_CHAIN] = { STR_INIT("no-chain"), STR_INIT("") },
	[AUDIT_PAST_GONE] = { STR_INIT("gone"), STR_INIT("") },
	[AUDIT_PAST_CHANGED] = { STR_INIT("rewritten"), STR_INIT("") },
};

str
audit_finding_word(enum audit_wrong what)
{
	return said[what].word;
}

/* "entry 5 (2026-11-20T14:03:09Z)", "entries 5 to 7 (from 2026-11-20T14:03:09Z)" */
static str
which(struct arena *a, const struct audit_finding *f)
{
	str at = clock_iso(a, f->at);

	if (f->first == f->last)
		return at.n ? fmt(a, "entry %" PRId64 " (%.*s) is", f->last, STR(at))
		            : fmt(a, "entry %" PRId64 " is", f->last);
	return at.n ? fmt(a, "entries %" PRId64 " to %" PRId64 " (from %.*s) are", f->first,
			  f->last, STR(at))
	            : fmt(a, "entries %" PRId64 " to %" PRId64 " are", f->first, f->last);
}

str
audit_finding_words(struct arena *a, const struct audit_finding *f)
{
	str at = clock_iso(a, f->at);

	if (f->what == AUDIT_NO_CHAIN)
		return S("there is no entry at all, not even the first: the log is gone");
	if (f->what == AUDIT_PAST_GONE && f->first == 1)
		return fmt(a,
		    "the whole chain is gone: the checkpoint of %.*s knew %" PRId64 " entries",
		    STR(at), f->last);
	if (f->what == AUDIT_PAST_GONE)
		return fmt(a,
		    "cut off behind entry %" PRId64
		    ": the checkpoint of %.*s knew entries up to %" PRId64,
		    f->first - 1, STR(at), f->last);
	if (f->what == AUDIT_PAST_CHANGED)
		return fmt(a,
		    "entry %" PRId64 " or one before it was replaced since the checkpoint "
		    "of %.*s",
		    f->last, STR(at));
	if (f->what == AUDIT_NO_KEY || f->what == AUDIT_RETIRED)
		return fmt(a, "%.*s %.*s (key %" PRId64 ")", STR(which(a, f)),
		    STR(said[f->what].words), f->key);
	return fmt(a, "%.*s %.*s", STR(which(a, f)), STR(said[f->what].words));
}

/* ---- entry by entry */

struct audit_check
audit_check_begin(const struct keyring *ring, struct arena *arena, struct audit_report *report,
    const struct audit_chain *chain)
{
	return (struct audit_check){
		.ring = ring, .arena = arena, .report = report, .chain = *chain, .mac_known = true
	};
}

void
audit_check_from(struct audit_check *c, int64_t seq)
{
	c->seq = seq;
	c->mac_known = seq == 0;
	c->mac_n = 0;
}

void
audit_check_behind(struct audit_check *c, int64_t seq, str mac)
{
	c->seq = seq;
	c->mac_known = true;
	c->mac_n = mac.n < sizeof c->mac ? mac.n : sizeof c->mac;
	if (c->mac_n)
		memcpy(c->mac, mac.at, c->mac_n);
}

str
audit_check_mac(const struct audit_check *c)
{
	return (str){ c->mac, c->mac_n };
}

void
audit_check_end(struct audit_check *c)
{
	if (c->open.what != AUDIT_NOTHING)
		audit_found(c->report, &c->open);
	c->open.what = AUDIT_NOTHING;
}

/* One more thing that is wrong: a finding of its own, or the next entry of the one before. */
static void
wrong(struct audit_check *c, const struct audit_finding *f)
{
	if (c->open.what == f->what && c->open.key == f->key && c->open.last < f->first &&
	    c->open.last + 1 == f->first) {
		c->open.last = f->last;
		return;
	}
	audit_check_end(c);
	c->open = *f;
	c->open.chain = c->chain;
}

/* What stands in the entry is what the next one is held against. A text that is too long to be an HMAC is
 * kept in part, and fits nothing. */
static void
step(struct audit_check *c, const struct audit_walk_row *row)
{
	c->seq = row->seq;
	c->mac_known = true;
	c->mac_n = row->mac.n < sizeof c->mac ? row->mac.n : sizeof c->mac;
	if (c->mac_n)
		memcpy(c->mac, row->mac.at, c->mac_n);
}

static bool
mac_fits(struct audit_check *c, const struct digest *key, const struct audit_walk_row *row)
{
	struct audit_place place = { c->chain, audit_check_mac(c) };
	size_t mark = arena_mark(c->arena);
	bool fits = !c->mac_known || str_eq(row->mac, audit_mac(c->arena, key, &place, row));

	arena_wipe(c->arena, mark);
	return fits;
}

static enum audit_wrong
look_at(struct audit_check *c, const struct audit_walk_row *row)
{
	int64_t number = row->key_number;
	const struct digest *key =
	    number > 0 && number <= KEYRING_MAX ? keyring_audit(c->ring, (int)number) : NULL;
	bool retired;

	if (!key)
		return AUDIT_NO_KEY;
	if (!mac_fits(c, key, row))
		return AUDIT_CHANGED;
	retired = !keyring_key(c->ring, (int)number);
	if (retired && c->key_current)
		return AUDIT_RETIRED;
	c->key_current |= !retired;
	return AUDIT_NOTHING;
}

void
audit_check_entry(struct audit_check *c, const struct audit_walk_row *row)
{
	struct audit_finding f = { .first = row->seq, .last = row->seq, .at = row->at };

	c->report->entries++;
	if (row->seq <= c->seq) {
		f.what = AUDIT_NO_NUMBER;
		wrong(c, &f);
		return;
	}
	if (row->seq != c->seq + 1) {
		wrong(c, &(struct audit_finding){
			     .what = AUDIT_MISSING, .first = c->seq + 1, .last = row->seq - 1 });
		c->mac_known = false;
	}
	f.what = look_at(c, row);
	f.key = f.what == AUDIT_NO_KEY || f.what == AUDIT_RETIRED ? row->key_number : 0;
	if (f.what != AUDIT_NOTHING)
		wrong(c, &f);
	step(c, row);
}
