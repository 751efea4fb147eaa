/* general_made.c - what the tests made from the route table are about: an object of the route's kind, as that route finds it. */
#include "pages/general.h"

#include "base/random.h"
#include "routes.h"

static str
word_of(struct test *t, const char *name)
{
	return words(t, fmt(t->arena, "{%s}", name), WORDS_PLAIN);
}

/* Archived already where the route restores. The account is made anew for each: two of one name there are not. */
static void
account_object(struct test *t, const struct route *route, bool foreign)
{
	str name = foreign ? S("theirs") : S("ours"), label = random_base62(t->arena, 12);
	struct fixture_account account = { .name = name, .label = label, .foreign = foreign };
	bool workspace = route->object == WORKSPACE;

	if (workspace)
		account.name = S("around");
	fixture_account(t, &account);
	if (workspace)
		fixture_workspace(t,
		    &(struct fixture_account){
			.name = name, .label = label, .account = S("around"), .foreign = foreign });
	if (str_ends(str_of(route->pattern), S("/restore")))
		world_sql(t->world, t->arena,
		    fmt(t->arena,
			"UPDATE %s SET archived_at = '2026-01-01' WHERE public_id = '%.*s'",
			workspace ? "workspace" : "account",
			STR(word_of(t, foreign ? "theirs" : "ours"))));
}

static bool
who_has_user(enum who who)
{
	return who == WHO_MEMBER || who == WHO_COMPLIANCE_ADMIN || who == WHO_ADMIN;
}

/* What the form of an additional secret needs to be there for everybody. */
static void
additional_form_object(struct test *t)
{
	if (!str_eq(world_sql(t->world, t->arena,
			fmt(t->arena,
			    "SELECT COUNT(*) FROM member_permission WHERE organization_id = %d",
			    (int)t->org)),
		S("0")))
		return;
	fixture_entitled(t, S("analytics"));
	fixture_members_may(t, S("analytics:read"));
	fixture_key(
	    t, &(struct fixture_key){
		   .name = S("parent"), .label = S("Parent"), .environment = S("production") });
}

/* One who has left where the route shows a receipt, or lets them back in; one who has yet to come in, for what is done about
 * invitations. */
static void
person_object(struct test *t, const struct route *route, bool foreign)
{
	str name = foreign ? S("theirs") : S("ours"), pattern = str_of(route->pattern);

	fixture_listed(t, name, foreign);
	if (str_find(pattern, S("/receipt")) < pattern.n || str_ends(pattern, S("/reactivate")))
		fixture_left(t, &(struct fixture_left){ .id = word_of(t, str_c(t->arena, name)) });
	if (str_ends(pattern, S("/resend")) || str_ends(pattern, S("/withdraw")))
		world_sql(t->world, t->arena,
		    fmt(t->arena, "UPDATE user SET status = 'invited' WHERE public_id = '%.*s'",
			STR(word_of(t, str_c(t->arena, name)))));
}

/* Finishing and cancelling are of a rotation, and what is reset may be in one. */
static bool
is_of_rotation(const struct route *route)
{
	str pattern = str_of(route->pattern);

	return route->proof != PROOF_NEEDLESS || str_ends(pattern, S("/finish")) ||
	       str_ends(pattern, S("/cancel"));
}

str
about_object(struct test *t, const struct about *about, enum who who, bool foreign)
{
	const char *name = foreign ? "theirs" : "ours";
	struct fixture_key key = { .name = str_of(name),
		.label = S("Object"),
		.environment = S("production"),
		.foreign = foreign,
		.pending = str_ends(str_of(about->route->pattern), S("/open")),
		.scoped = about->scoped,
		.rotating = is_of_rotation(about->route) };

	switch (about->object) {
	case CLIENT:
	case SCOPED:
		fixture_key(t, &key);
		if (str_ends(str_of(about->route->pattern), S("/replacement")))
			fixture_replacement_item(t, S("item"), key.name);
		break;
	case SECRET:
		key.additional = true;
		key.whose = who_has_user(who) ? who : WHO_ADMIN;
		fixture_key(t, &key);
		break;
	case DATA:
		fixture_data_api(t, &key);
		return (str){ 0 };
	case PLACE:
		fixture_key(t, &key);
		fixture_place(t, &(struct fixture_place){
				     .name = key.name, .key = key.name, .label = key.label });
		break;
	case REPLACEMENT_ITEM:
		fixture_key(t, &key);
		fixture_replacement_item(t, key.name, key.name);
		break;
	case SESSION:
		fixture_session(t, key.name, foreign ? NULL : fixture_person(t, who));
		break;
	case ACCOUNT:
	case WORKSPACE:
		account_object(t, about->route, foreign);
		break;
	case PERSON:
		person_object(t, about->route, foreign);
		break;
	case DECISION:
		return fixture_decision(t, &key);
	case API:
		fixture_api(t, key.name);
		break;
	case ORGANIZATION:
		fixture_entitled(t, S("profile"));
		return word_of(t, "org");
	case NO_OBJECT:
		if (str_starts(str_of(about->route->pattern), S("/secrets")))
			additional_form_object(t);
		return (str){ 0 };
	}
	return word_of(t, name);
}
