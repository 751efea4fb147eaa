/* command_people.c - organizations and users at the command line. */
#include "command.h"

#include "core/actor.h"
#include "core/audit.h"
#include "core/factor.h"
#include "core/leaving.h"
#include "core/person.h"
#include "core/reset.h"
#include "http/form.h"
#include "sql.h"

#include <inttypes.h>

SHAPE(organization_answer, text(id), text(name));
SHAPE(user_answer, text(email), text(role), text(organization));
SHAPE(back_answer, text(id), text(email), text(status));
SHAPE(reset_link_answer, text(email), text(link), time(until), flag(factor));

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

/* Where somebody belongs: "Acme, Globex". */
static str
belongs_to(struct command_run *run, int64_t person)
{
	struct person_belongs_rows rows = sql_person_belongs(run->rq.db, .person = person);
	str names = S("no organization");

	for (size_t i = 0; i < rows.n; i++)
		names = i == 0 ? rows.at[i].name
		               : fmt(run->arena, "%.*s, %.*s", STR(names), STR(rows.at[i].name));
	return names;
}

bool
command_known(struct command_run *run, const struct person_by_email_row *known)
{
	if (!known || !known->password_hash.n || run->options.yes)
		return true;
	say_wrong("%.*s is here already (%.*s; belongs to %.*s), and signs in with a password that "
		  "you have not chosen. Make sure that this is who you mean, and give --yes",
	    STR(known->email), STR(known->name), STR(belongs_to(run, known->person)));
	return false;
}

enum exit_code
command_user_add(struct command_run *run)
{
	const struct person_by_email_row *known;
	struct person_wish wish;
	struct user_answer answer;
	const char *kept;

	if (!command_organization(run))
		return EXIT_REFUSED;
	if (!wish_good(run, &wish))
		return EXIT_USAGE;
	known = sql_person_by_email(run->rq.db, .email = str_lower(run->arena, wish.email));
	if (!command_known(run, known))
		return EXIT_REFUSED;
	if (!person_join(&run->rq, run->rq.org, &wish)) {
		say_wrong("%.*s is a user of this organization already", STR(wish.email));
		return EXIT_REFUSED;
	}
	answer = (struct user_answer){ wish.email, run->options.role, run->options.organization };
	kept = known && known->password_hash.n
	           ? "; they were known before: their name and password stay as they were"
	           : "";
	if (run->options.json)
		say_json(run, &user_answer_shape, &answer);
	else
		say("%.*s is %.*s%s\n", STR(answer.email), STR(role_words(wish.role)), kept);
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

/* The public id of the user whom --email or --id names, put into rq.id; false, with the reason said. */
static bool
which_user(struct command_run *run)
{
	str email = str_lower(run->arena, str_trim(run->options.email)), id = run->options.id;
	const struct leaving_by_email_row *user;

	if (!command_organization(run))
		return false;
	if (id.n == 0 && email.n == 0) {
		say_wrong("give --email, or --id; `keydesk user list` shows them");
		return false;
	}
	user = id.n ? NULL : sql_leaving_by_email(run->rq.db, .org = run->rq.org, .email = email);
	run->rq.id = user ? user->id : id;
	if (!sql_leaving_receipt(run->rq.db, .org = run->rq.org, .id = run->rq.id)) {
		say_wrong("there is no user %.*s in this organization", STR(id.n ? id : email));
		return false;
	}
	return true;
}

/* Once nothing of theirs is accepted any more: the rest, and what it came to. */
static enum exit_code
end_the_rest(struct command_run *run)
{
	const struct leaving_receipt_row *ended;

	user_sweep(&run->rq);
	ended = sql_leaving_receipt(run->rq.db, .org = run->rq.org, .id = run->rq.id);
	if (run->options.json)
		say_json(run, &leaving_receipt_row_shape, ended);
	else
		say("%.*s is deactivated. Ended: sessions %" PRId64 ", additional secrets %" PRId64
		    ", Data API access %" PRId64 "%s. Secrets of others that they know: %" PRId64
		    "\n",
		    STR(ended->email), ended->sessions, ended->secrets, ended->data_access,
		    ended->operator? ", their right as an operator" : "", ended->known);
	if (ended->operates && !run->options.json)
		say("They are an operator all the same: keydesk operator end --email %.*s\n",
		    STR(ended->email));
	return EXIT_DONE;
}

/* One who is that already is swept all the same: whoever says it may rely on it. */
enum exit_code
command_user_deactivate(struct command_run *run)
{
	if (!which_user(run))
		return EXIT_REFUSED;
	if (user_deactivate(&run->rq, run->rq.id) == LEAVING_LAST_ADMIN) {
		say_wrong("this is the last admin: make somebody else an admin first");
		return EXIT_REFUSED;
	}
	run->then = end_the_rest;
	return EXIT_DONE;
}

enum exit_code
command_user_reactivate(struct command_run *run)
{
	const struct leaving_receipt_row *user;
	struct back_answer answer;
	enum leaving done;
	const char *words;

	if (!which_user(run))
		return EXIT_REFUSED;
	/* What has ended is swept before they are back: the sweep has transactions of its own. */
	db_rollback(run->rq.db);
	user_sweep(&run->rq);
	db_begin(run->rq.db, DB_WRITE);
	done = user_reactivate(&run->rq, run->rq.id);
	user = sql_leaving_receipt(run->rq.db, .org = run->rq.org, .id = run->rq.id);
	answer = (struct back_answer){ run->rq.id, user->email, user->status };
	words = done == LEAVING_DONE ? "nothing of before works again" : "nothing was changed";
	if (run->options.json)
		say_json(run, &back_answer_shape, &answer);
	else
		say("%.*s is %.*s; %s\n", STR(answer.email), STR(answer.status), words);
	return EXIT_DONE;
}

enum exit_code
command_user_list(struct command_run *run)
{
	struct leaving_users_rows users;

	if (!command_organization(run))
		return EXIT_REFUSED;
	users = sql_leaving_users(run->rq.db, .org = run->rq.org);
	for (size_t i = 0; i < users.n; i++) {
		const struct leaving_users_row *user = &users.at[i];

		if (run->options.json)
			say_json(run, &leaving_users_row_shape, user);
		else
			say("%.*s  %-11.*s  %-16.*s  %.*s  %.*s\n", STR(user->id),
			    STR(user->status), STR(user->role), STR(user->email), STR(user->name));
	}
	return EXIT_DONE;
}

enum exit_code
command_user_reset_factor(struct command_run *run)
{
	str email = str_trim(run->options.email);

	if (email.n == 0) {
		say_wrong("give --email");
		return EXIT_USAGE;
	}
	if (!factor_reset_by_email(&run->rq, email)) {
		say_wrong("there is no user %.*s with a second factor", STR(email));
		return EXIT_REFUSED;
	}
	if (!run->options.json)
		say("The second factor is off; all sessions of %.*s have ended.\n", STR(email));
	return EXIT_DONE;
}

enum exit_code
command_user_reset_link(struct command_run *run)
{
	str email = str_trim(run->options.email);
	struct reset_link made;
	struct reset_link_answer answer;

	if (email.n == 0) {
		say_wrong("give --email");
		return EXIT_USAGE;
	}
	if (!reset_command(&run->rq, email, &made)) {
		say_wrong("%.*s is active in no organization, and no operator", STR(email));
		return EXIT_REFUSED;
	}
	answer = (struct reset_link_answer){ made.email,
		fmt(run->arena, "%.*s/reset/%.*s", STR(run->settings->url), STR(made.token)),
		made.until, made.factor };
	if (run->options.json)
		say_json(run, &reset_link_answer_shape, &answer);
	else
		say("%.*s\nIt works once, until %.*s. The sessions of %.*s end when it is used.\n",
		    STR(answer.link), STR(clock_for_people(run->arena, made.until)),
		    STR(made.email));
	if (made.factor && !run->options.json)
		say("A second factor is on: with the new password alone they cannot sign in. Who "
		    "has "
		    "lost the app and the recovery codes needs it turned off, once you know that "
		    "it is they who ask: keydesk user reset-factor --email %.*s\n",
		    STR(made.email));
	return EXIT_DONE;
}
