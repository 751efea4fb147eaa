/* credential_limit.c - how many calls a minute an account API key, a scoped credential, an additional secret or the Data API's client may make.
 *
 *      GET  /credentials/:id/limit, /secrets/:id/limit, /data-api/limit    the form
 *      POST /credentials/:id/limit, /secrets/:id/limit, /data-api/limit    save it
 */
#include "core/audit.h"
#include "core/desk.h"
#include "core/rate.h"
#include "core/shared_rate.h"
#include "pages/pages.h"
#include "site/chart.h"
#include "site/key.h"
#include "site/key_choice.h"
#include "site/route.h"

SHAPE(credential_limit_view, text(id), text(heading), text(name), text(noun),
    part(per_minute, input), int(version), part(opened_in, opened_in), text(otherwise),
    text(largest), flag(meanwhile));
PAGE(credential_limit, "Limit", .menu = MENU_CREDENTIALS,
    .data_title = STR_INIT("Limit the Data API"));

/* What the audit log says of it; 0 is the installation's. */
SHAPE(limit_facts, int(per_minute));

static const struct form_rule rules[] = {
	{ .name = STR_INIT("per_minute"), .label = STR_INIT("Requests a minute"), .max = 20 },
	{ .name = STR_INIT("version") },
};

/* What may be chosen: no more than the installation allows. */
static int64_t
largest(const struct request *rq)
{
	int64_t max = rq->desk->settings->calls_per_minute_max;

	return max ? max : RATE_MOST_MAX;
}

static str
heading_of(const struct request *rq, const struct client_card_row *key)
{
	if (rq->route->object == DATA)
		return S("Limit the Data API");
	return fmt(rq->arena, "Limit the %.*s “%.*s”", STR(key_noun(key->kind)), STR(key->name));
}

static struct reply
form(struct request *rq, int status, const struct client_card_row *key,
    struct credential_limit_view *view)
{
	int64_t otherwise = rate_in_force(rq->desk->settings, 0);

	view->id = key->id;
	view->name = key->name;
	view->noun = key_noun(key->kind);
	view->heading = heading_of(rq, key);
	view->otherwise = otherwise ? chart_number(rq->arena, otherwise) : (str){ 0 };
	view->largest = chart_number(rq->arena, largest(rq));
	return show(rq, status, &credential_limit_page, view);
}

struct reply
credential_limit(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct credential_limit_view view = { 0 };

	if (!key)
		return refusal;
	view.version = key->version;
	view.opened_in.value = rq->environment;
	if (key->per_minute)
		view.per_minute.value = fmt(rq->arena, "%lld", (long long)key->per_minute);
	return form(rq, 200, key, &view);
}

/* The Data API has a client in each environment at one address: a form that was opened in the other one is of this client
 * only once it is sent again. */
static bool
of_this_client(
    struct request *rq, const struct client_card_row *key, struct credential_limit_view *view)
{
	if (key_opened_in(rq, (str){ 0 }, &view->opened_in))
		return true;
	view->version = key->version;
	return false;
}

/* Empty is none of its own. False, with the message in place, when it is no number of that size. */
static bool
number_of(struct request *rq, struct input *typed, int64_t *per_minute)
{
	*per_minute = 0;
	if (typed->value.n == 0)
		return true;
	if (str_int(typed->value, per_minute) && *per_minute >= 1 && *per_minute <= largest(rq))
		return true;
	typed->error = fmt(rq->arena, "Give a number from 1 to %.*s, or nothing.%s",
	    STR(chart_number(rq->arena, largest(rq))),
	    *per_minute > largest(rq) ? " This installation allows no more." : "");
	return false;
}

/* What was typed is kept: sent again it takes the place of what somebody else has saved. Unless it is saved already,
 * because the form was sent twice. */
static struct reply
meanwhile(struct request *rq, int64_t per_minute, struct credential_limit_view *view)
{
	struct reply reply;
	const struct client_card_row *key = key_to_change(rq, &reply);

	if (!key)
		return reply;
	if (key->per_minute == per_minute)
		return key_see(rq, "?did=limited");
	view->meanwhile = true;
	view->version = key->version;
	reply = form(rq, 422, key, view);
	reply.undo = true;
	return reply;
}

struct reply
credential_limit_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct credential_limit_view view = { 0 };
	struct limit_facts before, after = { 0 };
	bool good;

	if (!key)
		return refusal;
	good = form_read(rq, credential_limit_view, rules, &view);
	good = number_of(rq, &view.per_minute, &after.per_minute) && good;
	if (!of_this_client(rq, key, &view) || !good)
		return form(rq, 422, key, &view);
	before = (struct limit_facts){ key->per_minute };
	if (!sql_client_limit(rq->db, .org = rq->org, .id = key->id, .version = view.version,
		.per_minute = after.per_minute))
		return meanwhile(rq, after.per_minute, &view);
	if (!audit_change(rq, S("client.limit"), key->id, limit_facts, &before, &after))
		audit(rq, S("client.save"), key->id, (str){ 0 });
	return key_see(rq, "?did=limited");
}
