/* client_index.c - the terms of a client: what it is found by, and that a change writes only what differs. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/client_index.h"

/* A client's row number, by its short id. */
static int64_t
row_of(const struct client_made *made)
{
	return sql_number("SELECT id FROM client WHERE public_id = '%.*s'", STR(made->id));
}

static long
terms_of(int64_t client)
{
	return sql_number(
	    "SELECT COUNT(*) FROM client_term WHERE client_id = %lld", (long long)client);
}

/* How many rows it has under that term, in its organization and environment, in its place in both orders. */
static long
found(int64_t client, const char *term)
{
	return sql_number("SELECT COUNT(*) FROM client_term t JOIN client c ON c.id = t.client_id "
			  "WHERE t.term = '%s' AND c.id = %lld AND t.organization_id = "
			  "c.organization_id AND t.integration = (c.environment = 'integration') "
			  "AND t.created_at = c.created_at AND t.name_key = LOWER(c.name)",
	    term, (long long)client);
}

static void
index_again(int64_t client)
{
	struct request *rq = hand_begin(&world.hand, 0);

	client_index(rq, client);
	db_commit(rq->db);
}

/* Each row of the table is one that client_indexed names, and the other way round. */
static void
check_whole(int64_t client)
{
	long n = sql_number("SELECT IF(terms = '', 0, LENGTH(terms) - LENGTH(REPLACE(terms, ' ', "
			    "'')) + 1) FROM client_indexed WHERE client_id = %lld",
	    (long long)client);

	assert_int_equal(n, terms_of(client));
	assert_int_equal(sql_number("SELECT COUNT(*) FROM client_term t JOIN client_indexed i ON "
				    "i.client_id = t.client_id WHERE t.client_id = %lld AND "
				    "FIND_IN_SET(t.term, REPLACE(i.terms, ' ', ',')) > 0 AND "
				    "t.name_key = i.name_key AND t.created_at = i.created_at",
			     (long long)client),
	    n);
	assert_int_equal(
	    sql_number("SELECT indexed FROM client WHERE id = %lld", (long long)client),
	    INDEX_FORMAT);
}

static void
a_client_is_found_by_what_it_says(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	int64_t client = row_of(&made);
	char random[20];

	(void)state;
	sql_run("UPDATE client SET name = 'Nightly Batch', tags = 'billing EU', description = "
		"'Moves invoices; a lot of them', owner_id = %d WHERE id = %lld",
	    (int)ann.user, (long long)client);
	index_again(client);
	check_whole(client);
	for (const char *const *term =
		 (const char *const[]){ "n", "nightl", "nightly", "batch", "b", "billing", "bill",
		     "eu", "moves", "invoi", "kind=account", "status=active", NULL };
	     *term; term++)
		assert_int_equal(found(client, *term), 1);
	for (const char *const *term = (const char *const[]){ "ightly", "nightlys", "Nightly",
		 "status=deactivated", "nightly batch", "owner", "", "kdc", "live", NULL };
	     *term; term++)
		assert_int_equal(found(client, *term), 0);
	snprintf(random, sizeof random, "owner=%d", (int)ann.user);
	assert_int_equal(found(client, random), 1);
	snprintf(random, sizeof random, "%.*s", 16, made.client_id.at + 9);
	for (char *c = random; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	assert_int_equal(found(client, random), 1);
	random[INDEX_ID_MOST + 1] = '\0';
	assert_int_equal(found(client, random), 0);
	random[INDEX_ID_MOST] = '\0';
	assert_int_equal(found(client, random), 1);
	random[INDEX_ID_LEAST] = '\0';
	assert_int_equal(found(client, random), 1);
}

/* By its words and its owner, and not by a client ID: that of its key finds the key. */
static void
an_additional_secret_is_found_by_its_words(void **state)
{
	struct people ann = world_people();
	struct client_made key = make_key(&ann, S("production")),
			   made = make_key(&ann, S("production"));
	int64_t client = row_of(&made);
	char term[20];

	(void)state;
	sql_run("UPDATE client SET kind = 'additional', client_id = public_id, parent_id = %lld, "
		"owner_id = %d, name = 'Laptop', description = 'of the till' WHERE id = %lld",
	    (long long)row_of(&key), (int)ann.user, (long long)client);
	index_again(client);
	check_whole(client);
	assert_int_equal(found(client, "laptop"), 1);
	assert_int_equal(found(client, "till"), 1);
	assert_int_equal(found(client, "kind=additional"), 1);
	snprintf(term, sizeof term, "owner=%d", (int)ann.user);
	assert_int_equal(found(client, term), 1);
	snprintf(term, sizeof term, "%.*s", STR(str_lower(&world.hand.start, made.id)));
	assert_int_equal(found(client, term), 1);
	/* And by nothing else: 14 beginnings of words, its kind, status, owner and short id. */
	assert_int_equal(terms_of(client), 14 + 4);
}

/* The APIs of its grants, each once, and none once they are taken away. */
static void
a_client_is_found_by_its_apis(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	int64_t client = row_of(&made);

	(void)state;
	scratch_run(
	    "INSERT INTO api (id, public_id, word, name, level, choice, position, created_at) "
	    "VALUES (907, 'Index00907', 'index907', 'Index', 'organization', 'many', 1, "
	    "'2026-01-01')");
	scratch_run("INSERT INTO permission (id, api_id, word, name, only_reads, position) VALUES "
		    "(9071, 907, 'read', 'Read', 1, 1), (9072, 907, 'write', 'Write', 0, 2)");
	sql_run(
	    "INSERT INTO client_grant (client_id, permission_id, api_id, organization_id) SELECT "
	    "%lld, id, api_id, %d FROM permission WHERE api_id = 907",
	    (long long)client, (int)ann.org);
	index_again(client);
	assert_int_equal(found(client, "api=907"), 1);
	sql_run("DELETE FROM client_grant WHERE client_id = %lld", (long long)client);
	index_again(client);
	assert_int_equal(found(client, "api=907"), 0);
	check_whole(client);
}

static void
making_and_deleting_keep_it(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("integration"));
	int64_t client = row_of(&made);
	struct request *rq;

	(void)state;
	assert_int_equal(found(client, "website"), 1);
	check_whole(client);
	rq = begin_as(&ann);
	assert_true(client_delete(rq, made.id));
	commit(rq);
	assert_int_equal(terms_of(client), 0);
	check_whole(client);
}

/* What stays the same is not written: its row keeps what only this test has put there. */
static void
only_what_differs_is_written(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	int64_t client = row_of(&made);

	(void)state;
	sql_run("UPDATE client_term SET name_key = 'untouched' WHERE client_id = %lld",
	    (long long)client);
	sql_run("UPDATE client SET status = 'deactivated' WHERE id = %lld", (long long)client);
	index_again(client);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM client_term WHERE client_id = %lld AND "
				    "name_key <> 'untouched'",
			     (long long)client),
	    1);
	assert_int_equal(found(client, "status=deactivated"), 1);
	assert_int_equal(found(client, "status=active"), 0);
}

/* A name or a time moves every row, and leaves none behind. */
static void
a_new_place_moves_all(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	int64_t client = row_of(&made);

	(void)state;
	sql_run("UPDATE client SET name = 'ÄRGER im Web' WHERE id = %lld", (long long)client);
	index_again(client);
	check_whole(client);
	assert_int_equal(found(client, "web"), 1);
	assert_int_equal(found(client, "webs"), 0);
	sql_run("UPDATE client SET created_at = created_at - INTERVAL 63 DAY WHERE id = %lld",
	    (long long)client);
	index_again(client);
	check_whole(client);
	assert_int_equal(found(client, "ärger"), 1);
}

static void
no_text_makes_it_endless(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	int64_t client = row_of(&made);

	(void)state;
	sql_run(
	    "UPDATE client SET name = 'Kept', tags = LEFT(REPEAT('ab1 cd2 ', 60), 300), "
	    "description = (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
	    "i < 62) SELECT GROUP_CONCAT(LEFT(MD5(i), 7) SEPARATOR ' ') FROM n) WHERE id = %lld",
	    (long long)client);
	index_again(client);
	check_whole(client);
	assert_in_range(terms_of(client), 300, 500);
	assert_int_equal(found(client, "kept"), 1);
	sql_run(
	    "UPDATE client SET name = REPEAT('東', 100), tags = REPEAT('x', 300), description = "
	    "REPEAT('=', 500) WHERE id = %lld",
	    (long long)client);
	index_again(client);
	check_whole(client);
	assert_int_equal(found(client, "東東東東東東東東東東東東東東東東"), 1);
}

/* What came into the table by hand, or has changed by hand; and with nothing to do, nothing is read. */
static void
the_housekeeper_finds_what_is_missing(void **state)
{
	struct people ann = world_people();
	struct client_made made = make_key(&ann, S("production"));
	struct request *rq;

	(void)state;
	sql_run(
	    "INSERT INTO client (public_id, organization_id, environment, kind, client_id, name, "
	    "status, created_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 620) SELECT CONCAT('imp', LPAD(i, 7, '0')), %d, 'production', 'scoped', "
	    "CONCAT('kdc_live_imp', LPAD(i, 13, '0')), CONCAT('Imported ', i), 'active', "
	    "'2026-01-01' FROM n",
	    (int)ann.org);
	sql_run("UPDATE client SET indexed = 0, name = 'By hand' WHERE public_id = '%.*s'",
	    STR(made.id));
	for (int i = 0; i < 2; i++) {
		rq = hand_ask(&world.hand, 0);
		client_index_due(&world.hand.desk, rq->arena);
	}
	assert_int_equal(sql_number("SELECT COUNT(*) FROM client_term WHERE organization_id = %d "
				    "AND term = 'imported'",
			     (int)ann.org),
	    620);
	assert_int_equal(scratch_number("SELECT COUNT(*) FROM client WHERE indexed = 0"), 0);
	assert_int_equal(found(row_of(&made), "hand"), 1);
}

static void
index_nothing(void *rq)
{
	client_index(rq, 999999999);
}

static void
one_that_is_not_there_is_a_fault(void **state)
{
	struct request *rq = hand_begin(&world.hand, 0);

	(void)state;
	CHECK_FAULT(rq->arena, index_nothing, rq, "there is no client");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_is_found_by_what_it_says),
		cmocka_unit_test(an_additional_secret_is_found_by_its_words),
		cmocka_unit_test(a_client_is_found_by_its_apis),
		cmocka_unit_test(making_and_deleting_keep_it),
		cmocka_unit_test(only_what_differs_is_written),
		cmocka_unit_test(a_new_place_moves_all),
		cmocka_unit_test(no_text_makes_it_endless),
		cmocka_unit_test(the_housekeeper_finds_what_is_missing),
		cmocka_unit_test(one_that_is_not_there_is_a_fault),
	};

	return GROUP(tests);
}
