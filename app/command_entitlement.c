/* command_entitlement.c - which organization may use which API: give, withdraw, list. */
#include "command.h"

#include "core/organization.h"
#include "sql.h"

SHAPE(entitled_answer, text(word), text(name), text(level));
SHAPE(entitled_list, list(apis, entitled_answer));

/* The API that stands behind the options; false, with the reason said, when there is none. */
static bool
read_api(struct command_run *run)
{
	if (run->options.question.n == 0) {
		say_wrong("say which API, by its word; `keydesk catalogue export` shows them");
		return false;
	}
	if (!sql_catalogue_api(run->rq.db, .word = run->options.question)) {
		say_wrong("there is no API %.*s", STR(run->options.question));
		return false;
	}
	return true;
}

enum exit_code
command_entitlement_give(struct command_run *run)
{
	if (!command_organization(run) || !read_api(run))
		return EXIT_REFUSED;
	if (!organization_entitle(&run->rq, run->rq.org, run->options.question))
		say("It may use %.*s already.\n", STR(run->options.question));
	return EXIT_DONE;
}

enum exit_code
command_entitlement_withdraw(struct command_run *run)
{
	if (!command_organization(run) || !read_api(run))
		return EXIT_REFUSED;
	if (!organization_withdraw(&run->rq, run->rq.org, run->options.question))
		say("It may not use %.*s as it is.\n", STR(run->options.question));
	return EXIT_DONE;
}

enum exit_code
command_entitlement_list(struct command_run *run)
{
	struct entitled_apis_rows rows;
	struct entitled_answer *at;
	struct entitled_list list;

	if (!command_organization(run))
		return EXIT_REFUSED;
	rows = sql_entitled_apis(run->rq.db, .org = run->rq.org);
	at = NEW(run->arena, struct entitled_answer, rows.n);
	for (size_t i = 0; i < rows.n; i++)
		at[i] =
		    (struct entitled_answer){ rows.at[i].word, rows.at[i].name, rows.at[i].level };
	list = (struct entitled_list){ { at, rows.n } };
	if (run->options.json) {
		say_json(run, &entitled_list_shape, &list);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < rows.n; i++)
		say("%-20.*s  %-12.*s  %.*s\n", STR(at[i].word), STR(at[i].level), STR(at[i].name));
	return EXIT_DONE;
}
