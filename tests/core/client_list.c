/* client_list.c - lists of clients: each filter and both orders against a model, and what they cost. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/client_index.h"
#include "core/client_list.h"
#include "core/words.h"

enum { CLIENTS = 400, QUERIES = 150, WORDS = 10 };

static const char *const words[WORDS] = { "Nightly", "batch", "Night", "web", "Ärger", "ärzte",
	"billing-eu", "b2", "東京", "Website" };

/* What is known of a client, and what a query asks, beside each other. */
struct known {
	int64_t client, created_at, owner, api;
	bool integration, scoped, active;
	str id, name, name_key;
	struct strs words;
};

struct wish {
	struct client_query query;
	str word[2];
	int64_t owner, api;
	bool scoped, active, deactivated;
};

static uint32_t seed = 20261121;

static uint32_t
any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void
fill(int64_t org)
{
	for (int i = 0; i < CLIENTS; i++) {
		sql_run(
		    "INSERT INTO client (public_id, organization_id, environment, kind, client_id, "
		    "name, tags, description, status, owner_id, created_at) VALUES "
		    "(CONCAT('L', LPAD(%d, 9, '0')), %d, '%s', '%s', CONCAT('kdc_live_', "
		    "LPAD(%d, 16, '0')), '%s %s', '%s', '%s', '%s', NULLIF(%u, 0), '2026-01-01' + "
		    "INTERVAL %u "
		    "DAY)",
		    (int)org * 1000 + i, (int)org, any(4) ? "production" : "integration",
		    any(4) ? "scoped" : "account", (int)org * 1000 + i, words[any(WORDS)],
		    words[any(WORDS)], any(2) ? words[any(WORDS)] : "", any(3) ? "" : "Moves a lot",
		    any(3) ? "active" : "deactivated", any(4) ? 1 + any(3) : 0, any(60));
		if (any(3))
			sql_run(
			    "INSERT INTO client_grant (client_id, permission_id, api_id, "
			    "organization_id) SELECT c.id, p.id, p.api_id, %d FROM client c JOIN "
			    "permission p ON p.id = %u WHERE c.public_id = CONCAT('L', LPAD(%d, 9, "
			    "'0'))",
			    (int)org, 9101 + any(3), (int)org * 1000 + i);
	}
}

static void
index_all(void)
{
	struct request *rq;

	do {
		rq = hand_ask(&world.hand, 0);
		client_index_due(&world.hand.desk, rq->arena);
	} while (scratch_number("SELECT COUNT(*) FROM client WHERE indexed = 0"));
}

/* The model is read from the rows, once, into the start arena. */
static struct known *
learn(int64_t org)
{
	struct arena *start = &world.hand.start;
	struct known *all = NEW(start, struct known, CLIENTS);
	int64_t first =
	    sql_number("SELECT MIN(id) FROM client WHERE organization_id = %d", (int)org);

	for (int i = 0; i < CLIENTS; i++) {
		struct request *rq = hand_begin(&world.hand, org);
		const struct client_facts_row *facts =
		    sql_client_facts(rq->db, .client = first + i);
		struct client_facts_apis_rows apis =
		    sql_client_facts_apis(rq->db, .client = first + i);
		str text = fmt(start, "%.*s %.*s %.*s", STR(facts->name), STR(facts->tags),
		    STR(facts->description));

		assert_int_equal(facts->org, org);
		all[i] = (struct known){ .client = first + i,
			.created_at = facts->created_at,
			.owner = facts->owner,
			.api = apis.n ? apis.at[0].api : 0,
			.integration = facts->integration,
			.scoped = str_eq(facts->kind, S("scoped")),
			.active = str_eq(facts->status, S("active")),
			.id = str_copy(start, facts->public_id),
			.name_key = words_fold(start, facts->name),
			.words = words_of(start, text) };
	}
	return all;
}

static struct wish
any_wish(struct arena *a, int64_t org_created)
{
	struct wish wish = { .query = { .integration = any(4) == 0,
				 .order = any(2) ? BY_NAME : BY_CREATED,
				 .rows = 3 + any(12),
				 .look = any(3) ? 0 : 20 + any(60) },
		.scoped = any(3) != 0 };
	str *terms = NEW(a, str, 8);
	size_t n = 0;

	for (size_t i = 0; i < any(3); i++) {
		str word = words_of(a, str_of(words[any(WORDS)])).at[0];

		wish.word[i] = words_first(word, 1 + any(8));
		terms[n++] = wish.word[i];
	}
	if (any(4) == 0)
		terms[n++] = fmt(a, "owner=%d", (int)(wish.owner = 1 + any(4)));
	if (any(4) == 0)
		terms[n++] = fmt(a, "api=%d", (int)(wish.api = 911 + any(3)));
	if (any(4) == 0) {
		wish.active = any(2);
		wish.deactivated = !wish.active;
		terms[n++] = wish.active ? S("status=active") : S("status=deactivated");
	}
	if (wish.scoped || n == 0) {
		wish.scoped = true;
		terms[n++] = S("kind=scoped");
	}
	if (any(3) == 0)
		wish.query.made_from = org_created + any(60) * DAY;
	if (any(3) == 0)
		wish.query.made_until = org_created + any(60) * DAY;
	wish.query.terms = (struct strs){ terms, n };
	return wish;
}

static bool
begins(const struct known *k, str word)
{
	bool one = word.n == 0;

	for (size_t i = 0; i < k->words.n; i++)
		one = one || str_starts(k->words.at[i], word);
	return one;
}

static bool
is_wanted(const struct known *k, const struct wish *wish)
{
	const struct client_query *q = &wish->query;

	return k->integration == q->integration && (!wish->scoped || k->scoped) &&
	       (!wish->owner || k->owner == wish->owner) && (!wish->api || k->api == wish->api) &&
	       (!wish->active || k->active) && (!wish->deactivated || !k->active) &&
	       (!q->made_from || k->created_at >= q->made_from) &&
	       (!q->made_until || k->created_at < q->made_until) && begins(k, wish->word[0]) &&
	       begins(k, wish->word[1]);
}

static int
newest_first(const void *a, const void *b)
{
	const struct known *one = *(const struct known *const *)a,
			   *two = *(const struct known *const *)b;

	if (one->created_at != two->created_at)
		return one->created_at > two->created_at ? -1 : 1;
	return one->client > two->client ? -1 : 1;
}

static int
by_name(const void *a, const void *b)
{
	const struct known *one = *(const struct known *const *)a,
			   *two = *(const struct known *const *)b;
	int order = str_cmp(one->name_key, two->name_key);

	return order ? order : one->client < two->client ? -1 : 1;
}

static size_t
model(const struct known *all, const struct wish *wish, const struct known **found)
{
	size_t n = 0;

	for (size_t i = 0; i < CLIENTS; i++)
		if (is_wanted(&all[i], wish))
			found[n++] = &all[i];
	qsort(found, n, sizeof(const struct known *),
	    wish->query.order == BY_NAME ? by_name : newest_first);
	return n;
}

struct expected {
	const struct known *const *at;
	size_t n;
};

static struct client_page
page_at(struct request *rq, const struct wish *wish, str from, bool backwards)
{
	struct client_query query = wish->query;

	query.from = from;
	query.backwards = backwards;
	return client_list(rq, &query);
}

/* From the first page to the last: each client in its place. Gives the last page that has any. */
static struct client_page
check_forwards(struct request *rq, const struct wish *wish, const struct expected *all)
{
	struct client_page page = page_at(rq, wish, (str){ 0 }, false), last = page;
	size_t at = 0;

	assert_int_equal(page.previous.n, 0);
	assert_int_equal(page.count, all->n);
	assert_false(page.more);
	for (;;) {
		for (size_t i = 0; i < page.n; i++, at++) {
			assert_true(at < all->n);
			assert_int_equal(page.clients[i], all->at[at]->client);
		}
		assert_true(page.n == wish->query.rows || page.stopped || page.next.n == 0);
		if (page.n)
			last = page;
		if (page.next.n == 0)
			break;
		page = page_at(rq, wish, page.next, false);
	}
	assert_int_equal(at, all->n);
	return last;
}

/* And from that one back to the first. */
static void
check_backwards(struct request *rq, const struct wish *wish, const struct expected *all)
{
	struct client_page page = check_forwards(rq, wish, all);
	size_t n = all->n;

	for (;;) {
		for (size_t i = page.n; i-- > 0;) {
			assert_true(n > 0);
			assert_int_equal(page.clients[i], all->at[--n]->client);
		}
		if (page.previous.n == 0)
			break;
		page = page_at(rq, wish, page.previous, true);
		if (page.previous.n == 0 && n == 0)
			return;
	}
	assert_int_equal(n, 0);
}

static void
an_api_for_each(void)
{
	for (int i = 1; i <= 3; i++) {
		sql_run("INSERT INTO api (id, public_id, word, name, level, choice, position, "
			"created_at) VALUES (91%d, 'ListApi00%d', 'list%d', 'L', 'organization', "
			"'many', 1, '2026-01-01')",
		    i, i, i);
		sql_run(
		    "INSERT INTO permission (id, api_id, word, name, only_reads, position) VALUES "
		    "(910%d, 91%d, 'read', 'Read', 1, 1)",
		    i, i);
	}
}

/* Random clients of two organizations, random questions, every page, forwards and backwards. */
static void
each_question_is_answered_as_by_a_model(void **state)
{
	struct people ann = world_people(), bob = world_people();
	const struct known **found = NEW(&world.hand.start, const struct known *, CLIENTS);
	struct known *all;
	int64_t created;
	size_t empty = 0, full = 0;

	(void)state;
	an_api_for_each();
	fill(ann.org);
	fill(bob.org);
	index_all();
	all = learn(ann.org);
	created =
	    scratch_number("SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', '2026-01-01')") * SECOND;
	for (int i = 0; i < QUERIES; i++) {
		struct request *rq = hand_begin(&world.hand, ann.org);
		struct wish wish = any_wish(rq->arena, created);
		size_t n = model(all, &wish, found);

		check_backwards(rq, &wish, &(struct expected){ found, n });
		empty += n == 0;
		full += n > wish.query.rows;
	}
	assert_in_range(empty, 1, QUERIES / 2);
	assert_in_range(full, QUERIES / 4, QUERIES);
}

/* From a client that is of nobody here, unknown or of another organization, a list begins at its beginning; from one
 * that has been deleted meanwhile it goes on where that was. */
static void
a_list_goes_on_from_what_is_ours(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct client_made ours[2] = { make_key(&ann, S("production")),
		make_key(&ann, S("production")) };
	struct client_made theirs = make_key(&bob, S("production"));
	str term = S("kind=account");
	struct wish wish = { .query = { .terms = { &term, 1 } } };
	struct request *rq = begin_as(&ann);

	(void)state;
	assert_int_equal(page_at(rq, &wish, (str){ 0 }, false).n, 2);
	assert_int_equal(page_at(rq, &wish, theirs.id, false).n, 2);
	assert_int_equal(page_at(rq, &wish, S("0000000000"), true).n, 2);
	assert_int_equal(page_at(rq, &wish, ours[1].id, false).n, 1);
	assert_true(client_delete(rq, ours[1].id));
	assert_int_equal(page_at(rq, &wish, ours[1].id, false).n, 1);
	assert_int_equal(page_at(rq, &wish, (str){ 0 }, false).n, 1);
	db_rollback(rq->db);
}

/* Counting ends at a thousand, and a walk that finds nothing at its limit, saying where to go on. */
static void
no_question_looks_at_all(void **state)
{
	struct people ann = world_people();
	str terms[] = { S("many"), S("rare") };
	struct client_query one = { .terms = { terms, 1 } }, both = { .terms = { terms, 2 } };
	struct client_page page;
	struct request *rq;

	(void)state;
	sql_run(
	    "INSERT INTO client (public_id, organization_id, environment, kind, client_id, name, "
	    "tags, status, created_at) WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 "
	    "FROM n "
	    "WHERE i < 59) SELECT CONCAT('M', LPAD(a.i * 60 + b.i, 9, '0')), %d, 'production', "
	    "'scoped', CONCAT('kdc_live_M', LPAD(a.i * 60 + b.i, 15, '0')), 'Many', IF(a.i < 20, "
	    "'rare', ''), 'active', '2026-01-01' FROM n a JOIN n b ORDER BY a.i, b.i",
	    (int)ann.org);
	index_all();
	rq = begin_as(&ann);
	page = client_list(rq, &one);
	assert_true(page.more && page.count == CLIENT_COUNT_MAX && !page.stopped);
	assert_int_equal(page.n, CLIENT_LIST_ROWS);
	page = client_list(rq, &both);
	assert_true(page.stopped && page.n == 0 && page.more);
	assert_int_equal(page.count, 0);
	both.from = page.next;
	page = client_list(rq, &both);
	assert_int_equal(page.n, CLIENT_LIST_ROWS);
	assert_true(page.previous.n && page.next.n);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_question_is_answered_as_by_a_model),
		cmocka_unit_test(a_list_goes_on_from_what_is_ours),
		cmocka_unit_test(no_question_looks_at_all),
	};

	return GROUP(tests);
}
