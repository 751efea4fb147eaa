/* data_api.c - the Data API: its key, who calls with it, and who reaches this page.
 *
 *      GET /data-api
 */
#include "core/data_api.h"
#include "core/actor.h"
#include "core/policy.h"
#include "pages/pages.h"
#include "site/count.h"
#include "site/key.h"
#include "site/limit.h"
#include "site/rotation.h"
#include "site/route.h"
#include "site/seen.h"
#include "site/use.h"

enum { PEOPLE_SHOWN = 50 };

/* knows: they have seen the key that works now; knew: the one that a rotation is replacing. */
SHAPE(data_person_row, text(id), text(name), text(email), flag(by_role), text(granted),
    text(granted_by), part(opened, moment), flag(knows), flag(knew));
SHAPE(data_people, list(rows, data_person_row), text(admins), text(listed), flag(further),
    text(next));
/* gone: deactivated; else their access was taken away, by `by` if they are known. */
SHAPE(data_leaver, text(name), flag(gone), part(since, moment), text(by), flag(knows));
SHAPE(data_leaver_list, list(rows, data_leaver), int(n), flag(knows), flag(marked),
    part(ends, moment));
SHAPE(data_key_shown, text(client_id), text(status), text(tone), text(hint), part(made, moment),
    part(last_used, moment), text(last_address), text(last_program), flag(unconfirmed),
    int(overdue_days), int(cadence_days), flag(rotates), part(rotation, rotation_view),
    part(use, use_shown), part(seen, seen_shown), part(leavers, data_leaver_list), text(old_hint),
    part(old_ends, moment), text(stored_seen), part(limit, limit_shown));
SHAPE(data_api_view, text(api), flag(entitled), flag(may_see_apis), flag(may_grant),
    flag(has_client), flag(has_key), part(key, data_key_shown), part(people, data_people),
    text(curl));
PAGE(data_api, "Data API", .menu = MENU_DATA_API);

/* ---- the key */

static struct data_leaver_list
leavers_of(struct request *rq, const struct data_client_row *client, const struct seen_shown *seen)
{
	struct data_leavers_rows found = sql_data_leavers(
	    rq->db, .org = rq->org, .current = client->current, .old = data_old(rq, client));
	struct data_leaver *rows = NEW(rq->arena, struct data_leaver, found.n);
	struct data_leaver_list list = {
		.rows = { rows, found.n }, .n = (int64_t)found.n, .ends = seen->leavers.ends
	};

	for (size_t i = 0; i < found.n; i++) {
		rows[i] = (struct data_leaver){ found.at[i].name, found.at[i].gone,
			moment_of(rq, found.at[i].since), found.at[i].taken_by, found.at[i].knows };
		list.knows |= found.at[i].knows;
	}
	/* Whoever had left and has come back has it in their hands all the same. */
	list.marked = list.n == 0 && seen->leavers.known;
	return list;
}

static struct data_key_shown
key_shown(
    struct request *rq, const struct client_card_row *key, const struct data_client_row *client)
{
	struct key_badge status = key_badge(rq, KEY_FACTS(key));
	struct data_key_shown shown = { .client_id = key->client_id,
		.status = status.words,
		.tone = status.tone,
		.hint = key->hint,
		.made = moment_of(rq, key->secret_made_at),
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.last_program = use_program(rq, key->last_used_by),
		.unconfirmed = key->secret_made_at && !key->stored_at,
		.overdue_days = status.overdue_days,
		.cadence_days = policy_of(rq).cadence_days,
		.seen = seen_of(rq, key->id),
		.stored_seen = key->sid,
		.limit = limit_shown_of(rq, key) };

	shown.rotates = KEY_ROTATES(rq, key) && rotation_show(rq, &shown.rotation);
	if (shown.rotates) {
		shown.old_hint = key->old_hint;
		shown.old_ends = moment_of(rq, key->old_ends_at);
	}
	shown.use = use_of_key(rq, true);
	shown.leavers = leavers_of(rq, client, &shown.seen);
	return shown;
}

/* To be run as it stands, once the variable holds the key: on the page it stands in nobody's history. */
static str
curl_of(struct request *rq, str client_id)
{
	return fmt(rq->arena,
	    "curl -X POST %.*s/auth -H 'Content-Type: application/json' "
	    "-H 'x-radix-version: 1.0.0' "
	    "-d '{\"client_id\":\"%.*s\",\"client_secret\":\"'\"$DATA_API_KEY\"'\"}'",
	    STR(rq->desk->settings->url), STR(client_id));
}

/* ---- the list */

static struct data_person_row
person_of(struct request *rq, const struct data_people_row *row)
{
	return (struct data_person_row){ .id = row->id,
		.name = row->name,
		.email = row->email,
		.by_role = row->by_role,
		.granted =
		    row->granted_at ? clock_for_people(rq->arena, row->granted_at) : (str){ 0 },
		.granted_by = row->granted_by,
		.opened = moment_of(rq, row->opened_at),
		.knows = row->knows,
		.knew = row->knew };
}

/* Behind the person of that id, if there is one of this organization. */
static struct data_people
people_of(struct request *rq, const struct data_client_row *client)
{
	const struct data_people_count_row *count = sql_data_people_count(rq->db, .org = rq->org);
	const struct data_person_get_row *after =
	    sql_data_person_get(rq->db, .org = rq->org, .id = query_text(rq, S("after")));
	bool listed = after && !str_eq(after->role, role_text(ROLE_ADMIN));
	struct data_people_rows found =
	    sql_data_people(rq->db, .org = rq->org, .current = client ? client->current : 0,
		.old = data_old(rq, client), .listed = listed, .last = after ? after->user : 0);
	size_t n = found.n < PEOPLE_SHOWN ? found.n : PEOPLE_SHOWN;
	struct data_person_row *rows = NEW(rq->arena, struct data_person_row, n);

	for (size_t i = 0; i < n; i++)
		rows[i] = person_of(rq, &found.at[i]);
	return (struct data_people){ .rows = { rows, n },
		.admins = count_words(rq->arena, count->admins),
		.listed = count_words(rq->arena, count->listed),
		.further = after != NULL,
		.next = found.n > n ? rows[n - 1].id : (str){ 0 } };
}

/* ---- the page */

struct reply
data_api(struct request *rq)
{
	const struct data_offer_row *api = sql_data_offer(rq->db, .org = rq->org);
	const struct data_client_row *client =
	    sql_data_client(rq->db, .org = rq->org, .environment = rq->environment);
	const struct client_card_row *key = client ? key_card(rq) : NULL;
	struct data_api_view view = { .api = api ? api->id : (str){ 0 },
		.entitled = api && api->entitled,
		.may_see_apis = access_may(rq->actor, CREDENTIALS_SEE),
		.may_grant = access_may(rq->actor, ADMIN),
		.has_client = key != NULL,
		.has_key = key && key->hint.n,
		.people = people_of(rq, client) };

	if (key) {
		view.key = key_shown(rq, key, client);
		view.curl = curl_of(rq, key->client_id);
	}
	return show(rq, 200, &data_api_page, &view);
}
