/* command_decision.c - why a program was refused, at the command line. */
#include "command.h"

#include "core/decision_words.h"
#include "http/json.h"
#include "sql.h"

/* Empty where it is not known, or belongs to nobody. */
SHAPE(decision_said, text(reason), text(means), text(mend), text(at), text(asked), text(method),
    text(path), flag(path_cut), text(environment), text(address), text(permission), text(secret),
    text(client), text(organization));

static struct decision_said
said(struct command_run *run, const struct decision *d)
{
	const struct decision_words *words = decision_words(d->reason);
	const struct decision_whose_row *whose = NULL;
	const struct decision_permission_row *permission = NULL;

	if (d->sid.n || d->id.n)
		whose = sql_decision_whose(run->rq.db, .sid = d->sid, .id = d->id);
	if (d->permission)
		permission = sql_decision_permission(run->rq.db, .permission = d->permission);
	return (struct decision_said){ .reason = words->says,
		.means = words->means,
		.mend = words->mend,
		.at = decision_time_words(run->arena, d),
		.asked = decision_asked_words(d),
		.method = d->method,
		.path = d->path,
		.path_cut = d->cut,
		.environment = d->integration ? S("integration") : S("production"),
		.address = d->address,
		.permission = permission ? permission->word : (str){ 0 },
		.secret = d->sid,
		.client = d->id,
		.organization = whose ? whose->organization : (str){ 0 } };
}

static void
say_line(const char *what, str value)
{
	if (value.n)
		say("%-14s %.*s\n", what, STR(value));
}

static void
say_said(struct command_run *run, const struct decision *d, const struct decision_said *s)
{
	say("%.*s\n%.*s\n%.*s\n\n", STR(s->reason), STR(s->means), STR(s->mend));
	say_line("at", s->at);
	say_line("asked", s->asked);
	say_line("call", decision_call_words(run->arena, d));
	say_line("needs", s->permission);
	say_line("environment", s->environment);
	say_line("from", s->address);
	say_line("secret", s->secret);
	say_line("client", s->client);
	say_line("organization", s->organization.n ? s->organization : S("none"));
}

enum exit_code
command_decision(struct command_run *run)
{
	str id = str_trim(run->options.question);
	struct decision_said answer;
	struct decision d;

	if (!id.n) {
		say_wrong("give the decision id: it begins with kdd_");
		return EXIT_USAGE;
	}
	if (!decision_open(&run->rq, id, &d)) {
		say_wrong("there is no decision with this id");
		return EXIT_REFUSED;
	}
	answer = said(run, &d);
	if (run->options.json)
		say_json(run, &decision_said_shape, &answer);
	else
		say_said(run, &d, &answer);
	return EXIT_DONE;
}
