/* factor_off.c - turn one's own second factor off.
 *
 *      GET  /profile/factor/off    the form: password and code
 *      POST /profile/factor/off    do it
 */
#include "core/actor.h"
#include "core/audit.h"
#include "core/factor.h"
#include "core/notice.h"
#include "pages/pages.h"
#include "site/factor.h"

#include <inttypes.h>

SHAPE(factor_off_view, part(code, input), text(proof_error));
PAGE(factor_off, "Turn the second factor off", .menu = MENU_PROFILE);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("code"),
	    .label = STR_INIT("Code"),
	    .required = STR_INIT("Type a code."),
	    .max = 100,
	    .secret = true },
};

static struct reply
form(struct request *rq, int status, struct factor_off_view *view)
{
	view->proof_error = rq->before.proof_error;
	return show(rq, status, &factor_off_page, view);
}

struct reply
factor_off(struct request *rq)
{
	struct factor_off_view view = { 0 };

	return factor_on(rq, rq->actor->person) ? form(rq, 200, &view)
	                                        : see_other(rq, "/profile/factor");
}

struct reply
factor_off_save(struct request *rq)
{
	const struct actor *me = rq->actor;
	int64_t ended;
	struct factor_off_view view = { 0 };
	bool filled = form_read(rq, factor_off_view, rules, &view);
	str code = view.code.value;
	view.code.value = (str){ 0 };
	if (!filled)
		return form(rq, 422, &view);
	if (!factor_on(rq, rq->actor->person))
		return see_other(rq, "/profile/factor");
	if (!factor_given(rq, code, &view.code.error))
		return form(rq, 422, &view);
	ended = factor_end(rq, me->person, me->session);
	audit(rq, S("person.factor-off"), (str){ 0 },
	    fmt(rq->arena, "{\"sessions\":%" PRId64 "}", ended));
	notice_mail(rq, NOTICE_FACTOR_OFF, me->email);
	return see_other(rq, "/profile/factor?did=factor-off");
}
