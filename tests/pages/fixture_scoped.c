/* fixture_scoped.c - a scoped credential, of the test's organization or of the other one. */
#include "pages/runner.h"

#include "core/entitlement.h"
#include "core/network.h"
#include "core/scoped.h"
#include "sql.h"

enum { PARTS_MAX = 50 };

/* The parts of a list with commas. */
static struct strs
parts_of(struct arena *a, str list)
{
	str *at = NEW(a, str, PARTS_MAX);
	size_t n = 0;

	while (list.n && n < PARTS_MAX)
		at[n++] = str_cut(list, ',', &list);
	return (struct strs){ at, n };
}

/* Whatever it is given the organization is entitled to, unless it is already. */
static void
entitle(struct request *rq, const struct strs *may)
{
	str rest;

	for (size_t i = 0; i < may->n; i++)
		entitlement_give(rq, rq->org, str_cut(may->at[i], ':', &rest));
}

/* in names accounts and workspaces of the test. */
static void
place(struct test *t, struct request *rq, str in, struct scoped_wish *wish)
{
	struct strs names = parts_of(t->arena, in);
	str *accounts = NEW(t->arena, str, names.n), *workspaces = NEW(t->arena, str, names.n);

	for (size_t i = 0; i < names.n; i++) {
		str id = words(t, fmt(t->arena, "{%.*s}", STR(names.at[i])), WORDS_PLAIN);

		if (sql_scoped_account(rq->db, .org = rq->org, .id = id))
			accounts[wish->accounts.n++] = id;
		else
			workspaces[wish->workspaces.n++] = id;
	}
	wish->accounts.at = accounts;
	wish->workspaces.at = workspaces;
}

bool
fixture_scoped(
    struct test *t, struct request *rq, const struct fixture_key *key, struct client_made *made)
{
	struct scoped_wish wish = { .environment = key->environment,
		.name = key->label,
		.may = parts_of(t->arena, key->may.n ? key->may : S("platform:user")) };
	struct scoped_wrong wrong;

	entitle(rq, &wish.may);
	place(t, rq, key->in, &wish);
	if (networks_read(t->arena, key->networks, &wish.networks).n)
		return false;
	if (key->ends_days)
		wish.expires_at = t->now + key->ends_days * DAY;
	return scoped_make(rq, &wish, made, &wrong) == SCOPED_DONE;
}
