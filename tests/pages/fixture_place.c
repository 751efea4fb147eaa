/* fixture_place.c - a declared place of a key, and an item of its replacement. */
#include "pages/runner.h"

#include "base/random.h"

static str
id_of(struct test *t, str key)
{
	return words(t, fmt(t->arena, "{%.*s}", STR(key)), WORDS_PLAIN);
}

static str
quoted(struct test *t, str text)
{
	word_set(t, S("quoted"), text);
	return words(t, S("{quoted}"), WORDS_SQL);
}

void
fixture_place(struct test *t, const struct fixture_place *place)
{
	str id = random_base62(t->arena, 10), key = id_of(t, place->key);

	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"INSERT INTO declared_place (public_id, organization_id, client_id, place, name, "
		"owner, networks, program, created_at) SELECT '%.*s', c.organization_id, c.id, "
		"(SELECT COUNT(*) + 1 FROM declared_place d WHERE d.client_id = c.id), %.*s, "
		"'Web team', '%.*s', '%.*s', '2026-01-01' FROM client c WHERE c.public_id = "
		"'%.*s'",
		STR(id), STR(quoted(t, place->label)), STR(place->networks), STR(place->program),
		STR(key)));
	word_set(t, place->name, id);
}

void
fixture_caller(struct test *t, const struct fixture_caller *caller)
{
	str at = clock_iso(t->arena, t->now - caller->minutes * MINUTE);

	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"INSERT INTO secret_caller (secret_id, organization_id, address, program, "
		"first_at, last_at, calls, refused) SELECT id, organization_id, '%.*s', %.*s, "
		"'%.*s', '%.*s', %d, %d FROM secret WHERE sid = '%.*s'",
		STR(caller->address), STR(quoted(t, caller->program)), STR(str_part(at, 0, 19)),
		STR(str_part(at, 0, 19)), (int)caller->calls, (int)caller->refused,
		STR(words(t, caller->sid, WORDS_PLAIN))));
}

void
fixture_replacement_item(struct test *t, str name, str key)
{
	str id = random_base62(t->arena, 10);
	str of = fmt(t->arena, "c.public_id = '%.*s'", STR(id_of(t, key)));

	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"INSERT INTO replacement (public_id, organization_id, client_id, open_of, old_id, "
		"started_at) SELECT LEFT(CONCAT('r', REVERSE(c.public_id)), 10), "
		"c.organization_id, "
		"c.id, c.id, MIN(s.id), '2026-01-01' FROM client c JOIN secret s ON s.client_id = "
		"c.id WHERE %.*s GROUP BY c.id",
		STR(of)));
	world_sql(t->world, t->arena,
	    fmt(t->arena,
		"INSERT INTO replacement_item (public_id, organization_id, replacement_id, kind, "
		"address, program, known) SELECT '%.*s', r.organization_id, r.id, 'caller', "
		"'10.0.0.7', 'shop/2.1', 0 FROM replacement r JOIN client c ON c.id = r.open_of "
		"WHERE %.*s",
		STR(id), STR(of)));
	word_set(t, name, id);
}
