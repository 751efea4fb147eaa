/* overview.c - what needs attention, and use over time.
 *
 *      GET /
 */
#include "core/actor.h"
#include "core/policy.h"
#include "pages/pages.h"
#include "site/attention.h"
#include "site/count.h"
#include "site/replacement.h"
#include "site/route.h"
#include "site/use.h"

SHAPE(environment_count, text(name), int(used), int(limit), int(needs), flag(here),
    part(last_used, moment));
SHAPE(overview_view, list(items, attention), text(items_n), list(replacements, replacement_row),
    list(environments, environment_count), part(use, use_of_all), flag(may_see));
PAGE(overview, "Overview", .menu = MENU_OVERVIEW);

static struct environment_count
count_keys(struct request *rq, str environment, str name, struct attention_found *found)
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
		count.needs += attention_key(rq, found, &keys.at[i], name);
	}
	count.last_used = moment_of(rq, last);
	return count;
}

struct reply
overview(struct request *rq)
{
	struct attention_found *found = NEW(rq->arena, struct attention_found, 1);
	struct environment_count *counts = NEW(rq->arena, struct environment_count, 2);
	struct overview_view view = { .environments = { counts, 2 } };
	int64_t n;

	if (!access_may(rq->actor, CREDENTIALS_SEE)) {
		view.environments.n = 0;
		return show(rq, 200, &overview_page, &view);
	}
	counts[0] = count_keys(rq, S("production"), S("Production"), found);
	counts[1] = count_keys(rq, S("integration"), S("Integration"), found);
	attention_data_api(rq, found, S("production"), S("Production"));
	attention_data_api(rq, found, S("integration"), S("Integration"));
	attention_scoped(rq, found);
	view.items = attention_list(rq, found, &n);
	view.replacements = replacements_open(rq);
	n += (int64_t)view.replacements.n;
	view.items_n = n ? count_words(rq->arena, n) : (str){ 0 };
	view.use = use_of_organization(rq);
	view.may_see = true;
	return show(rq, 200, &overview_page, &view);
}
