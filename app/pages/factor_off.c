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

const struct page factor_off_page = { .name = STR_INIT("factor_off"),
	.title = STR_INIT("Turn the second factor off"),
	.view = &factor_form_shape,
	.menu = MENU_PROFILE };

struct reply
factor_off(struct request *rq)
{
	return factor_ask(rq, &factor_off_page);
}

struct reply
factor_off_save(struct request *rq)
{
	const struct actor *me = rq->actor;
	struct reply reply;
	int64_t ended;

	if (!factor_asked(rq, &factor_off_page, &reply))
		return reply;
	ended = factor_end(rq, me->person, me->session);
	audit(rq, S("person.factor-off"), (str){ 0 },
	    fmt(rq->arena, "{\"sessions\":%" PRId64 "}", ended));
	notice_mail(rq, NOTICE_FACTOR_OFF, me->email);
	return see_other(rq, "/profile/factor?did=factor-off");
}
