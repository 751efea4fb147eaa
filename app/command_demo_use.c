/* command_demo_use.c - made-up calls for the examples, written as the housekeeper writes real ones. */
#include "command.h"

#include "core/usage.h"
#include "sql.h"

#include <inttypes.h>
#include <stdio.h>

enum { HOURS = 24, DAYS = 30, NIGHTLY = 6 };

/* A caller of the secret, in the batch. */
static struct shared_use *
add_caller(struct shared_uses *uses, int64_t secret, const char *address, const char *program)
{
	struct shared_use *use = &uses->at[uses->n++];

	*use = (struct shared_use){ .secret = secret };
	snprintf(use->address, sizeof use->address, "%s", address);
	snprintf(use->program, sizeof use->program, "%s", program);
	return use;
}

/* What was called until then, since the time before: more by day than by night, and some for the wrong
 * environment. */
static void
write_until(struct command_run *run, const struct demo_calls *demo, int64_t at, int64_t all)
{
	int64_t secret = demo->secret, calls = all / demo->part;
	struct shared_uses *uses = NEW(run->arena, struct shared_uses, 1);
	struct shared_use *shop, *probe;

	snprintf(uses->memory, sizeof uses->memory, "example %" PRId64, secret);
	uses->number = at / SECOND; /* each later than the one before */
	shop = add_caller(uses, secret, demo->address, demo->program);
	shop->calls[USE_ACCEPTED] = calls;
	probe = add_caller(uses, secret, "10.0.0.12", "curl/8.5.0");
	probe->calls[USE_ENVIRONMENT] = calls % 7 ? 0 : calls / 20;
	shop->first_at = shop->last_at = at;
	probe->first_at = probe->last_at = at - HOUR / 2;
	if (probe->calls[USE_ENVIRONMENT] == 0)
		uses->n--;
	usage_write(run->rq.db, run->arena, uses);
}

void
demo_use(struct command_run *run, const struct demo_calls *demo)
{
	size_t mark = arena_mark(run->arena);

	for (int64_t day = (demo->days < DAYS ? demo->days : DAYS) - 1; day > 1; day--) {
		write_until(run, demo, demo->last_at - day * DAY, 21000 + 1731 * (day * 3 % 7));
		arena_wipe(run->arena, mark);
	}
	for (int64_t hour = HOURS - 1; hour >= 0; hour--) {
		int64_t at = demo->last_at - hour * HOUR, of_day = at / HOUR % 24;
		int64_t far = of_day > 14 ? of_day - 14 : 14 - of_day;

		write_until(run, demo, at,
		    far < 14 - NIGHTLY ? 1600 - far * 130 : 240 + 15 * (of_day % NIGHTLY));
		arena_wipe(run->arena, mark);
	}
}
