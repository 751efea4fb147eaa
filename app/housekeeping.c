/* housekeeping.c - what the housekeeper does, as a table: add a line. */
#include "housekeeper.h"

#include "core/additional.h"
#include "core/audit_walked.h"
#include "core/checkpoint.h"
#include "core/client_index.h"
#include "core/departure.h"
#include "core/leaver.h"
#include "core/machine.h"
#include "core/mail.h"
#include "core/purge.h"
#include "core/refusal.h"
#include "core/replacement.h"
#include "core/reset.h"
#include "core/rotation.h"
#include "core/signing_change.h"

enum {
	PURGE_SECONDS = 60,
	REFUSAL_SECONDS = 60,
	DUE_SECONDS = 10,
	CHECKPOINT_SECONDS = 60,
};

static void
purge_old(struct desk *desk, struct arena *arena)
{
	(void)arena;
	purge(desk->db, desk->settings, clock_now());
}

const struct housekeeping_job housekeeping_jobs[] = {
	{ "write_uses", HOUSEKEEPING_SECONDS, housekeeping_write_uses, false },
	{ "purge_old", PURGE_SECONDS, purge_old, true },
	{ "refusal_sum_up", REFUSAL_SECONDS, refusal_sum_up, false },
	{ "machine_report", MACHINE_REPORT_SECONDS, machine_report, false },
	{ "departure_sweep_due", HOUSEKEEPING_SECONDS, departure_sweep_due, true },
	{ "reset_forgotten_due", HOUSEKEEPING_SECONDS, reset_forgotten_due, true },
	{ "leaver_end_due", DUE_SECONDS, leaver_end_due, true },
	{ "rotation_end_due", DUE_SECONDS, rotation_end_due, true },
	{ "additional_end_due", DUE_SECONDS, additional_end_due, true },
	{ "signing_settle_due", DUE_SECONDS, signing_settle_due, true },
	{ "replacement_settle", DUE_SECONDS, replacement_settle, true },
	{ "client_index_due", HOUSEKEEPING_SECONDS, client_index_due, true },
	{ "mail_send_due", HOUSEKEEPING_SECONDS, mail_send_due, true },
	{ "audit_walk_due", DUE_SECONDS, audit_walk_due, true },
	{ "checkpoint_write", CHECKPOINT_SECONDS, checkpoint_write, false },
};
const size_t housekeeping_jobs_n = sizeof housekeeping_jobs / sizeof housekeeping_jobs[0];

_Static_assert(sizeof housekeeping_jobs / sizeof housekeeping_jobs[0] <= HOUSEKEEPING_JOBS_MAX,
    "HOUSEKEEPING_JOBS_MAX");
