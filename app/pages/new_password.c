/* new_password.c - a new password, by a one-time link.
 *
 *      GET  /reset/:token   the form; uses nothing up
 *      POST /reset/:token   this is the password now, and all sessions have ended
 */
#include "core/reset.h"
#include "core/throttle.h"
#include "pages/pages.h"
#include "site/password.h"
#include "site/session.h"
#include "sql.h"

SHAPE(new_password_view, text(token), text(person_email), part(until, moment),
    part(password, input), int(min));
PAGE(new_password, "New password", .menu = MENU_NONE);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("password"),
	    .label = STR_INIT("New password"),
	    .required = STR_INIT("Give a password."),
	    .max = 1000,
	    .secret = true },
};

/* The same for a link that never was, was used or replaced, and has ended. */
static struct reply
gone(struct request *rq)
{
	struct message_view view = { .status = 404,
		.heading = S("This link does not work"),
		.sentence = S("It was used or replaced by a newer one, is over an hour old, the "
			      "password was changed since, or the address is mistyped."),
		.who = S("If you still need a new password, ask for another link from the page to "
			 "sign in.") };
	struct reply reply = show(rq, 404, &message_page, &view);

	reply.undo = true;
	return reply;
}

/* What every answer shows; false when the link is not good. */
static bool
begin(struct request *rq, struct new_password_view *view, str *name)
{
	const struct reset_open_row *open = reset_open(rq, rq->token);

	if (!open)
		return false;
	*name = open->name;
	*view = (struct new_password_view){ .token = rq->token,
		.person_email = open->email,
		.until = moment_of(rq, open->expires_at),
		.min = PASSWORD_MIN_CHARS };
	return true;
}

struct reply
new_password(struct request *rq)
{
	struct new_password_view view;
	str name;

	if (!begin(rq, &view, &name))
		return gone(rq);
	return show(rq, 200, &new_password_page, &view);
}

struct reply
new_password_save(struct request *rq)
{
	struct new_password_view view;
	str name, password;
	bool good;

	if (!begin(rq, &view, &name))
		return gone(rq);
	good = form_read(rq, new_password_view, rules, &view);
	password = view.password.value;
	view.password.value = (str){ 0 };
	if (good)
		view.password.error =
		    password_words(password_check(password, view.person_email, name));
	if (!good || view.password.error.n)
		return show(rq, 422, &new_password_page, &view);
	if (!reset_finish(rq, rq->token, password))
		return gone(rq);
	throttle_forget(rq, view.person_email, device_get(rq));
	return see_other(rq, "/sign-in?did=reset");
}
