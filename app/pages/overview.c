/* overview.c - what needs attention, and use over time.
 *
 *      GET /
 */
#include "core/actor.h"
#include "core/additional.h"
#include "core/policy.h"
#include "pages/pages.h"
#include "site/attention.h"
#include "site/count.h"
#include "site/replacement.h"
#include "site/route.h"
#include "site/use.h"

/* secrets: the additional ones in use, of so many; own: this person's. */
SHAPE(environment_count, text(name), text(word), int(used), int(limit), int(needs), int(secrets),
    int(secrets_limit), int(own), flag(here), part(last_used, moment));
SHAPE(overview_view, list(items, attention), text(items_n), list(replacements, replacement_row),
    list(environments, environment_count), part(use, use_of_all), flag(may_see), flag(has_own));
PAGE(overview, "Overview", .menu = MENU_OVERVIEW);

static void
count_keys(struct request *rq, struct environment_count *count, struct attention_found *found)
{
	struct client_list_rows keys = sql_client_list(
	    rq->db, .org = rq->org, .environment = count->word, .kind = S("account"));
	struct additional_places places = additional_places(rq, count->word);
	int64_t last = 0;

	for (size_t i = 0; i < keys.n; i++) {
		if (keys.at[i].last_used_at > last)
			last = keys.at[i].last_used_at;
		count->needs += attention_key(rq, found, &keys.at[i], count->name);
	}
	count->used = (int64_t)keys.n;
	count->limit = policy_of(rq).account_keys;
	count->secrets = places.used;
	count->secrets_limit = places.limit;
	count->last_used = moment_of(rq, last);
}

/* What an operator without an organization has none of. */
static void
fill(struct request *rq, struct overview_view *view, struct environment_count *counts)
{
	struct attention_found *found = NEW(rq->arena, struct attention_found, 1);
	struct attention_own own;
	int64_t n;

	for (size_t i = 0; i < 2; i++) {
		counts[i] =
		    (struct environment_count){ .name = i ? S("Integration") : S("Production"),
			    .word = i ? S("integration") : S("production") };
		counts[i].here = str_eq(counts[i].word, rq->environment);
		if (view->may_see)
			count_keys(rq, &counts[i], found);
	}
	if (view->may_see) {
		for (size_t i = 0; i < 2; i++)
			attention_data_api(rq, found, counts[i].word, counts[i].name);
		attention_scoped(rq, found);
		view->replacements = replacements_open(rq);
		view->use = use_of_organization(rq);
	}
	own = attention_additional(rq, found);
	counts[0].own = own.production;
	counts[1].own = own.integration;
	view->items = attention_list(rq, found, &n);
	n += (int64_t)view->replacements.n;
	view->items_n = n ? count_words(rq->arena, n) : (str){ 0 };
	view->environments = (struct environment_counts){ counts, 2 };
}

struct reply
overview(struct request *rq)
{
	struct environment_count *counts = NEW(rq->arena, struct environment_count, 2);
	struct overview_view view = { .may_see = access_may(rq->actor, CREDENTIALS_SEE),
		.has_own = access_may(rq->actor, USER) };

	if (view.has_own)
		fill(rq, &view, counts);
	return show(rq, 200, &overview_page, &view);
}
