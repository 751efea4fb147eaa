/* factor_codes.c - new recovery codes, in place of all one has.
 *
 *      GET  /profile/factor/codes    the form: password and code
 *      POST /profile/factor/codes    do it
 */
#include "core/client.h"
#include "core/factor.h"
#include "pages/pages.h"
#include "site/factor.h"

const struct page factor_codes_page = { .name = STR_INIT("factor_codes"),
	.title = STR_INIT("New recovery codes"),
	.view = &factor_form_shape,
	.menu = MENU_PROFILE };

struct reply
factor_codes(struct request *rq)
{
	return factor_ask(rq, &factor_codes_page);
}

/* The same form, sent twice: its codes were in the reply that nobody saw. */
static struct reply
before(struct request *rq)
{
	struct reply reply = see_other(rq, "/profile/factor?did=codes-before");

	reply.undo = true;
	return reply;
}

struct reply
factor_codes_save(struct request *rq)
{
	str once = form_field(rq, S("once"));
	struct factor_codes codes;
	struct reply reply;

	if (!rq->unproven && once_claimed(rq, once))
		return before(rq);
	if (!factor_asked(rq, &factor_codes_page, &reply))
		return reply;
	return factor_codes_anew(rq, once, &codes) ? factor_reveal(rq, &codes) : before(rq);
}
