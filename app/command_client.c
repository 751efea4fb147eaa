/* command_client.c - account API keys at the command line. */
#include "command.h"

#include "core/client.h"
#include "core/policy.h"
#include "sql.h"

#include <inttypes.h>

SHAPE(client_answer, text(id), text(client_id), text(client_secret));

static bool
environment_good(const struct command_run *run)
{
	if (str_eq(run->options.environment, S("production")) ||
	    str_eq(run->options.environment, S("integration")))
		return true;
	say_wrong("--environment is production or integration");
	return false;
}

static void
say_made(struct command_run *run, const struct client_made *made)
{
	struct client_answer answer = { made->id, made->client_id, made->secret };

	if (run->options.json)
		say_json(run, &client_answer_shape, &answer);
	else
		say("id            %.*s\nclient_id     %.*s\nclient_secret %.*s\n"
		    "This is the only time the secret is shown.\n",
		    STR(made->id), STR(made->client_id), STR(made->secret));
}

enum exit_code
command_client_create(struct command_run *run)
{
	struct client_wish wish = { .environment = run->options.environment,
		.name = str_trim(run->options.name),
		.description = str_trim(run->options.description) };
	struct client_made made;

	if (!environment_good(run))
		return EXIT_USAGE;
	if (!command_text_ok(wish.name, 100) ||
	    (wish.description.n && !command_text_ok(wish.description, 500))) {
		say_wrong("give --name, at most 100 characters; --description has at most 500");
		return EXIT_USAGE;
	}
	if (!command_organization(run))
		return EXIT_REFUSED;
	if (client_create(&run->rq, &wish, &made) != MADE_NEW) {
		say_wrong("the limit is %" PRId64
			  " account keys in %.*s, and all are in use: delete one",
		    policy_of(&run->rq).account_keys, STR(wish.environment));
		return EXIT_REFUSED;
	}
	say_made(run, &made);
	return EXIT_DONE;
}

enum exit_code
command_client_list(struct command_run *run)
{
	struct client_list_rows rows;

	if (!environment_good(run))
		return EXIT_USAGE;
	if (!command_organization(run))
		return EXIT_REFUSED;
	rows = sql_client_list(run->rq.db, .org = run->rq.org,
	    .environment = run->options.environment, .kind = S("account"));
	for (size_t i = 0; i < rows.n; i++) {
		if (run->options.json)
			say_json(run, &client_list_row_shape, &rows.at[i]);
		else
			say("%.*s  %.*s  %-12.*s  %.*s\n", STR(rows.at[i].id),
			    STR(rows.at[i].client_id), STR(rows.at[i].status),
			    STR(rows.at[i].name));
	}
	return EXIT_DONE;
}

enum exit_code
command_client_reset(struct command_run *run)
{
	struct client_made made;

	if (!command_organization(run))
		return EXIT_REFUSED;
	if (client_reset(&run->rq, run->options.id, (str){ 0 }, &made) != MADE_NEW) {
		say_wrong("there is no key %.*s in this organization", STR(run->options.id));
		return EXIT_REFUSED;
	}
	say_made(run, &made);
	return EXIT_DONE;
}

enum exit_code
command_client_delete(struct command_run *run)
{
	if (!command_organization(run))
		return EXIT_REFUSED;
	if (!client_delete(&run->rq, run->options.id)) {
		say_wrong("there is no key %.*s in this organization", STR(run->options.id));
		return EXIT_REFUSED;
	}
	if (!run->options.json)
		say("Deleted. The key and all its secrets are refused from now on.\n");
	return EXIT_DONE;
}
