/* usage.c - who calls with which secret, and how it ends: from shared memory into the database. */
#include "core/usage.h"

#include "base/clock.h"
#include "sql.h"

#include <stdlib.h>

/* What an organization's secrets did in a minute. */
struct total {
	int64_t org, at;
	str environment;
	int64_t calls[USE_OUTCOMES];
};

struct writing {
	struct db *db;
	struct total *totals;
	size_t totals_n;
};

/* The secret whose callers are being written. */
struct writing_secret {
	struct writing *writing;
	int64_t secret, org;
	int64_t kept; /* rows of callers; below 0: not counted yet */
	struct shared_use other;
};

str
usage_word(enum use_outcome outcome)
{
	static const str words[USE_OUTCOMES] = {
		[USE_ACCEPTED] = STR_INIT("accepted"),
		[USE_WRONG] = STR_INIT("wrong"),
		[USE_REVOKED] = STR_INIT("revoked"),
		[USE_EXPIRED] = STR_INIT("expired"),
		[USE_DEACTIVATED] = STR_INIT("deactivated"),
		[USE_ENVIRONMENT] = STR_INIT("environment"),
		[USE_PERMISSION] = STR_INIT("permission"),
		[USE_LIMITED] = STR_INIT("limited"),
	};

	return words[outcome];
}

static int64_t
all_calls(const struct shared_use *use)
{
	int64_t n = 0;

	for (size_t i = 0; i < USE_OUTCOMES; i++)
		n += use->calls[i];
	return n;
}

static int64_t
refused_calls(const struct shared_use *use)
{
	return all_calls(use) - use->calls[USE_ACCEPTED];
}

/* ---- callers */

static void
add_caller(struct writing_secret *w, const struct shared_use *use)
{
	sql_usage_caller_add(w->writing->db, .secret = w->secret, .org = w->org,
	    .address = str_of(use->address), .program = str_of(use->program),
	    .first_at = use->first_at, .last_at = use->last_at, .calls = all_calls(use),
	    .refused = refused_calls(use));
}

/* Into the sum of those that have no row. */
static void
add_other(struct writing_secret *w, const struct shared_use *use)
{
	struct shared_use *other = &w->other;

	if (other->first_at == 0 || use->first_at < other->first_at)
		other->first_at = use->first_at;
	if (use->last_at > other->last_at)
		other->last_at = use->last_at;
	for (size_t i = 0; i < USE_OUTCOMES; i++)
		other->calls[i] += use->calls[i];
}

/* Only calls and refused are known of it; which kind of refusal, its row does not say. */
static void
move_to_other(struct writing_secret *w, const struct usage_caller_oldest_row *row)
{
	struct shared_use use = { .first_at = row->first_at, .last_at = row->last_at };

	use.calls[USE_ACCEPTED] = row->calls - row->refused;
	use.calls[USE_WRONG] = row->refused;
	add_other(w, &use);
	sql_usage_caller_drop(
	    w->writing->db, .secret = w->secret, .address = row->address, .program = row->program);
	w->kept--;
}

static bool
has_room(struct writing_secret *w, const struct shared_use *use)
{
	bool good = use->calls[USE_ACCEPTED] > 0;
	const struct usage_caller_oldest_row *oldest;

	if (w->kept < 0)
		w->kept = sql_usage_callers_kept(w->writing->db, .secret = w->secret)->n;
	if (w->kept < (good ? USAGE_CALLERS_MAX : USAGE_REFUSED_MAX))
		return true;
	oldest = sql_usage_caller_oldest(
	    w->writing->db, .secret = w->secret, .before = use->last_at - DAY, .good = good);
	if (!oldest)
		return false;
	move_to_other(w, oldest);
	return true;
}

static bool
is_other(const struct shared_use *use)
{
	return use->address[0] == '\0' && str_eq(str_of(use->program), S("other"));
}

static void
write_caller(struct writing_secret *w, const struct shared_use *use)
{
	if (is_other(use)) {
		add_other(w, use);
		return;
	}
	if (sql_usage_caller_again(w->writing->db, .secret = w->secret,
		.address = str_of(use->address), .program = str_of(use->program),
		.first_at = use->first_at, .last_at = use->last_at, .calls = all_calls(use),
		.refused = refused_calls(use)))
		return;
	if (!has_room(w, use)) {
		add_other(w, use);
		return;
	}
	add_caller(w, use);
	w->kept++;
}

static void
write_other(struct writing_secret *w)
{
	static const char program[] = "other";

	if (all_calls(&w->other) == 0)
		return;
	for (size_t i = 0; i < sizeof program; i++)
		w->other.program[i] = program[i];
	add_caller(w, &w->other);
}

/* ---- sums */

static bool
is_of(const struct total *total, const struct usage_secret_row *row, int64_t minute)
{
	return total->org == row->org && total->at == minute &&
	       str_eq(total->environment, row->environment);
}

static void
add_total(struct writing *w, const struct usage_secret_row *row, const struct shared_use *sum)
{
	int64_t minute = sum->last_at - sum->last_at % MINUTE;
	struct total *total = w->totals;

	while (total < w->totals + w->totals_n && !is_of(total, row, minute))
		total++;
	if (total == w->totals + w->totals_n) {
		*total = (struct total){
			.org = row->org, .at = minute, .environment = row->environment
		};
		w->totals_n++;
	}
	for (size_t i = 0; i < USE_OUTCOMES; i++)
		total->calls[i] += sum->calls[i];
}

static void
write_sum(struct writing_secret *w, int64_t client, const struct shared_use *sum)
{
	int64_t hour = sum->last_at - sum->last_at % HOUR, day = sum->last_at - sum->last_at % DAY;

	for (size_t i = 0; i < USE_OUTCOMES; i++) {
		str outcome = usage_word((enum use_outcome)i);

		if (sum->calls[i] == 0)
			continue;
		sql_usage_hour(w->writing->db, .client = client, .at = hour, .secret = w->secret,
		    .outcome = outcome, .org = w->org, .calls = sum->calls[i]);
		sql_usage_day(w->writing->db, .client = client, .at = day, .secret = w->secret,
		    .outcome = outcome, .org = w->org, .calls = sum->calls[i]);
	}
}

static void
write_total(struct writing *w, const struct total *total)
{
	for (size_t i = 0; i < USE_OUTCOMES; i++) {
		str outcome = usage_word((enum use_outcome)i);

		if (total->calls[i] == 0)
			continue;
		sql_usage_org_minute(w->db, .org = total->org, .environment = total->environment,
		    .at = total->at, .outcome = outcome, .calls = total->calls[i]);
		sql_usage_org_day(w->db, .org = total->org, .environment = total->environment,
		    .at = total->at - total->at % DAY, .outcome = outcome,
		    .calls = total->calls[i]);
	}
}

/* The sum of a secret's callers, and which of them was accepted last. */
static struct shared_use
sum_of(const struct shared_use *const *uses, size_t n, const struct shared_use **last)
{
	struct shared_use sum = { .secret = uses[0]->secret };

	*last = NULL;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < USE_OUTCOMES; k++)
			sum.calls[k] += uses[i]->calls[k];
		if (uses[i]->last_at > sum.last_at)
			sum.last_at = uses[i]->last_at;
		if (uses[i]->calls[USE_ACCEPTED] && (!*last || uses[i]->last_at > (*last)->last_at))
			*last = uses[i];
	}
	return sum;
}

/* The secret's own row first: it is then this writer's, until the transaction ends. */
static void
write_secret(struct writing *w, const struct shared_use *const *uses, size_t n)
{
	const struct shared_use *last;
	struct shared_use sum = sum_of(uses, n, &last);
	const struct usage_secret_row *row = sql_usage_secret(w->db, .secret = sum.secret);
	struct writing_secret secret = { .writing = w, .secret = sum.secret, .kept = -1 };

	if (!row)
		return;
	secret.org = row->org;
	if (last)
		sql_usage_note(w->db, .secret = sum.secret, .at = last->last_at,
		    .address = str_of(last->address),
		    .program = is_other(last) ? (str){ 0 } : str_of(last->program),
		    .calls = sum.calls[USE_ACCEPTED]);
	for (size_t i = 0; i < n; i++)
		write_caller(&secret, uses[i]);
	write_other(&secret);
	write_sum(&secret, row->client, &sum);
	add_total(w, row, &sum);
}

/* ---- the batch */

static int
by_secret(const void *a, const void *b)
{
	const struct shared_use *left = *(const struct shared_use *const *)a;
	const struct shared_use *right = *(const struct shared_use *const *)b;

	return (left->secret > right->secret) - (left->secret < right->secret);
}

static int
by_organization(const void *a, const void *b)
{
	const struct total *left = a, *right = b;

	if (left->org != right->org)
		return left->org < right->org ? -1 : 1;
	if (!str_eq(left->environment, right->environment))
		return str_cmp(left->environment, right->environment);
	return (left->at > right->at) - (left->at < right->at);
}

static const struct shared_use **
in_order(struct arena *a, const struct shared_uses *uses)
{
	const struct shared_use **order = NEW(a, const struct shared_use *, uses->n);

	for (size_t i = 0; i < uses->n; i++)
		order[i] = &uses->at[i];
	qsort(order, uses->n, sizeof(const struct shared_use *), by_secret);
	return order;
}

void
usage_write(struct db *db, struct arena *a, const struct shared_uses *uses)
{
	struct writing w = { .db = db, .totals = NEW(a, struct total, uses->n) };
	const struct shared_use **order = in_order(a, uses);
	str memory = str_of(uses->memory);
	size_t end;

	sql_usage_memory(db, .memory = memory, .now = clock_now());
	if (!sql_usage_batch(db, .memory = memory, .batch = uses->number))
		return;
	for (size_t i = 0; i < uses->n; i = end) {
		for (end = i + 1; end < uses->n && order[end]->secret == order[i]->secret;)
			end++;
		write_secret(&w, &order[i], end - i);
	}
	qsort(w.totals, w.totals_n, sizeof w.totals[0], by_organization);
	for (size_t i = 0; i < w.totals_n; i++)
		write_total(&w, &w.totals[i]);
}
