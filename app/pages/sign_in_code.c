/* sign_in_code.c - the second half of signing in: a code of the second factor, or a recovery code.
 *
 *      GET  /sign-in/code    the form, for who has given the right password
 *      POST /sign-in/code    a session, or the form again
 */
#include "core/audit.h"
#include "core/factor.h"
#include "core/refusal.h"
#include "core/throttle.h"
#include "pages/pages.h"
#include "site/factor.h"
#include "site/half.h"
#include "site/route.h"
#include "site/session.h"

SHAPE(
    sign_in_code_view, part(code, input), text(refused), flag(throttled), text(next), int(minutes));
PAGE(sign_in_code, "Sign in", .menu = MENU_NONE);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("code"),
	    .label = STR_INIT("Code"),
	    .required = STR_INIT("Type the code."),
	    .max = 100,
	    .secret = true },
};

static str
next_of(const struct request *rq, str next)
{
	return route_is_page(rq->desk->routes, rq->desk->routes_n, next) ? next : S("/");
}

static struct reply
form(struct request *rq, int status, struct sign_in_code_view *view)
{
	view->minutes = HALF_MINUTES;
	return show(rq, status, &sign_in_code_page, view);
}

/* It took too long, was tried too often, or was never begun here. */
static struct reply
over(struct request *rq, str next)
{
	struct reply reply = see_other(rq, "/sign-in?did=code-over&next=%.*s", STR(next));

	half_forget(rq, &reply);
	reply.undo = true;
	return reply;
}

struct reply
sign_in_code(struct request *rq)
{
	struct sign_in_code_view view = { .next = next_of(rq, query_text(rq, S("next"))) };
	struct half half;

	if (rq->actor)
		return see_other(rq, "%.*s", STR(view.next));
	return half_find(rq, &half) ? form(rq, 200, &view) : over(rq, view.next);
}

static struct reply
let_in(struct request *rq, const struct half *half, str next)
{
	struct audit_who who = {
		.org = half->who.org, .person = half->who.person, .name = half->who.name
	};
	struct reply reply;

	throttle_clear_code(rq, half->who.name, device_get(rq));
	audit_by(rq, &who, &(struct audit_act){ S("sign-in"), (str){ 0 }, S("{\"factor\":true}") });
	reply = session_whole(rq, &half->who, next);
	device_set(rq, &reply, half->who.name, true);
	half_forget(rq, &reply);
	return reply;
}

static struct reply
refuse(struct request *rq, const struct half *half, struct sign_in_code_view *view, const char *why)
{
	refusal_note(rq, &(struct audit_who){ .person = half->who.person, .name = half->who.name },
	    str_of(why));
	return form(rq, 422, view);
}

/* The half session is taken before the code is looked at: whoever ends the person's sessions has it first, or waits. */
struct reply
sign_in_code_save(struct request *rq)
{
	struct sign_in_code_view view = { 0 };
	bool filled = form_read(rq, sign_in_code_view, rules, &view);
	str code = view.code.value;
	enum factor_proof proof;
	struct half half;

	view.next = next_of(rq, form_field(rq, S("next")));
	view.code.value = (str){ 0 };
	if (!half_find(rq, &half))
		return over(rq, view.next);
	if (!filled)
		return form(rq, 422, &view);
	if (rq->before.too_often) {
		view.throttled = true;
		view.refused = S("Too many attempts. Wait ten minutes, then try again.");
		return refuse(rq, &half, &view, "too often");
	}
	if ((!half.who.user && !half.is_operator) || !half_hold(rq, &half))
		return over(rq, view.next);
	proof = factor_prove(rq, half.who.person, code);
	switch (proof) {
	case FACTOR_RECOVERY:
		factor_note_recovery(rq, &half.who);
		break;
	case FACTOR_CODE:
		break;
	case FACTOR_REFUSED:
	case FACTOR_SPENT:
		view.refused = factor_refused(rq, &half.who, proof);
		return refuse(rq, &half, &view, "wrong code");
	}
	if (!half_end(rq, &half))
		return over(rq, view.next);
	return let_in(rq, &half, view.next);
}
