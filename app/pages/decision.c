/* decision.c - a refusal explained: what the decision id says that a program was answered (core/decision.h).
 *
 *      GET  /decisions              the field for one
 *      POST /decisions              to its page
 *      GET  /decisions/:decision    why, when, from where, with what, for which call, and what would mend it
 *
 * An organization opens what is about its own credentials: admins and compliance admins all of it, members what is about
 * their own additional secrets, and of the Data API who reaches it. The operator opens what belongs to no organization. To
 * everybody else one is as one that there is not, also an altered one.
 */
#include "core/decision_words.h"

#include "core/actor.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/route.h"
#include "sql.h"

/* What it was about. act: what to do there, and its address; all of it empty where it belongs to nobody. */
SHAPE(decision_client, text(id), flag(in_credentials), flag(in_secrets), flag(in_data_api),
    text(name), text(noun), text(handle), text(client_id), text(environment), text(sid), text(hint),
    text(ended), part(ended_at, moment), flag(deleted));
SHAPE(decision_permission, text(word), text(name), text(api), text(api_name));
/* edit, limit, activate, ask: the act that would mend it is there, and this person may do it. */
SHAPE(decision_act, flag(edit), flag(limit), flag(activate), flag(ask), flag(give));
SHAPE(decision_view, text(heading), part(decision, input), flag(found), flag(missing), text(means),
    text(mend), part(at, moment), text(exactly), text(address), text(asked), text(call),
    text(environment), part(about, decision_client), part(permission, decision_permission),
    part(act, decision_act));
PAGE(decision, "A refusal explained", .menu = MENU_AUDIT);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("decision"),
	    .label = STR_INIT("Decision id"),
	    .required = STR_INIT("Paste the decision id of the answer."),
	    .max = 300,
	    .check = decision_like,
	    .refused = STR_INIT("A decision id begins with kdd_ and has 151 characters.") },
};

/* Whether this person may open what is about that client. */
static bool
may_open(const struct request *rq, const struct decision_of_row *client)
{
	if (str_eq(client->kind, S("data_api")))
		return access_may(rq->actor, DATA_API);
	if (access_may(rq->actor, CREDENTIALS_SEE))
		return true;
	return key_additional(client->kind) && client->owner == rq->me;
}

/* False when there is nothing with that id for this person; then *client is not set. */
static bool
find(struct request *rq, str id, struct decision *d, const struct decision_of_row **client)
{
	*client = NULL;
	if (!decision_open(rq, id, d))
		return false;
	if (rq->org && (d->sid.n || d->id.n))
		*client = sql_decision_of(rq->db, .org = rq->org, .sid = d->sid, .id = d->id);
	if (*client)
		return may_open(rq, *client);
	return access_may(rq->actor, OPERATOR) &&
	       !sql_decision_whose(rq->db, .sid = d->sid, .id = d->id);
}

static struct decision_client
client_of(struct request *rq, const struct decision *d, const struct decision_of_row *client)
{
	if (!client)
		return (struct decision_client){ .sid = d->sid };
	return (struct decision_client){ .id = client->id,
		.in_secrets = key_additional(client->kind),
		.in_data_api = str_eq(client->kind, S("data_api")),
		.in_credentials =
		    !key_additional(client->kind) && !str_eq(client->kind, S("data_api")),
		.name = client->name,
		.noun = key_noun(client->kind),
		.handle = key_handle(client->kind),
		.client_id = client->client_id,
		.environment = str_eq(client->environment, S("integration")) ? S("Integration")
		                                                             : S("Production"),
		.sid = d->sid,
		.hint = client->hint,
		.ended = client->ended_at ? key_ended_words(client->ended_reason) : (str){ 0 },
		.ended_at = moment_of(rq, client->ended_at),
		.deleted = client->deleted };
}

static struct decision_permission
permission_of(struct request *rq, const struct decision *d)
{
	const struct decision_permission_row *row =
	    d->permission ? sql_decision_permission(rq->db, .permission = d->permission) : NULL;

	if (!row)
		return (struct decision_permission){ 0 };
	return (struct decision_permission){ row->word, row->name, row->api, row->api_name };
}

/* What a credential is given in its form; an account key has none, it may do what its organization may. */
static bool
mended_in_form(const struct decision *d, const struct decision_of_row *client)
{
	if (!key_scoped(client->kind) && !key_additional(client->kind))
		return false;
	return d->reason == REASON_PERMISSION || d->reason == REASON_SCOPE ||
	       d->reason == REASON_READS || d->reason == REASON_ADDRESS ||
	       d->reason == REASON_CLIENT_EXPIRED;
}

static bool
may_change(const struct request *rq, const struct decision_of_row *client)
{
	if (key_additional(client->kind))
		return access_may(rq->actor, ADMIN) || client->owner == rq->me;
	return key_may_change(rq, client->kind);
}

/* Of a secret or a key that they may replace, too, an admin says how often it may call. */
static bool
may_limit(const struct request *rq, const struct decision_of_row *client)
{
	return access_may(rq->actor, key_scoped(client->kind) ? CREDENTIALS_CHANGE : ADMIN);
}

static struct decision_act
act_of(const struct request *rq, const struct decision *d, const struct decision_of_row *client)
{
	struct decision_act act = { 0 };

	if (!client || client->deleted)
		return act;
	act.edit = mended_in_form(d, client) && may_change(rq, client);
	act.give = act.edit && d->reason == REASON_PERMISSION;
	act.limit = d->reason == REASON_RATE && may_limit(rq, client);
	act.activate = d->reason == REASON_CLIENT && may_change(rq, client) &&
	               !key_additional(client->kind) && !str_eq(client->kind, S("data_api"));
	act.ask = d->reason == REASON_PERMISSION && str_eq(client->kind, S("account")) &&
	          access_may(rq->actor, CATALOGUE_SEE);
	return act;
}

static struct reply
missing(struct request *rq, str id)
{
	struct decision_view view = {
		.heading = S("A refusal explained"), .missing = true, .decision.value = id
	};
	struct reply reply = show(rq, 404, &decision_page, &view);

	reply.undo = true;
	return reply;
}

struct reply
decisions(struct request *rq)
{
	struct decision_view view = { .heading = S("A refusal explained") };

	return show(rq, 200, &decision_page, &view);
}

/* By its address, so that it can be handed on: it says nothing to anybody else, and no log has it. */
struct reply
decisions_find(struct request *rq)
{
	struct decision_view view = { .heading = S("A refusal explained") };

	if (!form_read(rq, decision_view, rules, &view)) {
		struct reply reply = show(rq, 422, &decision_page, &view);

		reply.undo = true;
		return reply;
	}
	return see_other(rq, "/decisions/%.*s", STR(view.decision.value));
}

struct reply
decision(struct request *rq)
{
	const struct decision_of_row *client;
	const struct decision_words *words;
	struct decision d;
	struct decision_view view;

	if (!find(rq, rq->token, &d, &client))
		return missing(rq, rq->token);
	words = decision_words(d.reason);
	view = (struct decision_view){ .heading = words->says,
		.decision.value = rq->token,
		.found = true,
		.means = words->means,
		.mend = words->mend,
		.at = moment_of(rq, d.at),
		.exactly = decision_time_words(rq->arena, &d),
		.address = d.address,
		.asked = decision_asked_words(&d),
		.call = decision_call_words(rq->arena, &d),
		.environment = d.integration ? S("Integration") : S("Production"),
		.about = client_of(rq, &d, client),
		.permission = permission_of(rq, &d),
		.act = act_of(rq, &d, client) };
	return show(rq, 200, &decision_page, &view);
}
