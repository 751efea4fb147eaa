/* command_keyring_list.c - the keys of the ring: what depends on each, who holds it. */
#include "command.h"

#include "core/machine.h"
#include "core/public_key.h"
#include "core/ring.h"

#include <inttypes.h>

SHAPE(ring_key_answer, int(number), text(status), text(fingerprint), int(secrets), int(hashes),
    int(passwords), int(signing_keys), int(factors), int(public_keys));
SHAPE(held_key_answer, int(number), text(status), flag(everywhere), text(fingerprint));
SHAPE(ring_machine_answer, int(machine), text(host), text(version), int(seconds), flag(live),
    int(workers), list(keys, held_key_answer));
SHAPE(ring_list_answer, list(keys, ring_key_answer), list(machines, ring_machine_answer),
    int(public_keys_lost));
SHAPE(ring_secret_answer, text(organization), text(organization_name), text(id), text(name),
    text(environment), text(sid), text(hint), text(status), time(last_used_at));

static struct ring_key_answers
keys_of(struct command_run *run)
{
	const struct keyring *ring = run->rq.desk->keyring;
	struct ring_key_answer *keys = NEW(run->arena, struct ring_key_answer, KEYRING_MAX);
	size_t n = 0;

	for (int number = 1; number <= KEYRING_MAX; number++) {
		const struct ring_use_row *use;

		if (ring->keys[number].status == KEY_ABSENT)
			continue;
		use = ring_use(&run->rq, number);
		keys[n++] = (struct ring_key_answer){ .number = number,
			.status = key_status_word(ring->keys[number].status),
			.fingerprint = machine_fingerprint(run->arena, ring->keys[number].check),
			.secrets = use->secrets,
			.hashes = use->hashes,
			.passwords = use->passwords,
			.signing_keys = use->signing_keys,
			.factors = use->factors,
			.public_keys = use->public_keys };
	}
	return (struct ring_key_answers){ keys, n };
}

static struct held_key_answers
held_by(struct command_run *run, const struct machine *m)
{
	struct held_key_answer *keys = NEW(run->arena, struct held_key_answer, KEYRING_MAX);
	size_t n = 0;

	for (int number = 1; number <= KEYRING_MAX; number++) {
		const struct machine_key *key = &m->keys[number];
		str status = key_status_word(key->status);

		if (key->status == KEY_ABSENT)
			continue;
		keys[n] = (struct held_key_answer){ .number = number, .status = status };
		keys[n].everywhere = key->everywhere;
		keys[n++].fingerprint = key->fingerprint;
	}
	return (struct held_key_answers){ keys, n };
}

static struct ring_machine_answers
machines_of(struct command_run *run)
{
	struct machine_list all = machines_read(&run->rq);
	struct ring_machine_answer *machines = NEW(run->arena, struct ring_machine_answer, all.n);

	for (size_t i = 0; i < all.n; i++)
		machines[i] = (struct ring_machine_answer){ .machine = all.at[i].number,
			.host = all.at[i].host,
			.version = all.at[i].version,
			.seconds = all.at[i].seconds,
			.live = all.at[i].live,
			.workers = all.at[i].workers,
			.keys = held_by(run, &all.at[i]) };
	return (struct ring_machine_answers){ machines, all.n };
}

/* "1 active, 2 reading": with "not by all" behind a key that some worker lacks. */
static void
say_held(const struct held_key_answers *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		say("%s%" PRId64 " %.*s%s", i ? ", " : ": ", keys->at[i].number,
		    STR(keys->at[i].status),
		    keys->at[i].everywhere || str_eq(keys->at[i].status, S("retired"))
			? ""
			: " (not by all its workers)");
}

static void
say_list(const struct ring_list_answer *answer)
{
	say("Key  Status   Fingerprint        Secrets  Other hashes  Passwords  Signing keys  "
	    "Second factors  Public keys\n");
	for (size_t i = 0; i < answer->keys.n; i++) {
		const struct ring_key_answer *key = &answer->keys.at[i];

		say("%3" PRId64 "  %-7.*s  %.*s  %7" PRId64 "  %12" PRId64 "  %9" PRId64
		    "  %12" PRId64 "  %14" PRId64 "  %11" PRId64 "\n",
		    key->number, STR(key->status), STR(key->fingerprint), key->secrets, key->hashes,
		    key->passwords, key->signing_keys, key->factors, key->public_keys);
	}
	if (answer->public_keys_lost)
		say("Public keys that do not open with this ring: %" PRId64 "\n",
		    answer->public_keys_lost);
	for (size_t i = 0; i < answer->machines.n; i++) {
		const struct ring_machine_answer *m = &answer->machines.at[i];

		say("Machine %" PRId64 " (%.*s), seen %" PRId64 " s ago%s, %" PRId64 " workers",
		    m->machine, STR(m->host), m->seconds, m->live ? "" : ", not live", m->workers);
		say_held(&m->keys);
		say("\n");
	}
}

static void
say_secret(struct command_run *run, const struct ring_secrets_row *row)
{
	struct ring_secret_answer answer = { .organization = row->organization,
		.organization_name = row->organization_name,
		.id = row->id,
		.name = row->name,
		.environment = row->environment,
		.sid = row->sid,
		.hint = row->hint,
		.status = row->status,
		.last_used_at = row->last_used_at };

	if (run->options.json) {
		say_json(run, &ring_secret_answer_shape, &answer);
		return;
	}
	say("%.*s  %.*s  %-11.*s  ...%.*s  %-20.*s  %.*s (%.*s)\n", STR(row->organization),
	    STR(row->id), STR(row->environment), STR(row->hint),
	    STR(row->last_used_at ? clock_iso(run->arena, row->last_used_at) : S("never")),
	    STR(row->name), STR(row->organization_name));
}

/* All of them, a page at a time: there may be very many. */
static enum exit_code
list_secrets(struct command_run *run)
{
	int64_t number = 0, after = 0;
	struct ring_secrets_rows page;

	if (!str_int(run->options.secrets, &number) || number < 1 || number > KEYRING_MAX) {
		say_wrong("--secrets takes the number of a key, from 1 to %d", KEYRING_MAX);
		return EXIT_USAGE;
	}
	do {
		size_t mark = arena_mark(run->arena);

		page = ring_secrets(&run->rq, (int)number, after);
		for (size_t i = 0; i < page.n; i++)
			say_secret(run, &page.at[i]);
		after = page.n ? page.at[page.n - 1].secret : after;
		arena_wipe(run->arena, mark);
	} while (page.n == RING_PAGE);
	return EXIT_DONE;
}

enum exit_code
command_keyring_list(struct command_run *run)
{
	struct ring_list_answer answer;

	if (run->options.secrets.n)
		return list_secrets(run);
	answer =
	    (struct ring_list_answer){ keys_of(run), machines_of(run), public_keys_lost(&run->rq) };
	if (run->options.json)
		say_json(run, &ring_list_answer_shape, &answer);
	else
		say_list(&answer);
	return EXIT_DONE;
}
