/* command_rotation.c - rotations at the command line: start, finish, cancel. */
#include "command.h"

#include "core/policy.h"
#include "core/rotation.h"
#include "sql.h"

SHAPE(rotation_answer, text(id), text(client_id), text(client_secret), text(old_ends_at));

static void
say_rotated(struct command_run *run, const struct client_made *made, int64_t old_ends_at)
{
	struct rotation_answer answer = { made->id, made->client_id, made->secret,
		clock_iso(run->arena, old_ends_at) };

	if (run->options.json)
		say_json(run, &rotation_answer_shape, &answer);
	else
		say("id            %.*s\nclient_id     %.*s\nclient_secret %.*s\n"
		    "The old secret works until %.*s.\n"
		    "This is the only time the new one is shown.\n",
		    STR(made->id), STR(made->client_id), STR(made->secret),
		    STR(clock_for_people(run->arena, old_ends_at)));
}

/* Says why; ended is the reason for ROTATED_ENDED. */
static enum exit_code
refused(const struct command_run *run, enum rotated answer, const char *ended)
{
	str id = run->options.id;

	switch (answer) {
	case ROTATED_CHANGED:
		say_wrong("a rotation of %.*s is running: finish or cancel it first", STR(id));
		break;
	case ROTATED_ENDED:
		say_wrong("%s", ended);
		break;
	case ROTATED_NOTHING:
	case ROTATED_BEFORE:
	case ROTATED:
		say_wrong("there is no key %.*s in this organization", STR(id));
		break;
	}
	return EXIT_REFUSED;
}

/* What --overlap says, or else what the organization means; NULL, with the reason said, when it is none. */
static const struct rotation_overlap *
overlap_of(struct command_run *run)
{
	const struct rotation_overlap *overlap;

	if (run->options.overlap.n == 0)
		return rotation_overlap_near(policy_of(&run->rq).overlap_minutes * MINUTE);
	overlap = rotation_overlap(run->options.overlap);
	if (!overlap)
		say_wrong("--overlap is 15m, 1h, 6h, 24h or 7d");
	return overlap;
}

enum exit_code
command_client_rotate(struct command_run *run)
{
	struct rotation_wish wish = { .id = run->options.id };
	const struct rotation_overlap *overlap;
	const struct client_card_row *card;
	struct client_made made;
	enum rotated answer;

	if (!command_organization(run))
		return EXIT_REFUSED;
	overlap = overlap_of(run);
	if (!overlap)
		return EXIT_USAGE;
	wish.overlap = overlap->span;
	answer = rotation_start(&run->rq, &wish, &made);
	if (answer != ROTATED)
		return refused(run, answer, "its secret does not work any more: reset it");
	card = sql_client_card(run->rq.db, .org = run->rq.org, .id = made.id);
	say_rotated(run, &made, card->old_ends_at);
	return EXIT_DONE;
}

enum exit_code
command_client_finish(struct command_run *run)
{
	enum rotated answer;

	if (!command_organization(run))
		return EXIT_REFUSED;
	answer = rotation_finish(&run->rq, run->options.id, (str){ 0 });
	if (answer != ROTATED)
		return refused(run, answer, "no rotation of this key is running");
	if (!run->options.json)
		say("Finished. The old secret is refused from now on.\n");
	return EXIT_DONE;
}

enum exit_code
command_client_cancel(struct command_run *run)
{
	enum rotated answer;

	if (!command_organization(run))
		return EXIT_REFUSED;
	answer = rotation_cancel(&run->rq, run->options.id, (str){ 0 });
	if (answer != ROTATED)
		return refused(run, answer, "no rotation of this key is running");
	if (!run->options.json)
		say("Cancelled. The new secret is refused from now on; the old one works on.\n");
	return EXIT_DONE;
}
