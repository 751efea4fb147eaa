/* command_people.c - organizations and users at the command line. */
#include "command.h"

#include "core/actor.h"
#include "core/audit.h"
#include "core/person.h"
#include "http/form.h"
#include "sql.h"

SHAPE(organization_answer, text(id), text(name));
SHAPE(user_answer, text(email), text(role), text(organization));

enum exit_code
command_organization_add(struct command_run *run)
{
	struct organization_answer answer = { .name = str_trim(run->options.name) };

	if (!command_text_ok(answer.name, 100)) {
		say_wrong("give --name, at most 100 characters");
		return EXIT_USAGE;
	}
	organization_create(&run->rq, answer.name, &answer.id);
	if (run->options.json)
		say_json(run, &organization_answer_shape, &answer);
	else
		say("%.*s  %.*s\n", STR(answer.id), STR(answer.name));
	return EXIT_DONE;
}

enum exit_code
command_organization_list(struct command_run *run)
{
	struct organization_list_rows rows = sql_organization_list(run->rq.db);

	for (size_t i = 0; i < rows.n; i++) {
		if (run->options.json)
			say_json(run, &organization_list_row_shape, &rows.at[i]);
		else
			say("%.*s  %-10.*s  %.*s\n", STR(rows.at[i].id), STR(rows.at[i].status),
			    STR(rows.at[i].name));
	}
	return EXIT_DONE;
}

static bool
wish_good(struct command_run *run, struct person_wish *wish)
{
	*wish = (struct person_wish){ .name = str_trim(run->options.name),
		.email = str_trim(run->options.email),
		.role = role_of(run->options.role),
		.is_operator = run->options.is_operator };
	if (!command_text_ok(wish->name, 100) || !is_email(wish->email) ||
	    wish->role == ROLE_NONE) {
		say_wrong("give --name, --email and --role (admin, compliance_admin or member)");
		return false;
	}
	wish->password = command_password(run, wish->email, wish->name);
	return wish->password.n > 0;
}

enum exit_code
command_user_add(struct command_run *run)
{
	struct person_wish wish;
	struct user_answer answer;

	if (!command_organization(run))
		return EXIT_REFUSED;
	if (!wish_good(run, &wish))
		return EXIT_USAGE;
	if (!person_join(&run->rq, run->rq.org, &wish)) {
		say_wrong("%.*s is a user of this organization already", STR(wish.email));
		return EXIT_REFUSED;
	}
	answer = (struct user_answer){ wish.email, run->options.role, run->options.organization };
	if (run->options.json)
		say_json(run, &user_answer_shape, &answer);
	else
		say("%.*s is %.*s\n", STR(answer.email), STR(role_words(wish.role)));
	return EXIT_DONE;
}

enum exit_code
command_user_set_password(struct command_run *run)
{
	str email = str_trim(run->options.email), password;

	if (email.n == 0) {
		say_wrong("give --email");
		return EXIT_USAGE;
	}
	password = command_password(run, email, (str){ 0 });
	if (password.n == 0)
		return EXIT_USAGE;
	if (!person_set_password(&run->rq, email, password)) {
		say_wrong("there is no user %.*s", STR(email));
		return EXIT_REFUSED;
	}
	if (!run->options.json)
		say("The password is set; all sessions of %.*s have ended.\n", STR(email));
	return EXIT_DONE;
}
