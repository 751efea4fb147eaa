/* entitlement.c - which organization may use which API. */
#include "core/entitlement.h"

#include "core/actor.h"
#include "core/catalogue.h"
#include "http/json.h"
#include "sql.h"

static str
detail_of(struct arena *a, const str *words, size_t n)
{
	struct buf b = buf_new(a, 1 << 16);

	buf_add(&b, S("{\"apis\":["));
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&b, ',');
		json_write_text(&b, words[i]);
	}
	buf_add(&b, S("]}"));
	return buf_str(&b);
}

static void
note(struct request *rq, int64_t org, str act, str api)
{
	audit_in(rq, org, &(struct audit_act){ act, (str){ 0 }, detail_of(rq->arena, &api, 1) });
}

/* The catalogue's row comes first, as for all who change it. */
bool
entitlement_give(struct request *rq, int64_t org, str api)
{
	int64_t by = rq->actor ? rq->actor->person : 0;

	sql_catalogue_held(rq->db);
	if (!sql_entitlement_add(rq->db, .org = org, .api = api, .by = by, .now = rq->now))
		return false;
	sql_catalogue_raise(rq->db);
	note(rq, org, S("entitlement.give"), api);
	return true;
}

bool
entitlement_withdraw(struct request *rq, int64_t org, str api)
{
	sql_catalogue_held(rq->db);
	if (!sql_entitlement_remove(rq->db, .org = org, .api = api))
		return false;
	sql_catalogue_raise(rq->db);
	note(rq, org, S("entitlement.withdraw"), api);
	return true;
}

void
entitlement_give_all(struct request *rq, const struct audit_who *by)
{
	struct catalogue_apis_rows apis;
	str *words;
	size_t n = 0;

	sql_catalogue_held(rq->db);
	apis = sql_catalogue_apis(rq->db);
	words = NEW(rq->arena, str, apis.n);
	for (size_t i = 0; i < apis.n; i++)
		if (sql_entitlement_add(rq->db, .org = by->org, .api = apis.at[i].word,
			.by = by->person, .now = rq->now))
			words[n++] = apis.at[i].word;
	if (!n)
		return;
	sql_catalogue_raise(rq->db);
	audit_by(rq, by,
	    &(struct audit_act){
		S("entitlement.give"), (str){ 0 }, detail_of(rq->arena, words, n) });
}
