/* factor_codes.c - new recovery codes, in place of all one has.
 *
 *      GET  /profile/factor/codes    the form: password and code
 *      POST /profile/factor/codes    do it
 */
#include "core/actor.h"
#include "core/factor.h"
#include "pages/pages.h"
#include "site/factor.h"

SHAPE(factor_codes_view, part(code, input), text(proof_error));
PAGE(factor_codes, "New recovery codes", .menu = MENU_PROFILE);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("code"),
	    .label = STR_INIT("Code"),
	    .required = STR_INIT("Type a code."),
	    .max = 100,
	    .secret = true },
};

static struct reply
form(struct request *rq, int status, struct factor_codes_view *view)
{
	view->proof_error = rq->before.proof_error;
	return show(rq, status, &factor_codes_page, view);
}

struct reply
factor_codes(struct request *rq)
{
	struct factor_codes_view view = { 0 };

	return factor_on(rq, rq->actor->person) ? form(rq, 200, &view)
	                                        : see_other(rq, "/profile/factor");
}

struct reply
factor_codes_save(struct request *rq)
{
	struct factor_codes codes;
	struct factor_codes_view view = { 0 };
	bool filled = form_read(rq, factor_codes_view, rules, &view);
	str code = view.code.value;
	view.code.value = (str){ 0 };
	if (!filled)
		return form(rq, 422, &view);
	if (!factor_on(rq, rq->actor->person))
		return see_other(rq, "/profile/factor");
	if (!factor_given(rq, code, &view.code.error))
		return form(rq, 422, &view);
	return factor_codes_anew(rq, &codes) ? factor_reveal(rq, &codes)
	                                     : see_other(rq, "/profile/factor");
}
