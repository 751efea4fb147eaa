/* profile_password.c - change one's own password.
 *
 *      GET  /profile/password    the form
 *      POST /profile/password    change it; all other sessions end
 */
#include "core/person.h"
#include "pages/pages.h"
#include "site/password.h"

SHAPE(profile_password_view, part(password, input), int(min), text(proof_error));
PAGE(profile_password, "Change your password", .menu = MENU_PROFILE);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("password"),
	    .label = STR_INIT("New password"),
	    .required = STR_INIT("Give a new password."),
	    .max = 1000,
	    .secret = true },
};

/* Reads the form. Afterwards the view holds no password. */
static bool
read_form(struct request *rq, struct profile_password_view *view, str *password)
{
	bool good = form_read(rq, profile_password_view, rules, view);

	*password = view->password.value;
	view->password.value = (str){ 0 };
	if (!good)
		return false;
	if (str_eq(*password, form_field(rq, S("proof"))))
		view->password.error = S("This is the password that you have now.");
	else
		view->password.error =
		    password_words(password_check(*password, rq->actor->email, rq->actor->name));
	return view->password.error.n == 0;
}

static struct reply
form(struct request *rq, int status, struct profile_password_view *view)
{
	view->min = PASSWORD_MIN_CHARS;
	view->proof_error = rq->before.proof_error;
	return show(rq, status, &profile_password_page, view);
}

struct reply
profile_password(struct request *rq)
{
	struct profile_password_view view = { 0 };

	return form(rq, 200, &view);
}

void
profile_password_hash(struct request *rq)
{
	struct profile_password_view view = { 0 };
	str password;

	if (rq->before.proven && read_form(rq, &view, &password))
		rq->before.hash = person_password_hash(rq, password);
}

struct reply
profile_password_save(struct request *rq)
{
	struct profile_password_view view = { 0 };
	str password;

	if (!read_form(rq, &view, &password))
		return form(rq, 422, &view);
	person_change_password(rq, rq->before.hash);
	return see_other(rq, "/profile?did=password");
}
