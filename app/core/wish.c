/* wish.c - an API that an organization has asked the operator for: one wish for each API, however often. */
#include "core/wish.h"

#include "core/actor.h"
#include "core/organization.h"
#include "sql.h"

static void
note_both(struct request *rq, int64_t org, str act, str api)
{
	/* A word of the catalogue holds nothing that JSON would escape. */
	organization_audit(rq, org,
	    &(struct audit_act){ act, (str){ 0 }, fmt(rq->arena, "{\"api\":\"%.*s\"}", STR(api)) });
}

/* The catalogue's row comes first, as for who entitles: what is given meanwhile is seen. */
enum wished
wish_ask(struct request *rq, str api, str note)
{
	const struct wish_api_row *row;

	sql_catalogue_held(rq->db);
	row = sql_wish_api(rq->db, .org = rq->org, .id = api);
	if (!row || row->entitled_at)
		return WISHED_NOTHING;
	if (!sql_wish_add(rq->db, .org = rq->org, .api = row->api, .me = rq->me, .note = note,
		.now = rq->now) &&
	    !sql_wish_anew(rq->db, .org = rq->org, .api = row->api, .me = rq->me, .note = note,
		.now = rq->now))
		return WISHED_BEFORE;
	note_both(rq, rq->org, S("entitlement.ask"), row->word);
	return WISHED;
}

bool
wish_decline(struct request *rq, int64_t org, str api)
{
	int64_t by = rq->actor ? rq->actor->person : 0;

	if (!sql_wish_decline(rq->db, .org = org, .api = api, .by = by, .now = rq->now))
		return false;
	note_both(rq, org, S("entitlement.decline"), api);
	return true;
}
