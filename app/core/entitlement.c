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

bool
entitlement_give(struct request *rq, int64_t org, str api)
{
	int64_t by = rq->actor ? rq->actor->person : 0;

	if (!sql_entitlement_add(rq->db, .org = org, .api = api, .by = by, .now = rq->now))
		return false;
	note(rq, org, S("entitlement.give"), api);
	return true;
}

bool
entitlement_withdraw(struct request *rq, int64_t org, str api)
{
	if (!sql_entitlement_remove(rq->db, .org = org, .api = api))
		return false;
	note(rq, org, S("entitlement.withdraw"), api);
	return true;
}

void
entitlement_give_all(struct request *rq, const struct audit_who *by)
{
	const struct catalogue_apis_rows apis = sql_catalogue_apis(rq->db);
	str *words = NEW(rq->arena, str, apis.n);
	size_t n = 0;

	for (size_t i = 0; i < apis.n; i++)
		if (sql_entitlement_add(rq->db, .org = by->org, .api = apis.at[i].word,
			.by = by->person, .now = rq->now))
			words[n++] = apis.at[i].word;
	if (n)
		audit_by(rq, by,
		    &(struct audit_act){
			S("entitlement.give"), (str){ 0 }, detail_of(rq->arena, words, n) });
}
