/* doctor_rings.c - what the doctor says of keys, and of the machines that hold them. */
#include "doctor.h"

#include "core/public_key.h"
#include "core/ring.h"
#include "core/signing.h"
#include "sql.h"
#include "worker.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SPARE_CONNECTIONS = 10 };

static void
ok(struct doctor *d, str says)
{
	doctor_says(d, DOCTOR_OK, says, (str){ 0 });
}

/* Whether there is a ring to compare with; what is wrong with it was said. */
static bool
has_ring(const struct doctor *d)
{
	return d->desk->keyring != NULL;
}

static void
signing_of(struct doctor *d, const struct signing_list_rows *keys, str environment)
{
	for (size_t i = 0; i < keys->n; i++)
		if (str_eq(keys->at[i].active_for, environment))
			return;
	doctor_says(d, DOCTOR_WRONG,
	    fmt(d->arena, "no key signs the tokens of %.*s", STR(environment)),
	    S("Run keydesk init."));
}

/* The housekeeper makes the next one in time: one that is much older means that none does. */
static void
signing_age(struct doctor *d, const struct signing_list_row *key)
{
	int64_t days = d->settings->signing_days, age = d->rq.now - key->signs_at;

	if (key->active_for.n && !key->follows && days && age > (days + 1) * DAY)
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena,
			"the signing key %.*s of %.*s signs for %.*s, and KEYDESK_SIGNING_DAYS is "
			"%" PRId64,
			STR(key->kid), STR(key->environment), STR(clock_span(d->arena, age)), days),
		    S("See that the program runs; or keydesk signing rotate."));
}

static void
signing_key(struct doctor *d, const struct signing_list_row *key)
{
	str which = fmt(d->arena, "the signing key %.*s is sealed under key %" PRId64,
	    STR(key->kid), key->key_number);

	if (!signing_opens(&d->rq, key))
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena, "%.*s of another ring, or one that is retired", STR(which)),
		    S("Bring the ring here that it was made with: keydesk keyring import."));
	else if (key->key_number != d->desk->keyring->active)
		doctor_says(d, DOCTOR_WARN, which,
		    S("It is sealed anew when a key is activated or retired."));
}

void
doctor_signing(struct doctor *d)
{
	struct signing_list_rows keys = sql_signing_list(d->desk->db);

	if (!has_ring(d))
		return;
	signing_of(d, &keys, S("production"));
	signing_of(d, &keys, S("integration"));
	for (size_t i = 0; i < keys.n; i++) {
		signing_key(d, &keys.at[i]);
		signing_age(d, &keys.at[i]);
	}
	ok(d, fmt(d->arena, "%zu", keys.n));
}

/* A seed is sealed anew before its key is retired: what is left was in a copy that was put back, or was changed. */
static bool
factors_lost(struct doctor *d, int number, int64_t factors)
{
	if (factors == 0)
		return false;
	doctor_says(d, DOCTOR_WARN,
	    fmt(d->arena,
		"key %d is retired, and with it %" PRId64
		" second factors: their people cannot sign in",
		number, factors),
	    S("keydesk user reset-factor turns one off."));
	return true;
}

/* As after a restore without the ring that was there. */
static bool
public_keys_say(struct doctor *d)
{
	int64_t n = has_ring(d) ? public_keys_lost(&d->rq) : 0;

	if (n)
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena,
			"%" PRId64 " public keys do not open with this ring, and are refused", n),
		    S("Bring the ring here that they were registered with: keydesk keyring import; "
		      "or "
		      "register new ones."));
	return n > 0;
}

/* What stands as working in the database, and is refused. */
void
doctor_secrets(struct doctor *d)
{
	bool lost = public_keys_say(d);

	for (int n = 1; has_ring(d) && n <= KEYRING_MAX; n++) {
		const struct ring_use_row *use;

		if (d->desk->keyring->keys[n].status != KEY_RETIRED)
			continue;
		use = ring_use(&d->rq, n);
		lost |= factors_lost(d, n, use->factors);
		if (use->secrets + use->hashes + use->passwords == 0)
			continue;
		lost = true;
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena,
			"key %d is retired, and with it %" PRId64 " secrets and %" PRId64
			" passwords are refused",
			n, use->secrets + use->hashes, use->passwords),
		    fmt(d->arena,
			"keydesk keyring list --secrets %d names those to reset; people get "
			"a new password by keydesk user set-password.",
			n));
	}
	if (!lost)
		ok(d, S("none hangs on a retired key"));
}

/* Two programs of one number that were both seen just now: a restart is one. */
static bool
are_two(const struct machine *one, const struct machine *other)
{
	return one->number == other->number && one->seconds < MACHINE_TWICE_SECONDS &&
	       other->seconds < MACHINE_TWICE_SECONDS;
}

static void
beside(struct doctor *d, const struct machine *m, const struct machine *other)
{
	if (are_two(m, other))
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena, "two programs are machine %" PRId64 ": on %.*s and on %.*s",
			m->number, STR(other->host), STR(m->host)),
		    S("Give each its own KEYDESK_MACHINE; the audit log has a chain for each."));
	if (!str_eq(m->version, other->version))
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena, "machine %" PRId64 " has version %.*s, machine %" PRId64 " %.*s",
			m->number, STR(m->version), other->number, STR(other->version)),
		    S("Bring all to one version."));
}

static void
one_machine(struct doctor *d, const struct machine *m)
{
	ok(d, fmt(d->arena,
		  "machine %" PRId64 " (%.*s) serves with %" PRId64 " workers, seen %" PRId64
		  " s ago%s",
		  m->number, STR(m->host), m->workers, m->seconds, m->self ? ": this one" : ""));
	if (llabs(m->ahead) > 2 * SECOND)
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena, "the clock of machine %" PRId64 " is %.*s %s the database's",
			m->number, STR(clock_span(d->arena, llabs(m->ahead))),
			m->ahead > 0 ? "ahead of" : "behind"),
		    S("Let both follow one source of time."));
}

void
doctor_machines(struct doctor *d)
{
	struct machine_list all = machines_read(&d->rq);
	const struct machine *before = NULL;

	for (size_t i = 0; i < all.n; i++) {
		if (!all.at[i].live)
			continue;
		one_machine(d, &all.at[i]);
		if (before)
			beside(d, &all.at[i], before);
		before = &all.at[i];
	}
	if (!before)
		doctor_says(d, DOCTOR_WARN, S("none serves"), S("Start the program."));
}

/* The file of this machine against what runs: here and elsewhere. */
void
doctor_agreement(struct doctor *d)
{
	struct machine_list all = machines_read(&d->rq);
	str refused;

	if (!has_ring(d))
		return;
	refused = machine_ring_refused(&d->rq, true);
	if (refused.n)
		doctor_says(d, DOCTOR_WRONG, refused,
		    S("A reload is refused until then; see `keydesk keyring list`."));
	for (size_t i = 0; i < all.n; i++) {
		const struct machine *m = &all.at[i];
		int active = d->desk->keyring->active;

		if (!m->live || m->workers == 0 || m->keys[active].status == KEY_ACTIVE)
			continue;
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena,
			"machine %" PRId64 " (%.*s) does not make secrets under key %d, the active "
			"one of this ring",
			m->number, STR(m->host), active),
		    m->self ? S("Reload the program.")
			    : S("keydesk keyring activate there, and reload."));
	}
	if (!refused.n)
		ok(d, S("the ring fits beside all that serve"));
}

/* What may be open at a time, of all machines; this one counts even when it does not serve. */
void
doctor_connections(struct doctor *d)
{
	struct machine_list all = machines_read(&d->rq);
	int64_t here = worker_count(d->settings) * d->settings->threads + 2, most = here, limit = 0;

	for (size_t i = 0; i < all.n; i++)
		if (all.at[i].live && !all.at[i].self)
			most += all.at[i].connections;
	str_int(d->server->connections, &limit);
	if (limit < most + SPARE_CONNECTIONS)
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena,
			"the machines may open %" PRId64 " connections, and max_connections is "
			"%" PRId64,
			most, limit),
		    fmt(d->arena,
			"Set max_connections to %" PRId64
			" or more (a reload has twice as many for a while), or lower "
			"KEYDESK_WORKERS and KEYDESK_THREADS.",
			most + SPARE_CONNECTIONS));
	else
		ok(d, fmt(d->arena, "at most %" PRId64 " of %" PRId64, most, limit));
}
