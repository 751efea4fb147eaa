/* data_key.c - generate the API key of the Data API where none works.
 *
 *      GET  /data-api/key    the form; to the replacement where there is a key
 *      POST /data-api/key    make it and show it once, or the form again
 */
#include "core/data_api.h"
#include "pages/pages.h"
#include "site/key.h"

SHAPE(data_key_view, flag(first), text(where), text(once));
PAGE(data_key, "Generate an API key", .menu = MENU_DATA_API);

static struct reply
form(struct request *rq, int status, const struct client_wish *sent)
{
	struct data_key_view view = { .once = sent->once.n ? sent->once : once_number(rq),
		.where = sent->environment.n ? sent->environment : rq->environment,
		.first = !sql_data_client(rq->db, .org = rq->org, .environment = rq->environment) };

	return show(rq, status, &data_key_page, &view);
}

struct reply
data_key(struct request *rq)
{
	const struct data_client_row *client =
	    sql_data_client(rq->db, .org = rq->org, .environment = rq->environment);

	if (client && client->current)
		return see_other(rq, "/data-api/rotate");
	if (!data_entitled(rq))
		return see_other(rq, "/data-api");
	return form(rq, 200, &(struct client_wish){ 0 });
}

static struct reply
another_environment(struct request *rq)
{
	key_card(rq); /* whose page the conflict leads back to */
	return key_conflict(rq,
	    S("Your session shows another environment than when you opened the form. Look which "
	      "one it is, and decide again."));
}

struct reply
data_key_save(struct request *rq)
{
	struct client_wish sent = { .environment = form_field(rq, S("environment")),
		.once = form_field(rq, S("once")) };
	struct client_wish wish = { .environment = rq->environment, .once = sent.once };
	struct client_made made;

	/* Without its number a form could generate twice, without its environment in another one than it showed. */
	if (rq->unproven || sent.once.n == 0 || sent.environment.n == 0)
		return form(rq, 422, &sent);
	switch (data_generate(rq, &wish, &made)) {
	case DATA_GENERATED:
		if (!str_eq(sent.environment, rq->environment))
			return another_environment(rq);
		return key_reveal(rq, &made, KEY_MADE);
	case DATA_BEFORE:
		return key_made_before(rq, &made, KEY_MADE);
	case DATA_THERE:
		key_card(rq); /* whose page the conflict leads back to */
		return key_conflict(rq,
		    S("There is an API key already: somebody has generated one meanwhile. Whoever "
		      "needs another one replaces it."));
	case DATA_NOT_ENTITLED:
		break;
	}
	return conflict(rq, S("This organization may not use the Data API."));
}
