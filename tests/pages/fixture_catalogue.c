/* fixture_catalogue.c - what the organization of a test may use of the catalogue. */
#include "pages/runner.h"

#include "core/catalogue_change.h"
#include "core/catalogue_file.h"
#include "core/entitlement.h"
#include "core/file.h"
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

void
fixture_members_may(struct test *t, str permissions)
{
	while (permissions.n) {
		str may = str_cut(permissions, ' ', &permissions);

		world_sql(t->world, t->arena,
		    fmt(t->arena,
			"INSERT INTO member_permission (organization_id, permission_id) "
			"SELECT %d, p.id FROM permission p JOIN api a ON a.id = p.api_id "
			"WHERE CONCAT(a.word, ':', p.word) = '%.*s'",
			(int)t->org, STR(may)));
	}
}

/* ---- the catalogue */

static struct catalogue
default_catalogue(struct test *t, struct request *rq)
{
	struct json_wrongs wrongs = { 0 };

	return catalogue_file_read(
	    rq->arena, file_read(t->arena, S("schema/catalogue.json")), &wrongs);
}

static str
catalogue_version(struct test *t)
{
	return world_sql(t->world, t->arena, S("SELECT version FROM catalogue"));
}

/* Tests before may have changed it, and hold something of it that this one would find held. */
void
fixture_catalogue(struct test *t)
{
	struct request rq;
	struct catalogue after;
	int64_t version = 0;

	world_sql(t->world, t->arena, S("DELETE FROM client_grant"));
	world_sql(t->world, t->arena, S("DELETE FROM entitlement"));
	str_int(catalogue_version(t), &version);
	if (version == t->world->catalogue)
		return;
	rq = world_begin(t->world, t->now);
	after = default_catalogue(t, &rq);
	if (catalogue_change(&rq, &after).refused)
		fault(&t->world->fault, "the default catalogue is in the way of itself");
	world_end(&rq);
	str_int(catalogue_version(t), &t->world->catalogue);
}

void
fixture_api(struct test *t, str name)
{
	struct request rq = world_begin(t->world, t->now);
	struct catalogue before = catalogue_read(&rq), after;
	size_t n = before.apis.n;
	struct api *at = NEW(rq.arena, struct api, n + 1);
	static const struct api_permission read = { STR_INIT("read"), STR_INIT("Read"), true,
		{ 0 } };

	for (size_t i = 0; i < n; i++)
		at[i] = before.apis.at[i];
	at[n] = (struct api){ .word = fmt(rq.arena, "x-%.*s", STR(name)),
		.name = fmt(rq.arena, "The API %.*s", STR(name)),
		.level = S("organization"),
		.choice = S("one"),
		.permissions = { &read, 1 } };
	after = (struct catalogue){ .apis = { at, n + 1 } };
	catalogue_change(&rq, &after);
	word_set(t, fmt(t->arena, "%.*s.word", STR(name)), at[n].word);
	word_set(t, name, sql_catalogue_api(rq.db, .word = at[n].word)->id);
	world_end(&rq);
}
