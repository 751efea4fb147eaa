/* factor_codes.c - new recovery codes, in place of all one has.
 *
 *      GET  /profile/factor/codes    the form: password and code
 *      POST /profile/factor/codes    do it
 */
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

struct reply
factor_codes_save(struct request *rq)
{
	struct factor_codes codes;
	struct reply reply;

	if (!factor_asked(rq, &factor_codes_page, &reply))
		return reply;
	return factor_codes_anew(rq, &codes) ? factor_reveal(rq, &codes)
	                                     : see_other(rq, "/profile/factor");
}
