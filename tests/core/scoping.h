/* scoping.h - a catalogue, accounts and workspaces, and the wish of a scoped credential. */
#ifndef TESTS_CORE_SCOPING_H
#define TESTS_CORE_SCOPING_H

#include "core/fixture.h"

#include "core/audit_verify.h"
#include "core/scoped.h"

/* Three APIs of a test's own words: books (workspace, one of read and write), staff (account, one of user and admin),
 * plans (organization, many of see and draw). No organization is entitled to any. */
struct three_apis {
	char books[16], staff[16], plans[16];
};

static inline void
api_add(char *word, const char *level, const char *choice)
{
	static int n;

	snprintf(word, 16, "t%d%.3s", n++, level);
	sql_run(
	    "INSERT INTO api (public_id, word, name, level, choice, position, created_at) VALUES "
	    "('%.*s', '%s', 'The %s', '%s', '%s', %d, '2026-01-01')",
	    STR(random_base62(&world.hand.start, 10)), word, word, level, choice, n);
}

static inline void
permission_add(const char *word, const char *name, bool reads)
{
	sql_run("INSERT INTO permission (api_id, word, name, only_reads, position) "
		"SELECT id, '%s', '%s', %d, 1 FROM api WHERE word = '%s'",
	    name, name, reads, word);
}

static inline struct three_apis
three_apis_make(void)
{
	struct three_apis c;

	api_add(c.books, "workspace", "one");
	permission_add(c.books, "read", true);
	permission_add(c.books, "write", false);
	api_add(c.staff, "account", "one");
	permission_add(c.staff, "user", false);
	permission_add(c.staff, "admin", false);
	api_add(c.plans, "organization", "many");
	permission_add(c.plans, "see", true);
	permission_add(c.plans, "draw", false);
	return c;
}

static inline void
entitle(const struct people *p, const char *word)
{
	sql_run("INSERT INTO entitlement (organization_id, api_id, granted_at) "
		"SELECT %d, id, '2026-01-01' FROM api WHERE word = '%s'",
	    (int)p->org, word);
}

/* Public ids, in the start arena. */
static inline str
account_make(const struct people *p, const char *name)
{
	str id = random_base62(&world.hand.start, 10);

	sql_run("INSERT INTO account (public_id, organization_id, name, created_at) VALUES "
		"('%.*s', %d, '%s', '2026-01-01')",
	    STR(id), (int)p->org, name);
	return id;
}

static inline str
workspace_make(const struct people *p, str account, const char *name)
{
	str id = random_base62(&world.hand.start, 10);

	sql_run("INSERT INTO workspace (public_id, organization_id, account_id, name, created_at) "
		"SELECT '%.*s', %d, id, '%s', '2026-01-01' FROM account WHERE public_id = '%.*s'",
	    STR(id), (int)p->org, name, STR(account));
	return id;
}

/* An organization that may use all three, with an account of two workspaces, and its admin. */
struct scene {
	struct people ann;
	struct three_apis catalogue;
	str retail, web, shops;
};

static inline struct scene
scene_make(void)
{
	struct scene s = { .ann = world_people(), .catalogue = three_apis_make() };

	entitle(&s.ann, s.catalogue.books);
	entitle(&s.ann, s.catalogue.staff);
	entitle(&s.ann, s.catalogue.plans);
	s.retail = account_make(&s.ann, "Retail");
	s.web = workspace_make(&s.ann, s.retail, "Web");
	s.shops = workspace_make(&s.ann, s.retail, "Shops");
	return s;
}

/* "books:read" of a test's word. */
static inline str
may(const char *api, const char *permission)
{
	return fmt(&world.hand.start, "%s:%s", api, permission);
}

/* One blank between two; in the start arena. */
static inline struct strs
list(str words)
{
	struct arena *a = &world.hand.start;
	str *at = NEW(a, str, words.n + 1);
	size_t n = 0;

	while (words.n)
		at[n++] = str_copy(a, str_cut(words, ' ', &words));
	return (struct strs){ at, n };
}

/* Reads the books of Web. */
static inline struct scoped_wish
wish_of(const struct scene *s)
{
	return (struct scoped_wish){ .environment = S("production"),
		.name = S("Reader"),
		.may = list(may(s->catalogue.books, "read")),
		.workspaces = list(s->web) };
}

/* Made and committed, or undone; in the start arena. */
static inline enum scoped
make(const struct people *p, const struct scoped_wish *wish, struct client_made *made,
    struct scoped_wrong *wrong)
{
	struct request *rq = begin_as(p);
	enum scoped answer = scoped_make(rq, wish, made, wrong);

	made->id = str_copy(&world.hand.start, made->id);
	made->client_id = str_copy(&world.hand.start, made->client_id);
	made->secret = str_copy(&world.hand.start, made->secret);
	wrong->which = str_copy(&world.hand.start, wrong->which);
	if (answer == SCOPED_DONE)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

static inline struct client_made
made_of(const struct scene *s)
{
	struct scoped_wish wish = wish_of(s);
	struct scoped_wrong wrong;
	struct client_made made;

	assert_int_equal(make(&s->ann, &wish, &made, &wrong), SCOPED_DONE);
	return made;
}

static inline enum scoped
edit(const struct people *p, const struct scoped_at *at, const struct scoped_wish *wish,
    struct scoped_wrong *wrong)
{
	struct request *rq = begin_as(p);
	enum scoped answer = scoped_change(rq, at, wish, wrong);

	if (answer == SCOPED_DONE)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

/* What its rows say: permissions, accounts, workspaces. */
static inline long
rows_in(const char *table, str id)
{
	return sql_number("SELECT COUNT(*) FROM %s g JOIN client c ON c.id = g.client_id AND "
			  "c.organization_id = g.organization_id WHERE c.public_id = '%.*s'",
	    table, STR(id));
}

/* Entries of that act with all of that text in their detail. */
static inline long
noted(const struct people *p, const char *act, const char *like)
{
	return sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND "
			  "act = '%s' AND detail LIKE '%%%s%%'",
	    (int)p->org, act, like);
}

#endif
