/* factor.c - one's own second factor: whether it is on, and how many recovery codes are left.
 *
 *      GET  /profile/factor           that, and the form to turn it on
 *      POST /profile/factor/stored    the recovery codes are stored
 */
#include "core/factor.h"
#include "core/actor.h"
#include "core/audit.h"
#include "pages/pages.h"

enum { FEW_CODES = 3 };

SHAPE(factor_view, part(since, moment), flag(on), int(left), flag(few), flag(missing));
PAGE(factor, "Second factor", .menu = MENU_PROFILE);

static const str not_these = STR_INIT(
    "The recovery codes of that page are worth nothing any more: newer ones were made since, or "
    "your second factor was turned off. Your profile says how it stands.");

struct reply
factor(struct request *rq)
{
	struct factor_state state = factor_state(rq, rq->actor->person);
	struct factor_view view = { .since = moment_of(rq, state.since),
		.on = state.since != 0,
		.left = state.left,
		.few = state.left <= FEW_CODES,
		.missing = rq->actor->factor_missing };

	return show(rq, rq->unproven ? 422 : 200, &factor_page, &view);
}

struct reply
factor_stored(struct request *rq)
{
	int64_t seen = 0;

	if (!str_eq(form_field(rq, S("stored")), S("1")))
		return see_other(rq, "/profile/factor");
	/* Others than this form was about are confirmed by nobody. */
	if (!str_int(form_field(rq, S("seen")), &seen) || seen == 0 ||
	    seen != factor_state(rq, rq->actor->person).made)
		return conflict(rq, not_these);
	audit(rq, S("person.recovery-codes-stored"), (str){ 0 }, (str){ 0 });
	return see_other(rq, "/profile/factor?did=factor-on");
}
