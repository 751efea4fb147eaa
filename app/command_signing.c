/* command_signing.c - the keys that sign tokens at the command line: list, rotate, activate, retire. */
#include "command.h"

#include "core/signing_change.h"
#include "sql.h"

#include <inttypes.h>

SHAPE(signing_answer, text(environment), text(state), text(algorithm), text(kid), int(key_number),
    time(created_at), time(signs_at), time(ends_at), time(retired_at));
SHAPE(signing_list_answer, list(keys, signing_answer));

static const str environments[] = { STR_INIT("production"), STR_INIT("integration") };
enum { ENVIRONMENTS = sizeof environments / sizeof environments[0] };

/* Whether what is asked is about that environment: without --environment it is about both. */
static bool
about(const struct command_run *run, str environment)
{
	str asked = run->options.environment;

	return !asked.n || str_eq(asked, environment);
}

/* Whether the options say something; what they do not is said. */
static bool
understood(const struct command_run *run)
{
	str algorithm = run->options.algorithm;

	if (!about(run, environments[0]) && !about(run, environments[1])) {
		say_wrong("--environment is production or integration");
		return false;
	}
	if (algorithm.n && jwt_algorithm_of(algorithm) == JWT_NONE) {
		say_wrong("--algorithm is ES256 or EdDSA");
		return false;
	}
	return true;
}

static str
when(struct command_run *run, int64_t time)
{
	return time ? clock_iso(run->arena, time) : S("-");
}

/* ---- list */

static struct signing_answer
answer_of(const struct command_run *run, const struct signing_history_row *row)
{
	struct signing_at at = { .active = row->active_for.n > 0,
		.next = row->next_for.n > 0,
		.signs_at = row->signs_at,
		.ends_at = row->ends_at,
		.retired_at = row->retired_at,
		.follows = row->follows };

	return (struct signing_answer){ .environment = row->environment,
		.state = signing_state(&at, run->rq.now),
		.algorithm = row->algorithm,
		.kid = row->kid,
		.key_number = row->key_number,
		.created_at = row->created_at,
		.signs_at = row->signs_at,
		.ends_at = row->ends_at,
		.retired_at = row->retired_at };
}

/* Until when it is of use: an old one to its end, one that is gone until it was taken away. */
static int64_t
until(const struct signing_answer *key)
{
	return key->retired_at ? key->retired_at : key->ends_at;
}

static void
say_keys(struct command_run *run, const struct signing_answers *keys)
{
	say("Environment  State   Algorithm  Signs from                   Until                    "
	    "    Ring  Key ID\n");
	for (size_t i = 0; i < keys->n; i++) {
		const struct signing_answer *key = &keys->at[i];

		say("%-11.*s  %-6.*s  %-9.*s  %-27.*s  %-27.*s  %4" PRId64 "  %.*s\n",
		    STR(key->environment), STR(key->state), STR(key->algorithm),
		    STR(when(run, key->signs_at)), STR(when(run, until(key))), key->key_number,
		    STR(key->kid));
	}
}

/* Those of one environment, the newest first, into keys; how many. */
static size_t
keys_of(struct command_run *run, const struct signing_history_rows *rows, str environment,
    struct signing_answer *keys)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->at[i].environment, environment))
			keys[n++] = answer_of(run, &rows->at[i]);
	return n;
}

enum exit_code
command_signing_list(struct command_run *run)
{
	struct signing_history_rows rows = sql_signing_history(run->rq.db);
	struct signing_answer *keys = NEW(run->arena, struct signing_answer, rows.n);
	struct signing_list_answer answer;
	size_t n = 0;

	if (!understood(run))
		return EXIT_USAGE;
	for (size_t e = 0; e < ENVIRONMENTS; e++)
		if (about(run, environments[e]))
			n += keys_of(run, &rows, environments[e], keys + n);
	answer.keys = (struct signing_answers){ keys, n };
	if (run->options.json)
		say_json(run, &signing_list_answer_shape, &answer);
	else
		say_keys(run, &answer.keys);
	return EXIT_DONE;
}

/* ---- changes */

static void
say_key(struct command_run *run, const struct signing_key *key, const char *state, str words)
{
	struct signing_answer answer = { .environment = key->environment,
		.state = str_of(state),
		.algorithm = key->algorithm,
		.kid = key->kid,
		.signs_at = key->signs_at };

	if (run->options.json)
		say_json(run, &signing_answer_shape, &answer);
	else
		say("%.*s, %.*s, key %.*s: %.*s\n", STR(key->environment), STR(key->algorithm),
		    STR(key->kid), STR(words));
}

/* What became of it, where that is no success. */
static enum exit_code
refused(struct command_run *run, enum signing_changed changed, const struct signing_key *key)
{
	switch (changed) {
	case SIGNING_WAITS:
		say_wrong("%.*s has a next key already, %.*s, which signs from %.*s on; `keydesk "
			  "signing activate` lets it sign earlier, `keydesk signing retire` takes "
			  "it away",
		    STR(key->environment), STR(key->kid), STR(when(run, key->signs_at)));
		break;
	case SIGNING_FULL:
		say_wrong("%.*s has %d keys that are not gone: wait until old ones have ended, or "
			  "take some away by `keydesk signing retire`",
		    STR(key->environment), SIGNING_KEYS_MAX);
		break;
	case SIGNING_SIGNS:
		say_wrong("this key signs: `keydesk signing rotate` makes the next one");
		break;
	case SIGNING_NOTHING:
	case SIGNING_CHANGED:
	case SIGNING_SOON:
		say_wrong("there is no such key; `keydesk signing list` shows those there are");
		break;
	}
	return EXIT_REFUSED;
}

static enum exit_code
rotate_one(struct command_run *run, str environment)
{
	struct signing_wish wish = { .environment = environment,
		.algorithm = run->options.algorithm };
	struct signing_key made = { .environment = environment };
	enum signing_changed changed;
	str words;

	if (run->options.now) {
		made = signing_replace(&run->rq, &wish);
		say_key(run, &made, "active", S("signs from now on; those of before are gone."));
		return EXIT_DONE;
	}
	changed = signing_rotate(&run->rq, &wish, &made);
	if (changed == SIGNING_NOTHING) {
		say_wrong("no key signs the tokens of %.*s: run keydesk init", STR(environment));
		return EXIT_REFUSED;
	}
	if (changed != SIGNING_CHANGED)
		return refused(run, changed, &made);
	words = fmt(run->arena, "is published, and signs from %.*s on, by itself.",
	    STR(when(run, made.signs_at)));
	say_key(run, &made, "next", words);
	return EXIT_DONE;
}

/* What ends at once is said, and whether that may be. */
static bool
may_end(const struct command_run *run)
{
	str asked = run->options.environment;

	if (!run->options.now || run->options.yes)
		return true;
	say_wrong("this ends every token of %.*s that there is: it is refused at /verify and at "
		  "introspection from the next request on, and clients have to get another one "
		  "with their secrets. Services that check tokens offline go on taking those of "
		  "before, and refuse new ones, until they load the public keys again: within %d "
		  "minutes if they keep to what is said there, else when they do. Without --now "
		  "nobody notices anything. To go on, add --yes",
	    STR(asked.n ? asked : S("both environments")), SIGNING_JWKS_SECONDS / 60);
	return false;
}

enum exit_code
command_signing_rotate(struct command_run *run)
{
	enum exit_code code = EXIT_DONE;

	if (!understood(run))
		return EXIT_USAGE;
	if (!may_end(run))
		return EXIT_REFUSED;
	for (size_t e = 0; e < ENVIRONMENTS && code == EXIT_DONE; e++)
		if (about(run, environments[e]))
			code = rotate_one(run, environments[e]);
	return code;
}

static enum exit_code
activate_one(struct command_run *run, str environment)
{
	struct signing_wish wish = { .environment = environment };
	struct signing_key key = { 0 };
	enum signing_changed changed = signing_activate(&run->rq, &wish, run->options.yes, &key);

	if (changed == SIGNING_SOON) {
		say_wrong("key %.*s of %.*s has not been published for %d minutes: services that "
			  "loaded the public keys before may refuse what it signs until they load "
			  "them again. Wait, or add --yes",
		    STR(key.kid), STR(environment), SIGNING_JWKS_SECONDS / 60);
		return EXIT_REFUSED;
	}
	if (changed == SIGNING_NOTHING) {
		say_wrong(
		    "%.*s has no next key: `keydesk signing rotate` makes one", STR(environment));
		return EXIT_REFUSED;
	}
	say_key(run, &key, "active", S("signs from now on; the one before verifies on."));
	return EXIT_DONE;
}

enum exit_code
command_signing_activate(struct command_run *run)
{
	enum exit_code code = EXIT_DONE;

	if (!understood(run))
		return EXIT_USAGE;
	for (size_t e = 0; e < ENVIRONMENTS && code == EXIT_DONE; e++)
		if (about(run, environments[e]))
			code = activate_one(run, environments[e]);
	return code;
}

enum exit_code
command_signing_retire(struct command_run *run)
{
	struct signing_key key = { 0 };
	enum signing_changed changed;

	if (!run->options.question.n) {
		say_wrong("give the key's ID; `keydesk signing list` shows them");
		return EXIT_USAGE;
	}
	changed = signing_retire(&run->rq, run->options.question, run->options.yes, &key);
	if (changed == SIGNING_SOON) {
		say_wrong("tokens that it has signed may not have expired, and are refused without "
			  "it; it is taken away by itself when they have. To go on, add --yes");
		return EXIT_REFUSED;
	}
	if (changed != SIGNING_CHANGED)
		return refused(run, changed, &key);
	say_key(run, &key, "gone", S("is gone."));
	return EXIT_DONE;
}
