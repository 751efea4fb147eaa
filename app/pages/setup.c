/* setup.c - the first set-up, by a one-time link.
 *
 *      GET  /setup/:token   the form; uses nothing up
 *      POST /setup/:token   the operator, the first organization and its admin; signed in
 */
#include "pages/pages.h"
#include "site/password.h"
#include "site/session.h"

SHAPE(setup_view, text(token), part(until, moment), part(organization, input), part(name, input),
    part(email, input), part(password, input), int(min));
PAGE(setup, "Set up Keydesk", .menu = MENU_NONE);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("organization"),
	    .label = STR_INIT("Organization"),
	    .required = STR_INIT("Give the organization's name."),
	    .max = 100 },
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Your name"),
	    .required = STR_INIT("Give your name."),
	    .max = 100 },
	{ .name = STR_INIT("email"),
	    .label = STR_INIT("Your e-mail address"),
	    .required = STR_INIT("Give your e-mail address."),
	    .max = 254,
	    .check = is_email,
	    .refused = STR_INIT("This is not an e-mail address.") },
	{ .name = STR_INIT("password"),
	    .label = STR_INIT("Password"),
	    .required = STR_INIT("Give a password."),
	    .max = 1000,
	    .secret = true },
};

static struct reply
used_up(struct request *rq)
{
	struct message_view view = { .status = 404,
		.heading = S("This link does not work any more"),
		.sentence =
		    S("Keydesk has been set up already, a newer link was made since, or this one "
		      "is over 7 days old."),
		.who = S(
		    "While nothing is set up yet, whoever runs this Keydesk prints a new link with "
		    "keydesk init, or by make run.") };
	struct reply reply = show(rq, 404, &message_page, &view);

	reply.undo = true;
	return reply;
}

/* What every answer shows; false when the link is not good. */
static bool
begin(struct request *rq, struct setup_view *view)
{
	int64_t until = setup_open(rq, rq->token);

	view->token = rq->token;
	view->until = moment_of(rq, until);
	view->min = PASSWORD_MIN_CHARS;
	return until != 0;
}

struct reply
setup(struct request *rq)
{
	struct setup_view view = { 0 };

	if (!begin(rq, &view))
		return used_up(rq);
	return show(rq, 200, &setup_page, &view);
}

struct reply
setup_save(struct request *rq)
{
	struct setup_view view = { 0 };
	bool open = begin(rq, &view), good = form_read(rq, setup_view, rules, &view);
	struct setup_wish wish = { .token = rq->token,
		.organization = view.organization.value,
		.person = { .name = view.name.value,
		    .email = view.email.value,
		    .password = view.password.value,
		    .role = ROLE_ADMIN,
		    .is_operator = true } };
	struct proven who;

	if (!open)
		return used_up(rq);
	if (!view.password.error.n && wish.person.password.n)
		view.password.error = password_words(
		    password_check(wish.person.password, wish.person.email, wish.person.name));
	view.password.value = (str){ 0 };
	if (!good || view.password.error.n)
		return show(rq, 422, &setup_page, &view);
	if (!setup_finish(rq, &wish, &who))
		return used_up(rq);
	return session_start(rq, &who, S("/"));
}
