/* fixture_additional.c - an additional secret of one of the test's people, and the client of the Data API. */
#include "pages/runner.h"

#include "base/random.h"

static str
row_of(struct test *t, str id)
{
	return world_sql(t->world, t->arena,
	    fmt(t->arena, "SELECT id FROM client WHERE public_id = '%.*s'", STR(id)));
}

static str
word(struct test *t, str name, const char *part)
{
	return words(t, fmt(t->arena, "{%.*s%s}", STR(name), part), WORDS_PLAIN);
}

/* The account key it goes with: the one that is named, or the first of its environment, made when there is none. */
static str
parent_of(struct test *t, const struct fixture_key *key)
{
	struct fixture_key parent = { .name = fmt(t->arena, "key_of_%.*s", STR(key->name)),
		.label = S("Website"),
		.environment = key->environment,
		.foreign = key->foreign };
	str row;

	if (key->key.n)
		return row_of(t, word(t, key->key, ""));
	row = world_sql(t->world, t->arena,
	    fmt(t->arena,
		"SELECT MIN(id) FROM client WHERE organization_id = %d AND kind = 'account'"
		" AND environment = '%.*s' AND deleted_at IS NULL",
		(int)fixture_org(t, key->foreign), STR(key->environment)));
	if (!str_eq(row, S("NULL")))
		return row;
	fixture_key(t, &parent);
	return row_of(t, word(t, parent.name, ""));
}

static void
unopened(struct test *t, str id)
{
	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"UPDATE secret s JOIN client c ON c.id = s.client_id SET s.status = 'pending', "
		"s.hash = NULL,"
		" s.hint = '', s.key_number = 0, s.created_by = NULL, s.expires_at = "
		"FROM_UNIXTIME(%lld) "
		"WHERE c.public_id = '%.*s'",
		(long long)((t->now + 7 * DAY) / SECOND), STR(id)));
	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"DELETE e FROM exposure e JOIN secret s ON s.id = e.secret_id "
		"JOIN client c ON c.id = s.client_id WHERE c.public_id = '%.*s'",
		STR(id)));
}

void
fixture_additional(struct test *t, const struct fixture_key *key)
{
	struct fixture_key scoped = *key;
	const struct fixture_person *owner =
	    fixture_person(t, key->whose == WHO_NOBODY ? WHO_MEMBER : key->whose);
	str parent = parent_of(t, key), id;
	struct client_made made = { 0 };

	scoped.additional = scoped.pending = false;
	scoped.rotating = key->rotating && !key->pending;
	scoped.scoped = true;
	if (scoped.may.n == 0)
		scoped.may = S("analytics:read");
	fixture_key(t, &scoped);
	id = word(t, key->name, "");
	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"UPDATE client SET kind = 'additional', client_id = public_id, parent_id = %.*s, "
		"owner_id = %d, tenure_id = (SELECT t.id FROM tenure t WHERE t.live_id = %d), "
		"only_reads = %d, place = (SELECT 1 + COUNT(*) FROM (SELECT id "
		"FROM "
		"client "
		"WHERE kind = 'additional' AND organization_id = %d) others) WHERE public_id = "
		"'%.*s'",
		STR(parent), (int)owner->user, (int)owner->user, key->only_reads,
		(int)fixture_org(t, key->foreign), STR(id)));
	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"UPDATE secret s JOIN client c ON c.id = s.client_id SET s.owner_id = c.owner_id "
		"WHERE c.public_id = '%.*s'",
		STR(id)));
	made.id = id;
	made.secret = word(t, key->name, ".secret");
	made.client_id = world_sql(t->world, t->arena,
	    fmt(t->arena, "SELECT client_id FROM client WHERE id = %.*s", STR(parent)));
	fixture_key_words(t, key->name, &made);
	if (key->pending)
		unopened(t, id);
}

void
fixture_data_api(struct test *t, const struct fixture_key *key)
{
	int64_t org = fixture_org(t, key->foreign);
	str there = world_sql(t->world, t->arena,
	    fmt(t->arena,
		"SELECT COUNT(*) FROM client WHERE organization_id = %d AND kind = 'data_api' "
		"AND environment = '%.*s'",
		(int)org, STR(key->environment)));
	struct fixture_key scoped = *key;

	if (!str_eq(there, S("0")))
		return;
	scoped.scoped = true;
	scoped.label = S("Data API");
	scoped.may = S("data:read");
	fixture_key(t, &scoped);
	world_sql(t->world, t->arena,
	    fmt(t->arena, "UPDATE client SET kind = 'data_api', place = 1 WHERE public_id = '%.*s'",
		STR(word(t, key->name, ""))));
	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"UPDATE client_term SET term = 'kind=data_api' WHERE term LIKE 'kind=%%' AND "
		"client_id = (SELECT id FROM client WHERE public_id = '%.*s')",
		STR(word(t, key->name, ""))));
	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"UPDATE client_indexed SET terms = REPLACE(REPLACE(terms, 'kind=scoped', "
		"'kind=data_api'), 'kind=account', 'kind=data_api') WHERE client_id = (SELECT id "
		"FROM client WHERE public_id = '%.*s')",
		STR(word(t, key->name, ""))));
}
