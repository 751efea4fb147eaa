/* housekeeping_use.c - the housekeeper's first job: who called with which secret, from shared memory to the database. */
#include "housekeeper.h"

#include "base/log.h"
#include "core/again.h"
#include "core/measure.h"
#include "core/usage.h"

#include <unistd.h>

struct use_batch {
	struct desk *desk;
	struct arena *arena;
	struct shared_uses uses;
};

static void
write_batch(void *arg)
{
	struct use_batch *batch = arg;

	db_begin(batch->desk->db, DB_NOTE);
	usage_write(batch->desk->db, batch->arena, &batch->uses);
	db_commit(batch->desk->db);
}

/* A conflict is tried again at once, and a lost database in the next round, with the same batch: it stays in
 * shared memory until it is written. One that can never be written must not stop all that come after it. */
static void
write_surely(struct use_batch *batch)
{
	struct fault *fault = batch->arena->fault;
	struct again tried = again_begin();
	size_t mark = arena_mark(batch->arena);

	while (!attempt(fault, write_batch, batch)) {
		db_rollback(batch->desk->db);
		arena_wipe(batch->arena, mark);
		if (again(&tried, fault, batch->desk->db))
			continue;
		if (fault->kind != FAULT_PROGRAM)
			fault_as(fault, fault->kind, "%zu notes of use wait: %s", batch->uses.n,
			    fault->what);
		log_say("%zu notes of use are lost: %s", batch->uses.n, fault->what);
		break;
	}
	arena_wipe(batch->arena, mark);
	shared_uses_written(batch->desk->shared, batch->uses.number);
}

/* Once around: all is written that was noted before it began. What is noted meanwhile can wait; who would write until
 * there is nothing more would never be done while anybody calls. */
void
housekeeping_write_uses(struct desk *desk, struct arena *arena)
{
	struct use_batch *batch = NEW(arena, struct use_batch, 1);
	size_t seen = 0;

	*batch = (struct use_batch){ .desk = desk, .arena = arena };
	while (seen < SHARED_USES_PLACES &&
	       shared_uses_take(desk->shared, (int64_t)getpid(), &batch->uses)) {
		write_surely(batch);
		seen += batch->uses.places;
	}
	measure_done(shared_measures(desk->shared), WORK_USES);
}
