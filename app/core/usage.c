/* usage.c - who calls with which secret, and how it ends: from shared memory into the database. */
#include "core/usage_parts.h"

#include "base/buf.h"
#include "base/clock.h"
#include "http/json.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_BYTES = 1024 /* a long program whose every character is escaped takes 820 */ };

/* One row of a statement each; times are microseconds since 1970. */
SHAPE(last_use_row, int(secret), int(at), text(address), text(program), int(calls));
SHAPE(sum_row, int(org), text(environment), int(client), int(secret), text(outcome), int(minute),
    int(hour), int(day), int(calls));
_Static_assert(SHARED_USES_MAX == 256, "as the statements limit their rows");

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

int64_t
usage_calls(const struct shared_use *use)
{
	int64_t n = 0;

	for (size_t i = 0; i < USE_OUTCOMES; i++)
		n += use->calls[i];
	return n;
}

int64_t
usage_refused(const struct shared_use *use)
{
	return usage_calls(use) - use->calls[USE_ACCEPTED];
}

bool
usage_is_other(const struct shared_use *use)
{
	return use->address[0] == '\0' && str_eq(str_of(use->program), S("other"));
}

str
usage_rows_(struct arena *a, const struct shape *shape, const void *rows, size_t n)
{
	struct buf out = buf_new(a, n * ROW_BYTES + 2);

	buf_add_char(&out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&out, ',');
		json_write(&out, shape, (const char *)rows + i * shape->size);
	}
	buf_add_char(&out, ']');
	return buf_str(&out);
}

/* ---- the secrets of a batch */

static int
in_one_order(const void *a, const void *b)
{
	const struct shared_use *left = *(const struct shared_use *const *)a;
	const struct shared_use *right = *(const struct shared_use *const *)b;
	int order = (left->secret > right->secret) - (left->secret < right->secret);

	if (order == 0)
		order = strcmp(left->address, right->address);
	return order ? order : strcmp(left->program, right->program);
}

static struct used_all
used_by_secret(struct arena *a, const struct shared_uses *uses)
{
	const struct shared_use **order = NEW(a, const struct shared_use *, uses->n);
	struct used_all all = { NEW(a, struct used, uses->n), 0 };

	for (size_t i = 0; i < uses->n; i++)
		order[i] = &uses->at[i];
	qsort(order, uses->n, sizeof(const struct shared_use *), in_one_order);
	for (size_t i = 0; i < uses->n; i++) {
		if (i == 0 || order[i]->secret != order[i - 1]->secret)
			all.at[all.n++] =
			    (struct used){ .secret = order[i]->secret, .uses = &order[i] };
		all.at[all.n - 1].n++;
	}
	return all;
}

/* Whose they are. Those whose row is gone are left out. */
static struct used_all
used_found(struct db *db, struct arena *a, struct used_all all)
{
	struct secret_row *ids = NEW(a, struct secret_row, all.n);
	struct usage_secrets_rows rows;
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		ids[i].secret = all.at[i].secret;
	rows = sql_usage_secrets(db, .secrets = usage_rows(a, secret_row, ids, all.n));
	for (size_t i = 0; i < all.n && n < rows.n; i++) {
		const struct usage_secrets_row *row = &rows.at[n];

		if (row->secret != all.at[i].secret)
			continue;
		all.at[n] = all.at[i];
		all.at[n].org = row->org;
		all.at[n].client = row->client;
		all.at[n++].environment = row->environment;
	}
	return (struct used_all){ all.at, n };
}

/* The sum of a secret's callers. */
static struct shared_use
sum_of(const struct used *used)
{
	struct shared_use sum = { .secret = used->secret };

	for (size_t i = 0; i < used->n; i++) {
		for (size_t k = 0; k < USE_OUTCOMES; k++)
			sum.calls[k] += used->uses[i]->calls[k];
		if (used->uses[i]->last_at > sum.last_at)
			sum.last_at = used->uses[i]->last_at;
	}
	return sum;
}

/* ---- the secrets' own rows */

/* Which of its callers was accepted last, or NULL. */
static const struct shared_use *
last_of(const struct used *used)
{
	const struct shared_use *last = NULL;

	for (size_t i = 0; i < used->n; i++)
		if (used->uses[i]->calls[USE_ACCEPTED] &&
		    (!last || used->uses[i]->last_at > last->last_at))
			last = used->uses[i];
	return last;
}

static struct last_use_row
last_use(const struct used *used)
{
	const struct shared_use *last = last_of(used);

	if (!last)
		return (struct last_use_row){ .secret = used->secret };
	return (struct last_use_row){ .secret = used->secret,
		.at = last->last_at,
		.address = str_of(last->address),
		.program = usage_is_other(last) ? (str){ 0 } : str_of(last->program),
		.calls = sum_of(used).calls[USE_ACCEPTED] };
}

/* Of all, also those that were only refused: each secret's row is this writer's from here on, until the transaction ends, and
 * so is what hangs on it. */
static void
write_last_uses(struct db *db, struct arena *a, const struct used_all *all)
{
	struct last_use_row *rows = NEW(a, struct last_use_row, all->n);

	for (size_t i = 0; i < all->n; i++)
		rows[i] = last_use(&all->at[i]);
	sql_usage_last_uses(db, .rows = usage_rows(a, last_use_row, rows, all->n));
}

/* ---- sums */

static void
add_sums(struct sum_row *sums, size_t *n, const struct used *used)
{
	struct shared_use sum = sum_of(used);

	for (size_t i = 0; i < USE_OUTCOMES; i++) {
		if (sum.calls[i] == 0)
			continue;
		sums[(*n)++] = (struct sum_row){ .org = used->org,
			.environment = used->environment,
			.client = used->client,
			.secret = used->secret,
			.outcome = usage_word((enum use_outcome)i),
			.minute = sum.last_at - sum.last_at % MINUTE,
			.hour = sum.last_at - sum.last_at % HOUR,
			.day = sum.last_at - sum.last_at % DAY,
			.calls = sum.calls[i] };
	}
}

static void
write_sums(struct db *db, struct arena *a, const struct used_all *all)
{
	struct sum_row *sums = NEW(a, struct sum_row, all->n * USE_OUTCOMES);
	size_t n = 0;
	str rows;

	for (size_t i = 0; i < all->n; i++)
		add_sums(sums, &n, &all->at[i]);
	rows = usage_rows(a, sum_row, sums, n);
	sql_usage_hours(db, .rows = rows);
	sql_usage_days(db, .rows = rows);
	sql_usage_org_minutes(db, .rows = rows);
	sql_usage_org_days(db, .rows = rows);
}

void
usage_write(struct db *db, struct arena *a, const struct shared_uses *uses)
{
	str memory = str_of(uses->memory);
	struct used_all all;

	sql_usage_memory(db, .memory = memory, .now = clock_now());
	if (!sql_usage_batch(db, .memory = memory, .batch = uses->number))
		return;
	all = used_found(db, a, used_by_secret(a, uses));
	if (all.n == 0)
		return;
	write_last_uses(db, a, &all);
	usage_write_callers(db, a, &all);
	write_sums(db, a, &all);
}
