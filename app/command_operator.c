/* command_operator.c - who runs the installation, at the command line. */
#include "command.h"

#include "core/operator.h"
#include "core/person.h"
#include "http/form.h"
#include "sql.h"

SHAPE(operator_answer, text(email), flag(operator));

static enum exit_code
answer(struct command_run *run, str email, bool operates, const char *words)
{
	struct operator_answer answer = { str_lower(run->arena, email), operates };

	if (run->options.json)
		say_json(run, &operator_answer_shape, &answer);
	else
		say("%.*s %s\n", STR(answer.email), words);
	return EXIT_DONE;
}

/* Who is there by that address, held: of many who make them an operator at once, one does. NULL: nobody. */
static const struct person_by_email_row *
held(struct command_run *run, str email)
{
	str lower = str_lower(run->arena, email);
	const struct person_by_email_row *known = sql_person_by_email(run->rq.db, .email = lower);

	if (!known)
		return NULL;
	person_hold(&run->rq, known->person);
	return sql_person_by_email(run->rq.db, .email = lower);
}

/* Who has no password yet is given one. False, with the reason said, when that cannot be. */
static bool
first_password(struct command_run *run, struct person_wish *wish)
{
	if (!command_text_ok(wish->name, 100)) {
		say_wrong("nobody of this address has a password here: give --name as well");
		return false;
	}
	wish->password = command_password(run, wish->email, wish->name);
	return wish->password.n > 0;
}

enum exit_code
command_operator_add(struct command_run *run)
{
	struct person_wish wish = { .name = str_trim(run->options.name),
		.email = str_trim(run->options.email),
		.is_operator = true };
	const struct person_by_email_row *known;

	if (!is_email(wish.email)) {
		say_wrong("give --email");
		return EXIT_USAGE;
	}
	known = held(run, wish.email);
	if (known && known->is_operator)
		return answer(run, wish.email, true, "is an operator already");
	if (!command_known(run, known))
		return EXIT_REFUSED;
	if (!(known && known->password_hash.n) && !first_password(run, &wish))
		return EXIT_USAGE;
	if (operator_add(&run->rq, &wish))
		return answer(run, wish.email, true,
		    "is an operator, for as long as they are active where they belong");
	return answer(run, wish.email, true, "is an operator, until `keydesk operator end`");
}

enum exit_code
command_operator_end(struct command_run *run)
{
	str email = str_trim(run->options.email);
	const struct person_by_email_row *known;

	if (email.n == 0) {
		say_wrong("give --email; `keydesk operator list` shows them");
		return EXIT_USAGE;
	}
	known = sql_person_by_email(run->rq.db, .email = str_lower(run->arena, email));
	if (!known || !operator_end(&run->rq, known->person)) {
		say_wrong("%.*s is no operator", STR(email));
		return EXIT_REFUSED;
	}
	return answer(run, email, false, "is no operator any more");
}

enum exit_code
command_operator_list(struct command_run *run)
{
	struct operator_list_rows rows = sql_operator_list(run->rq.db);

	for (size_t i = 0; i < rows.n; i++) {
		const struct operator_list_row *row = &rows.at[i];

		if (run->options.json)
			say_json(run, &operator_list_row_shape, row);
		else if (row->until.n)
			say("%.*s  %.*s  while they are active in %.*s\n", STR(row->email),
			    STR(row->name), STR(row->until));
		else
			say("%.*s  %.*s  until it is ended%s\n", STR(row->email), STR(row->name),
			    row->gone ? "; they have left each organization" : "");
	}
	return EXIT_DONE;
}
