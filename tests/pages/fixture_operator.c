/* fixture_operator.c - what an operator makes: organizations with an invited admin, keys that wait to be opened, a set-up. */
#include "pages/runner.h"

#include "core/organization.h"
#include "core/pending.h"
#include "core/person.h"

static void
set_part(struct test *t, str name, const char *part, str value)
{
	word_set(t, fmt(t->arena, "%.*s.%s", STR(name), part), value);
}

static struct actor
operator_of(struct test *t)
{
	const struct fixture_person *olga = fixture_person(t, WHO_OPERATOR);

	return (struct actor){ .person = olga->person, .email = olga->email, .is_operator = true };
}

void
fixture_founded(struct test *t, const struct fixture_founded *wish)
{
	const struct fixture_person *known = fixture_person(t, wish->known);
	struct actor olga = operator_of(t);
	struct founding founding = { .name = wish->label,
		.admin_name = known ? known->name : S("Fay Brook"),
		.admin_email =
		    known ? known->email
			  : fmt(t->arena, "%.*s.%d@example.test",
				STR(str_lower(t->arena, wish->name)), (int)t->world->tests),
		.production = wish->keys,
		.integration = wish->keys };
	struct founded_organization made;
	struct request rq = world_begin(t->world, t->now);

	rq.actor = &olga;
	if (organization_found(&rq, &founding, &made) != FOUNDED)
		fault(&t->world->fault, "%.*s could not be founded", STR(wish->name));
	world_end(&rq);
	word_set(t, wish->name, made.id);
	set_part(t, wish->name, "token", made.token);
	set_part(t, wish->name, "email", founding.admin_email);
	set_part(t, wish->name, "row",
	    world_sql(t->world, t->arena,
		fmt(t->arena, "SELECT id FROM organization WHERE public_id = '%.*s'",
		    STR(made.id))));
}

void
fixture_pending(struct test *t, const struct fixture_key *key)
{
	struct actor olga = operator_of(t);
	struct client_wish wish = { .environment = key->environment, .name = key->label };
	struct client_made made;
	int64_t org = fixture_org(t, key->foreign);
	struct request rq = world_begin(t->world, t->now - key->days * DAY);

	rq.actor = &olga;
	if (pending_create(&rq, org, &wish, &made) != MADE_NEW)
		fault(&t->world->fault, "no key %.*s could be made", STR(key->name));
	world_end(&rq);
	word_set(t, key->name, made.id);
	set_part(t, key->name, "client_id", made.client_id);
	set_part(t, key->name, "sid",
	    world_sql(t->world, t->arena,
		fmt(t->arena,
		    "SELECT s.sid FROM secret s JOIN client c ON c.id = s.client_id"
		    " WHERE c.public_id = '%.*s'",
		    STR(made.id))));
}

void
fixture_setup(struct test *t)
{
	struct request rq;

	world_sql(t->world, t->arena, S("DELETE FROM installation"));
	rq = world_begin(t->world, t->now);
	word_set(t, S("setup"), setup_begin(&rq));
	world_end(&rq);
}
