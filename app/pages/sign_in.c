/* sign_in.c - prove who you are.
 *
 *      GET  /sign-in        the form
 *      POST /sign-in        a session, or the form again
 *      POST /sign-out       the session ends
 *      POST /environment    which environment the pages show
 */
#include "core/audit.h"
#include "core/factor.h"
#include "core/refusal.h"
#include "core/throttle.h"
#include "pages/pages.h"
#include "site/route.h"
#include "site/session.h"

SHAPE(sign_in_view, part(email, input), part(password, input), text(refused), flag(throttled),
    text(next));
PAGE(sign_in, "Sign in", .menu = MENU_NONE);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("email"),
	    .label = STR_INIT("E-mail address"),
	    .required = STR_INIT("Give your e-mail address."),
	    .max = 254 },
	{ .name = STR_INIT("password"),
	    .label = STR_INIT("Password"),
	    .required = STR_INIT("Give your password."),
	    .max = 1000,
	    .secret = true },
};

/* A path of ours, or the overview. */
static str
next_of(const struct request *rq, str next)
{
	return route_is_page(rq->desk->routes, rq->desk->routes_n, next) ? next : S("/");
}

struct reply
sign_in(struct request *rq)
{
	struct sign_in_view view = { .next = next_of(rq, query_text(rq, S("next"))) };

	if (rq->actor)
		return see_other(rq, "%.*s", STR(view.next));
	return show(rq, 200, &sign_in_page, &view);
}

void
sign_in_count(struct request *rq)
{
	str email = str_trim(form_field(rq, S("email")));

	rq->before.too_often = !throttle_count(rq, email, device_get(rq));
}

static struct reply
let_in(struct request *rq, const struct sign_in_view *view, const struct proven *who)
{
	struct audit_who person = { .org = who->org, .person = who->person, .name = who->name };
	struct reply reply;

	throttle_clear(rq, view->email.value, device_get(rq));
	/* First: it holds the person, so that it is as we find it here. */
	reply = session_start(rq, who, view->next);
	if (factor_on(rq, who->person)) /* the code is the sign-in */
		return reply;
	audit_by(rq, &person, &(struct audit_act){ S("sign-in"), (str){ 0 }, (str){ 0 } });
	device_set(rq, &reply, view->email.value, false);
	return reply;
}

struct reply
sign_in_save(struct request *rq)
{
	struct sign_in_view view = { 0 };
	struct proven who = { 0 };
	const struct audit_who nobody = { 0 };
	bool filled = form_read(rq, sign_in_view, rules, &view);
	str password = view.password.value;

	view.next = next_of(rq, form_field(rq, S("next")));
	view.password.value = (str){ 0 };
	if (!filled)
		return show(rq, 422, &sign_in_page, &view);
	if (rq->before.too_often) {
		refusal_note(rq, &nobody, S("too often"));
		view.throttled = true;
		view.refused = S("Too many attempts from here. Wait ten minutes, then try again.");
		return show(rq, 422, &sign_in_page, &view);
	}
	switch (person_prove(rq, view.email.value, password, &who)) {
	case PROOF_GOOD:
		return let_in(rq, &view, &who);
	case PROOF_WRONG:
		view.refused = S("The e-mail address or the password is wrong.");
		refusal_note(rq, &nobody, S("wrong"));
		break;
	case PROOF_NOWHERE:
		view.refused = S("The e-mail address or the password is wrong.");
		refusal_note(rq, &(struct audit_who){ .person = who.person, .name = who.name },
		    S("not active"));
		break;
	}
	return show(rq, 422, &sign_in_page, &view);
}

struct reply
sign_out(struct request *rq)
{
	audit(rq, S("sign-out"), (str){ 0 }, (str){ 0 });
	return session_stop(rq, "signed-out");
}

struct reply
environment_save(struct request *rq)
{
	str environment = form_field(rq, S("environment"));

	if (str_eq(environment, S("production")) || str_eq(environment, S("integration")))
		session_show(rq, environment);
	return see_other(rq, "%.*s", STR(next_of(rq, form_field(rq, S("next")))));
}
