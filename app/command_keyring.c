/* command_keyring.c - the key ring at the command line: add, import, activate, retire.
 *
 * Each changes the file of this machine, once its entry in the installation's audit log is committed. The
 * running program reads it with its next reload.
 */
#include "command.h"

#include "core/audit.h"
#include "core/factor.h"
#include "core/machine.h"
#include "core/mail.h"
#include "core/public_key.h"
#include "core/ring.h"
#include "core/signing_change.h"
#include "crypto/keyring_file.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

enum { GIVEN_MAX_BYTES = 8192 };

static const char reload[] = "Reload the program on this machine: systemctl reload keydesk, or "
			     "SIGHUP to its master.\n";

SHAPE(ring_answer, int(number), text(status), text(fingerprint), int(resealed));

/* What is held while the command is tried: the lock to the end of the process, what was given once, what is to be said. */
struct ring_change {
	int lock;
	struct keyring_file *file;
	str given;
	struct ring_answer answer;
	const char *words;
};

static struct ring_change *
change_of(struct command_run *run)
{
	if (!run->ring) {
		run->ring = NEW(run->arena, struct ring_change, 1);
		run->ring->lock = -1;
	}
	return run->ring;
}

/* Locks the file and reads it, and the ring with it, as it is now. */
static struct keyring_file *
begin(struct command_run *run)
{
	struct ring_change *change = change_of(run);
	const char *path = str_c(run->arena, run->settings->keyring);

	if (change->lock < 0)
		change->lock = keyring_lock(run->arena, path);
	change->file = keyring_file_read(run->arena, path);
	run->rq.desk->keyring = keyring_load(run->arena, path);
	return change->file;
}

static enum exit_code
say_it(struct command_run *run)
{
	if (run->options.json)
		say_json(run, &ring_answer_shape, &run->ring->answer);
	else
		say("%s", run->ring->words);
	return EXIT_DONE;
}

static enum exit_code
put_in_place(struct command_run *run)
{
	keyring_file_publish(run->ring->file);
	return say_it(run);
}

static void
take_away(struct command_run *run)
{
	keyring_file_drop(run->ring->file);
}

/* The file is staged now and put in its place after the commit. */
static void
change(struct command_run *run, str act, int number, str detail)
{
	audit(&run->rq, act, fmt(run->arena, "%d", number), detail);
	keyring_file_stage(run->ring->file);
	run->then = put_in_place;
	run->undone = take_away;
}

static str
detail_of(struct command_run *run, str fingerprint)
{
	return fmt(run->arena, "{\"machine\":%" PRId64 ",\"fingerprint\":\"%.*s\"}",
	    run->settings->machine, STR(fingerprint));
}

/* The number behind the command; 0, with the reason said, when it is none. */
static int
number_given(struct command_run *run)
{
	int64_t n = 0;

	if (!str_int(run->options.question, &n) || n < 1 || n > KEYRING_MAX) {
		say_wrong("give the key's number, from 1 to %d; `keydesk keyring list` shows them",
		    KEYRING_MAX);
		return 0;
	}
	return (int)n;
}

static str
fingerprint_of(struct command_run *run, int number)
{
	return machine_fingerprint(run->arena, run->rq.desk->keyring->keys[number].check);
}

/* At once, or when the file that was changed is in its place. */
static enum exit_code
say_done(struct command_run *run, const struct ring_answer *answer, const char *words)
{
	run->ring->answer = *answer;
	run->ring->words = words;
	return run->then ? EXIT_DONE : say_it(run);
}

enum exit_code
command_keyring_add(struct command_run *run)
{
	struct keyring_file *file = begin(run);
	int number = keyring_file_add(file);
	struct ring_answer answer = { .number = number, .status = S("reading") };

	if (number == 0) {
		say_wrong("the ring has had %d keys, and there are no more letters", KEYRING_MAX);
		return EXIT_REFUSED;
	}
	answer.fingerprint = machine_fingerprint(run->arena, keyring_file_check(file, number));
	change(run, S("keyring.add"), number, detail_of(run, answer.fingerprint));
	return say_done(run, &answer,
	    str_c(run->arena,
		fmt(run->arena,
		    "Key %d is in the ring, for reading.\n%s"
		    "With several machines, bring it to each: keydesk keyring import <%.*s\n"
		    "Once all of them hold it: keydesk keyring activate %d\n",
		    number, reload, STR(run->settings->keyring), number)));
}

/* Standard input, whole. */
static str
read_given(struct command_run *run)
{
	char *at = NEW(run->arena, char, GIVEN_MAX_BYTES + 1);
	size_t n = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, at + n, GIVEN_MAX_BYTES + 1 - n)) != 0) {
		if (got < 0 && errno != EINTR)
			break;
		if (got > 0)
			n += (size_t)got;
	}
	if (n > GIVEN_MAX_BYTES)
		fault(run->arena->fault, "what came on standard input is too long for a key ring");
	return (str){ at, n };
}

/* A machine without a ring gets a copy of the other one's. */
void
command_keyring_given(struct command_run *run)
{
	struct ring_change *change = change_of(run);
	const char *path = str_c(run->arena, run->settings->keyring);

	if (change->given.n == 0)
		change->given = read_given(run);
	if (access(path, F_OK) != 0 && errno == ENOENT &&
	    keyring_create_from(run->arena, path, change->given))
		say_wrong("made the key ring %s", path);
}

enum exit_code
command_keyring_import(struct command_run *run)
{
	struct keyring_file *file = begin(run);
	int differs, added = keyring_file_merge(file, run->ring->given, &differs);
	struct ring_answer answer = { .number = added };

	if (added < 0) {
		say_wrong("key %d is another one here: two were made of the same number. Make a "
			  "new one on one machine only, and bring that to the other",
		    differs);
		return EXIT_REFUSED;
	}
	if (added == 0)
		return say_done(run, &answer, "Every key is here already.\n");
	change(run, S("keyring.import"), added,
	    fmt(run->arena, "{\"machine\":%" PRId64 "}", run->settings->machine));
	return say_done(run, &answer,
	    str_c(run->arena,
		fmt(run->arena, "Keys that came: %d, for reading.\n%s", added, reload)));
}

/* Whether this row of a machine that is not live still matters: it may only be away, and come back. */
static bool
may_come_back(
    const struct command_run *run, const struct machine_list *all, const struct machine *m)
{
	return !m->live && !machine_alive(all, m->number) && m->number != run->settings->machine;
}

/* Why the machine keeps the key from being the active one, as a sentence; empty when it does not. */
static str
in_the_way(
    struct command_run *run, const struct machine_list *all, const struct machine *m, int number)
{
	str fingerprint = fingerprint_of(run, number);
	str who = fmt(run->arena, "machine %" PRId64 " (%.*s)", m->number, STR(m->host));
	bool away = may_come_back(run, all, m);

	if ((!m->live && !away) || machine_holds(m, number, fingerprint))
		return (str){ 0 };
	if (away && run->options.yes)
		return (str){ 0 };
	if (away)
		return fmt(run->arena,
		    "%.*s was last heard of %" PRId64
		    " s ago and did not hold key %d; if it is gone for good, add --yes",
		    STR(who), m->seconds, number);
	if (m->workers == 0)
		return fmt(run->arena, "%.*s begins or has just stopped: wait a minute", STR(who));
	if (m->keys[number].status != KEY_ABSENT &&
	    !str_eq(m->keys[number].fingerprint, fingerprint))
		return fmt(run->arena, "%.*s has another key %d", STR(who), number);
	return fmt(run->arena,
	    "%.*s has not reported that all its workers hold key %d: bring it there, reload, and "
	    "wait a few seconds",
	    STR(who), number);
}

/* Whether every machine reads what the key makes; what is in the way is said. */
static bool
all_hold(struct command_run *run, int number)
{
	struct machine_list all = machines_read(&run->rq);
	bool hold = true;

	for (size_t i = 0; i < all.n; i++) {
		str why = in_the_way(run, &all, &all.at[i], number);

		if (why.n)
			say_wrong("%.*s", STR(why));
		hold = hold && why.n == 0;
	}
	return hold;
}

/* Each by itself and before all else, so that nothing waits for a transaction of all of them. The key that it is for is held
 * by every machine, so it does not matter when this is as far as it gets. */
static void
reseal_public_keys(struct command_run *run, int number)
{
	db_rollback(run->rq.db);
	db_begin(run->rq.db, DB_NONE);
	public_key_reseal(&run->rq, number);
	db_commit(run->rq.db);
	db_begin(run->rq.db, DB_WRITE);
}

enum exit_code
command_keyring_activate(struct command_run *run)
{
	int number = number_given(run);
	struct keyring_file *file;
	enum key_status status;
	struct ring_answer answer = { .number = number, .status = S("active") };

	if (number == 0)
		return EXIT_USAGE;
	file = begin(run);
	status = run->rq.desk->keyring->keys[number].status;
	answer.fingerprint = fingerprint_of(run, number);
	if (status == KEY_ACTIVE)
		return say_done(run, &answer, "It is the active key already.\n");
	if (status != KEY_READING) {
		say_wrong("key %d is %.*s", number, STR(key_status_word(status)));
		return EXIT_REFUSED;
	}
	if (!all_hold(run, number))
		return EXIT_REFUSED;
	reseal_public_keys(run, number);
	keyring_file_activate(file, number);
	answer.resealed = signing_reseal(&run->rq, number);
	mail_reseal(&run->rq, number);
	factor_reseal(&run->rq, number);
	change(run, S("keyring.activate"), number, detail_of(run, answer.fingerprint));
	return say_done(run, &answer,
	    str_c(run->arena,
		fmt(run->arena,
		    "Key %d is the active one.\n%sThen the same on each other machine.\n", number,
		    reload)));
}

/* Whether no worker of any machine makes anything with the key any more. */
static bool
nobody_makes(struct command_run *run, int number)
{
	struct machine_list all = machines_read(&run->rq);
	bool free = true;

	for (size_t i = 0; i < all.n; i++) {
		const struct machine *m = &all.at[i];

		if (!m->live || m->keys[number].status != KEY_ACTIVE)
			continue;
		free = false;
		say_wrong("machine %" PRId64 " (%.*s) still makes secrets under key %d: activate "
			  "another one there, reload, and wait until its old workers have ended",
		    m->number, STR(m->host), number);
	}
	return free;
}

/* What will be refused is said, and whether that may be. */
static bool
may_be_lost(struct command_run *run, int number, const struct ring_use_row *use)
{
	if (run->options.yes)
		return true;
	say_wrong("without key %d these are refused from the next reload on:", number);
	say_wrong("    secrets that it signs              %" PRId64, use->secrets);
	say_wrong("    other secrets hashed under it      %" PRId64, use->hashes);
	say_wrong("    passwords hashed under it          %" PRId64, use->passwords);
	say_wrong("    public keys that it does not open  %" PRId64, use->public_keys);
	say_wrong("sealed under it are %" PRId64 " signing keys and %" PRId64
		  " second factors, which are sealed anew. The audit log is still verified. "
		  "`keydesk keyring list --secrets %d` shows the secrets; a hash is made anew when "
		  "its secret or password is next used. To go on, add --yes",
	    use->signing_keys, use->factors, number);
	return false;
}

enum exit_code
command_keyring_retire(struct command_run *run)
{
	int number = number_given(run);
	struct keyring_file *file;
	const struct keyring *ring;
	const struct ring_use_row *use;
	struct ring_answer answer = { .number = number, .status = S("retired") };

	if (number == 0)
		return EXIT_USAGE;
	file = begin(run);
	ring = run->rq.desk->keyring;
	answer.fingerprint = fingerprint_of(run, number);
	if (ring->keys[number].status == KEY_RETIRED)
		return say_done(run, &answer, "It is retired already.\n");
	if (ring->keys[number].status != KEY_READING) {
		say_wrong(
		    "key %d is %.*s", number, STR(key_status_word(ring->keys[number].status)));
		return EXIT_REFUSED;
	}
	if (!nobody_makes(run, number) || !all_hold(run, ring->active))
		return EXIT_REFUSED;
	reseal_public_keys(run, ring->active);
	use = ring_use(&run->rq, number);
	if (!may_be_lost(run, number, use))
		return EXIT_REFUSED;
	keyring_file_retire(file, number);
	answer.resealed = signing_reseal(&run->rq, ring->active);
	mail_reseal(&run->rq, ring->active);
	factor_reseal(&run->rq, ring->active);
	change(run, S("keyring.retire"), number,
	    fmt(run->arena,
		"{\"machine\":%" PRId64 ",\"secrets\":%" PRId64 ",\"hashes\":%" PRId64
		",\"passwords\":%" PRId64 ",\"public_keys\":%" PRId64 "}",
		run->settings->machine, use->secrets, use->hashes, use->passwords,
		use->public_keys));
	return say_done(run, &answer,
	    str_c(run->arena,
		fmt(run->arena, "Key %d is retired.\n%sThen the same on each other machine.\n",
		    number, reload)));
}
