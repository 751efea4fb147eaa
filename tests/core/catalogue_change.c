/* catalogue_change.c - tests of app/core/catalogue_change.c: what changes, what is in the way, what is logged. */
#define _GNU_SOURCE
#include "check.h"

#include "core/fixture.h"

#include "core/catalogue_change.h"
#include "core/entitlement.h"

/* The catalogue as it is with one piece of its file replaced. */
static struct catalogue
with(struct request *rq, const char *old, const char *new)
{
	struct catalogue now = catalogue_read(rq);
	str text = catalogue_file_write(rq->arena, &now);
	size_t at = str_find(text, str_of(old));
	struct json_wrongs wrongs = { 0 };
	struct catalogue after;

	assert_true(at < text.n);
	text = fmt(rq->arena, "%.*s%s%.*s", STR(str_part(text, 0, at)), new,
	    STR(str_part(text, at + strlen(old), text.n)));
	after = catalogue_file_read(rq->arena, text, &wrongs);
	assert_int_equal(wrongs.n, 0);
	return after;
}

static str
plan_words(struct arena *a, const struct catalogue_plan *plan)
{
	struct buf b = buf_new(a, 1 << 20);

	for (size_t i = 0; i < plan->n; i++) {
		for (size_t k = 0; k < plan->at[i].words.n; k++)
			buf_fmt(&b, "%.*s\n", STR(plan->at[i].words.at[k]));
		for (size_t k = 0; k < plan->at[i].refused.n; k++)
			buf_fmt(&b, "! %.*s\n", STR(plan->at[i].refused.at[k]));
	}
	return buf_str(&b);
}

static str
changed(const char *old, const char *new)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct catalogue after = with(rq, old, new);
	struct catalogue_plan plan = catalogue_change(rq, &after);
	str words = str_copy(&world.hand.start, plan_words(rq->arena, &plan));

	commit(rq);
	return words;
}

/* A scoped credential of the organization with a permission, and an entitlement. */
static void
grant(const struct people *p, const char *name, const char *permission)
{
	sql_run(
	    "INSERT INTO client (public_id, organization_id, environment, kind, client_id, name, "
	    "status, created_at) VALUES (SUBSTR(MD5(RAND()), 1, 10), %d, 'production', 'scoped', "
	    "MD5(RAND()), '%s', 'active', NOW(6))",
	    (int)p->org, name);
	sql_run(
	    "INSERT INTO client_grant (client_id, permission_id, api_id, organization_id) SELECT "
	    "c.id, p.id, p.api_id, %d FROM client c, permission p JOIN api a ON a.id = p.api_id "
	    "WHERE c.name = '%s' AND CONCAT(a.word, ':', p.word) = '%s'",
	    (int)p->org, name, permission);
}

static void
nothing_differs_nothing_is_done(void **state)
{
	struct request *rq = hand_begin(&world.hand, 0);
	struct catalogue now = catalogue_read(rq);
	struct catalogue_plan plan = catalogue_change(rq, &now);
	(void)state;

	assert_int_equal(plan.n, 0);
	assert_false(plan.reorders || plan.refused || db_changed(rq->db));
}

static void
an_api_is_added_changed_and_removed(void **state)
{
	long version = sql_number("SELECT version FROM catalogue");
	(void)state;

	CHECK_STR(
	    changed("\"apis\": [",
		"\"apis\": [ { \"word\": \"weather\", \"name\": \"Weather\", \"level\": "
		"\"organization\", \"choice\": \"one\", \"permissions\": [ { \"word\": \"read\", "
		"\"name\": \"Read\", \"only_reads\": true } ], \"endpoints\": [ { \"method\": "
		"\"GET\", \"path\": \"/weather\", \"needs\": \"key\", \"permission\": \"read\" } ] "
		"},"),
	    "Weather is new, with 1 permissions and 1 endpoints\n");
	CHECK_STR(changed("\"name\": \"Weather\"", "\"name\": \"Sky\""),
	    "name \"Weather\" becomes \"Sky\"\n");
	CHECK_STR(changed("\"path\": \"/weather\", \"needs\": \"key\"",
		      "\"path\": \"/weather\", \"needs\": \"secret\""),
	    "GET /weather needs key and secret, with weather:read, and needed the key alone, with "
	    "weather:read\n");
	assert_int_equal(sql_number("SELECT version FROM catalogue"), version + 3);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND act IN "
		       "('api.create', 'api.edit') AND detail LIKE '%%\"weather\"%%'"),
	    3);
	CHECK_STR(
	    changed(
		"{\n      \"word\": \"weather\",\n      \"name\": \"Sky\",\n      \"level\": "
		"\"organization\",\n      \"choice\": \"one\",\n      \"permissions\": [\n        "
		"{ "
		"\"word\": \"read\", \"name\": \"Read\", \"only_reads\": true }\n      ],\n      "
		"\"endpoints\": [\n        { \"method\": \"GET\", \"path\": \"/weather\", "
		"\"needs\": "
		"\"secret\", \"permission\": \"read\" }\n      ]\n    },\n",
		""),
	    "Sky goes\n");
	assert_int_equal(sql_number("SELECT COUNT(*) FROM api WHERE word = 'weather'"), 0);
}

static void
permissions_come_include_and_go(void **state)
{
	(void)state;
	CHECK_STR(changed("\"name\": \"Read-only\", \"only_reads\": true }\n      ],\n      "
			  "\"endpoints\": [\n        "
			  "{ \"method\": \"GET\", \"path\": \"/profile/v1/status\"",
		      "\"name\": \"Read-only\", \"only_reads\": true }, { \"word\": \"write\", "
		      "\"name\": \"Write\", "
		      "\"only_reads\": false, \"includes\": \"read\" } ], \"endpoints\": [ "
		      "{ \"method\": \"GET\", \"path\": \"/profile/v1/status\""),
	    "permission write is new: Write, changes things, includes read\n");
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM permission_gives g JOIN permission p ON p.id = "
		       "g.permission_id JOIN api a ON a.id = p.api_id WHERE a.word = 'profile'"),
	    3);
	CHECK_STR(
	    changed(",\n        { \"word\": \"write\", \"name\": \"Write\", \"only_reads\": false, "
		    "\"includes\": \"read\" }\n      ],\n      \"endpoints\": [\n        { "
		    "\"method\": \"GET\", "
		    "\"path\": \"/profile/v1/status\"",
		" ], \"endpoints\": [ { \"method\": \"GET\", \"path\": \"/profile/v1/status\""),
	    "permission write goes\n");
}

static void
what_is_held_does_not_vanish(void **state)
{
	struct people p = world_people();
	struct request *rq = begin_as(&p);
	const char *id = str_c(&world.hand.start, p.org_id);
	char expect[400];
	(void)state;

	assert_true(entitlement_give(rq, p.org, S("platform")));
	commit(rq);
	grant(&p, "Held", "platform:admin");
	snprintf(expect, sizeof expect,
	    "level \"account\" becomes \"organization\"\n"
	    "! the level must stay: 1 organization may use the API, and 1 credential has "
	    "permissions of it\n"
	    "!   Northwind Trading (%s): 1 credential\n",
	    id);
	assert_true(str_eq(
	    changed("\"level\": \"account\"", "\"level\": \"organization\""), str_of(expect)));
	snprintf(expect, sizeof expect,
	    "permission admin includes no other\n"
	    "! permission admin must go on to include what it does: 1 credential has it\n"
	    "!   Northwind Trading (%s): 1 credential\n",
	    id);
	assert_true(str_eq(changed(", \"includes\": \"user\"", ""), str_of(expect)));
	snprintf(expect, sizeof expect,
	    "permission admin only reads from now on\n"
	    "! permission admin must go on to say whether it only reads as it does: 1 credential "
	    "has it\n"
	    "!   Northwind Trading (%s): 1 credential\n",
	    id);
	assert_true(str_eq(changed("\"only_reads\": false, \"includes\": \"user\"",
			       "\"only_reads\": true, \"includes\": \"user\""),
	    str_of(expect)));
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM api WHERE word = 'platform' AND level = 'account'"),
	    1);
	/* A deleted credential holds nothing, and endpoints are free. */
	sql_run("UPDATE client SET deleted_at = NOW(6), status = 'deleted' WHERE name = 'Held'");
	CHECK_STR(changed(", \"includes\": \"user\"", ""), "permission admin includes no other\n");
	CHECK_STR(changed("\"name\": \"Admin\", \"only_reads\": false",
		      "\"name\": \"Admin\", \"only_reads\": false, \"includes\": \"user\""),
	    "permission admin includes user\n");
}

static void
an_organization_is_entitled_once(void **state)
{
	struct people p = world_people();
	struct request *rq = begin_as(&p);
	(void)state;

	assert_true(entitlement_give(rq, p.org, S("profile")));
	assert_false(entitlement_give(rq, p.org, S("profile")));
	assert_false(entitlement_give(rq, p.org, S("nothing")));
	assert_int_equal(sql_entitled_apis(rq->db, .org = p.org).n, 1);
	assert_int_equal(sql_entitled_permissions(rq->db, .org = p.org).n, 1);
	assert_int_equal(catalogue_held(rq, S("profile")).organizations, 1);
	assert_true(entitlement_withdraw(rq, p.org, S("profile")));
	assert_false(entitlement_withdraw(rq, p.org, S("profile")));
	assert_int_equal(sql_entitled_permissions(rq->db, .org = p.org).n, 0);
	commit(rq);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND act LIKE "
		       "'entitlement.%%' AND person_id = %d",
		(int)p.org, (int)p.person),
	    2);
}

static long
entry_of(const char *act)
{
	return sql_number("SELECT MAX(id) FROM audit_entry WHERE act = '%s'", act);
}

/* ---- somebody entitles while somebody else changes the level: only one of the two comes to be */

enum { ROUNDS = 12 };

static void
race(struct hand *hand)
{
	const struct people *p = hand->with;
	struct request *rq = hand_begin(hand, 0);
	struct catalogue after;

	if (hand->n == 0) {
		entitlement_give(rq, p->org, S("sso-federation"));
	} else {
		after = catalogue_read(rq);
		for (size_t i = 0; i < after.apis.n; i++)
			if (str_eq(after.apis.at[i].word, S("sso-federation")))
				((struct api *)(uintptr_t)&after.apis.at[i])->level = S("account");
		hand->result = !catalogue_change(rq, &after).refused;
	}
	commit(rq);
}

static void
nobody_is_entitled_to_what_changes_meanwhile(void **state)
{
	struct hand hands[2];
	struct people p = world_people();
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		long entitled, changes = sql_number(
				   "SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 "
				   "AND act = 'api.edit'");

		sql_run("DELETE FROM entitlement WHERE organization_id = %d", (int)p.org);
		sql_run("UPDATE api SET level = 'organization' WHERE word = 'sso-federation'");
		hands_together(hands, 2, race, &p);
		entitled = sql_number(
		    "SELECT COUNT(*) FROM audit_entry e WHERE e.organization_id = %d AND act = "
		    "'entitlement.give'",
		    (int)p.org);
		assert_int_equal(entitled, i + 1);
		changes =
		    sql_number(
			"SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND act = "
			"'api.edit'") -
		    changes;
		assert_int_equal(changes, results(hands, 2, 1));
		/* Where the level changed, it did so before anybody was entitled to it. */
		if (changes)
			assert_true(entry_of("entitlement.give") > entry_of("api.edit"));
	}
	sql_run("DELETE FROM entitlement WHERE organization_id = %d", (int)p.org);
	sql_run("UPDATE api SET level = 'organization' WHERE word = 'sso-federation'");
}

/* The catalogue as it is, without that API. */
static struct catalogue
without(struct request *rq, str word)
{
	struct catalogue now = catalogue_read(rq);
	struct api *at = NEW(rq->arena, struct api, now.apis.n);
	size_t n = 0;

	for (size_t i = 0; i < now.apis.n; i++)
		if (!str_eq(now.apis.at[i].word, word))
			at[n++] = now.apis.at[i];
	return (struct catalogue){ .apis = { at, n } };
}

static void
entitle_or_remove(struct hand *hand)
{
	const struct people *p = hand->with;
	struct request *rq = hand_begin(hand, 0);
	struct catalogue after;

	if (hand->n == 0) {
		hand->result = entitlement_give(rq, p->org, S("fleeting"));
	} else {
		after = without(rq, S("fleeting"));
		hand->result = !catalogue_change(rq, &after).refused;
	}
	commit(rq);
}

/* One of the two is done, and the other one finds that it was; neither is a broken program. */
static void
nobody_is_entitled_to_what_goes_meanwhile(void **state)
{
	struct hand hands[2];
	struct people p = world_people();
	(void)state;

	for (int i = 0; i < ROUNDS; i++) {
		changed("\"apis\": [",
		    "\"apis\": [ { \"word\": \"fleeting\", \"name\": \"Fleeting\", \"level\": "
		    "\"account\", \"choice\": \"one\", \"permissions\": [ { \"word\": \"read\", "
		    "\"name\": \"Read\", \"only_reads\": true } ], \"endpoints\": [] },");
		hands_together(hands, 2, entitle_or_remove, &p);
		assert_int_equal(results(hands, 2, 1), 1);
		assert_int_equal(
		    sql_number(
			"SELECT COUNT(*) FROM entitlement WHERE organization_id = %d", (int)p.org),
		    hands[0].result);
		assert_int_equal(sql_number("SELECT COUNT(*) FROM api WHERE word = 'fleeting'"),
		    hands[0].result);
		sql_run("DELETE FROM entitlement WHERE organization_id = %d", (int)p.org);
		if (hands[0].result) {
			struct request *rq = hand_begin(&world.hand, 0);
			struct catalogue after = without(rq, S("fleeting"));

			assert_false(catalogue_change(rq, &after).refused);
			commit(rq);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_differs_nothing_is_done),
		cmocka_unit_test(an_api_is_added_changed_and_removed),
		cmocka_unit_test(permissions_come_include_and_go),
		cmocka_unit_test(what_is_held_does_not_vanish),
		cmocka_unit_test(an_organization_is_entitled_once),
		cmocka_unit_test(nobody_is_entitled_to_what_changes_meanwhile),
		cmocka_unit_test(nobody_is_entitled_to_what_goes_meanwhile),
	};

	return GROUP(tests);
}
