/* fixture_catalogue.c - what the organization of a test may use of the catalogue. */
#include "pages/runner.h"

#include "core/entitlement.h"
#include "sql.h"

static void
entitled_to(struct test *t, struct request *rq, str api)
{
	if (!entitlement_give(rq, t->org, api))
		fault(&t->world->fault, "there is no API %.*s", STR(api));
}

void
fixture_entitled(struct test *t, str apis)
{
	struct request rq = world_begin(t->world, t->now);
	const struct entitled_apis_rows before = sql_entitled_apis(rq.db, .org = t->org);
	struct audit_who who = { .org = t->org, .name = S("command line") };

	for (size_t i = 0; i < before.n; i++)
		entitlement_withdraw(&rq, t->org, before.at[i].word);
	if (str_eq(apis, S("*")))
		entitlement_give_all(&rq, &who);
	else
		while (apis.n)
			entitled_to(t, &rq, str_cut(apis, ' ', &apis));
	world_end(&rq);
}
