/* overview.c - what needs attention, and use over time.
 *
 *      GET /
 */
#include "core/actor.h"
#include "core/policy.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/route.h"
#include "site/use.h"

enum { SHOWN = 50 };

SHAPE(attention, text(id), text(name), text(what), text(why), text(tone), flag(rotation),
    flag(reset));
SHAPE(environment_count, text(name), int(used), int(limit), int(needs), flag(here),
    part(last_used, moment));
SHAPE(overview_view, list(items, attention), int(items_n), list(environments, environment_count),
    part(use, use_of_all), flag(may_see));
PAGE(overview, "Overview", .menu = MENU_OVERVIEW);

struct found {
	struct attention *at;
	size_t n;
};

/* Adds the key to what was found when it needs attention. */
static bool
needs_attention(struct request *rq, const struct client_list_row *key, struct found *found)
{
	struct key_badge badge = key_badge(rq, KEY_FACTS(key));
	struct attention *item = &found->at[found->n];

	if (badge.why.n == 0)
		return false;
	if (found->n == SHOWN)
		return true;
	*item = (struct attention){
		.id = key->id, .name = key->name, .why = badge.why, .tone = badge.tone
	};
	item->rotation = badge.state == BADGE_AT_RISK;
	item->reset = badge.state == BADGE_REFUSED && access_may(rq->actor, ADMIN);
	item->what = fmt(rq->arena, "%.*s: %.*s", STR(key->name), STR(badge.words));
	found->n++;
	return true;
}

static struct environment_count
count_keys(struct request *rq, str environment, str name, struct found *found)
{
	struct client_list_rows keys = sql_client_list(
	    rq->db, .org = rq->org, .environment = environment, .kind = S("account"));
	struct environment_count count = { .name = name,
		.used = (int64_t)keys.n,
		.limit = policy_of(rq).account_keys,
		.here = str_eq(environment, rq->environment) };
	int64_t last = 0;

	for (size_t i = 0; i < keys.n; i++) {
		if (keys.at[i].last_used_at > last)
			last = keys.at[i].last_used_at;
		count.needs += needs_attention(rq, &keys.at[i], found);
	}
	count.last_used = moment_of(rq, last);
	return count;
}

struct reply
overview(struct request *rq)
{
	struct found found = { .at = NEW(rq->arena, struct attention, SHOWN + 1) };
	struct environment_count *counts = NEW(rq->arena, struct environment_count, 2);
	struct overview_view view = { .environments = { counts, 2 } };

	if (!access_may(rq->actor, CREDENTIALS_SEE)) {
		view.environments.n = 0;
		return show(rq, 200, &overview_page, &view);
	}
	counts[0] = count_keys(rq, S("production"), S("Production"), &found);
	counts[1] = count_keys(rq, S("integration"), S("Integration"), &found);
	view.items = (struct attentions){ found.at, found.n };
	view.items_n = counts[0].needs + counts[1].needs;
	view.use = use_of_organization(rq);
	view.may_see = true;
	return show(rq, 200, &overview_page, &view);
}
