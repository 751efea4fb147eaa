/* forgot.c - a forgotten password.
 *
 *      GET  /forgot    the form; without a mail server, who can help
 *      POST /forgot    the same answer, and the same statements, whether or not the address is known
 */
#include "core/mail.h"
#include "core/reset.h"
#include "core/throttle.h"
#include "pages/pages.h"

SHAPE(forgot_view, part(email, input), text(refused), flag(mailed), int(minutes));
PAGE(forgot, "Forgotten password", .menu = MENU_NONE);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("email"),
	    .label = STR_INIT("E-mail address"),
	    .required = STR_INIT("Give your e-mail address."),
	    .max = 254,
	    .check = is_email,
	    .refused = STR_INIT("This is not an e-mail address.") },
};

static struct reply
form(struct request *rq, int status, struct forgot_view *view)
{
	view->mailed = mail_possible(rq->desk->settings);
	view->minutes = RESET_MINUTES;
	return show(rq, status, &forgot_page, view);
}

struct reply
forgot(struct request *rq)
{
	struct forgot_view view = { 0 };

	return form(rq, 200, &view);
}

void
forgot_count(struct request *rq)
{
	rq->before.too_often = !throttle_forgotten(rq);
}

struct reply
forgot_save(struct request *rq)
{
	struct forgot_view view = { 0 };

	if (!mail_possible(rq->desk->settings))
		return see_other(rq, "/forgot");
	if (!form_read(rq, forgot_view, rules, &view))
		return form(rq, 422, &view);
	if (rq->before.too_often) {
		view.refused = S("Too many requests from here. Wait ten minutes, then try again.");
		return form(rq, 422, &view);
	}
	reset_forgotten(rq, view.email.value);
	return see_other(rq, "/sign-in?did=forgotten");
}
