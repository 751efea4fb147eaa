/* fixture_account.c - accounts and workspaces, of the test's organization or of the other one. */
#include "pages/runner.h"

#include "core/account.h"
#include "sql.h"

static void
made_words(struct test *t, str name, const struct account_made *made)
{
	word_set(t, name, made->id);
	word_set(t, fmt(t->arena, "%.*s.row", STR(name)), fmt(t->arena, "%d", (int)made->row));
}

void
fixture_account(struct test *t, const struct fixture_account *wish)
{
	int64_t org = fixture_org(t, wish->foreign);
	struct request rq = world_begin(t->world, t->now);
	struct account_made made;

	rq.org = org;
	if (account_create(&rq, wish->label, &made) != ACCOUNT_DONE)
		fault(&t->world->fault, "no account %.*s could be made", STR(wish->name));
	world_end(&rq);
	made_words(t, wish->name, &made);
}

void
fixture_workspace(struct test *t, const struct fixture_account *wish)
{
	int64_t org = fixture_org(t, wish->foreign);
	str account = words(t, fmt(t->arena, "{%.*s}", STR(wish->account)), WORDS_PLAIN);
	struct request rq = world_begin(t->world, t->now);
	const struct account_get_row *row = sql_account_get(rq.db, .org = org, .id = account);
	struct account_made made;

	rq.org = org;
	if (!row || workspace_create(&rq, row->account, wish->label, &made) != ACCOUNT_DONE)
		fault(&t->world->fault, "no workspace %.*s could be made", STR(wish->name));
	world_end(&rq);
	made_words(t, wish->name, &made);
}
