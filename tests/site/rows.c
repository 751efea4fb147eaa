/* rows.c - a list asks as much of the database for many clients as for one. */
#define _GNU_SOURCE
#include "site/visit.h"

#include "site/key.h"
#include "site/rows.h"

enum { KEYS = 4 }; /* two in each environment */

/* How many statements the rows of the first n clients of the organization take. */
static int64_t
statements_of(const struct people *p, const int64_t *clients, size_t n)
{
	struct request *rq = begin_as(p);
	struct client_page page = { .clients = clients, .n = n };
	int64_t before = db_executed(rq->db);
	struct credential_rows rows = credential_rows_of(rq, &page);

	assert_int_equal(rows.n, n);
	for (size_t i = 0; i < n; i++)
		CHECK_STR(rows.at[i].status, "Not confirmed as stored");
	before = db_executed(rq->db) - before;
	db_rollback(rq->db);
	return before;
}

static void
many_take_as_many_statements_as_one(void **state)
{
	struct people ann = world_people();
	int64_t clients[KEYS];

	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		make_key(&ann, i % 2 ? S("production") : S("integration"));
	for (int i = 0; i < KEYS; i++)
		clients[i] = sql_number(
		    "SELECT MIN(id) + %d FROM client WHERE organization_id = %d", i, (int)ann.org);
	assert_true(statements_of(&ann, clients, 1) > 0);
	assert_int_equal(statements_of(&ann, clients, KEYS), statements_of(&ann, clients, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_take_as_many_statements_as_one),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
