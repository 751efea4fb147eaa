/* account.c - accounts and workspaces: names under a race, archiving, limits, lists of thousands. */
#define _GNU_SOURCE
#include "core/fixture.h"

#include "core/account.h"

enum { MAKERS = 20, MANY = 10000 };

static struct account_made
account_of(const struct people *p, const char *name)
{
	struct request *rq = begin_as(p);
	struct account_made made;

	assert_int_equal(account_create(rq, str_of(name), &made), ACCOUNT_DONE);
	made.id = str_copy(&world.hand.start, made.id);
	commit(rq);
	return made;
}

static struct account_made
workspace_of(const struct people *p, int64_t account, const char *name)
{
	struct request *rq = begin_as(p);
	struct account_made made;

	assert_int_equal(workspace_create(rq, account, str_of(name), &made), ACCOUNT_DONE);
	made.id = str_copy(&world.hand.start, made.id);
	commit(rq);
	return made;
}

/* What an act on that version answers; committed when it is done. */
static enum account_done
done_as(const struct people *p,
    enum account_done (*act)(struct request *, const struct account_which *),
    const struct account_which *which)
{
	struct request *rq = begin_as(p);
	enum account_done answer = act(rq, which);

	if (answer == ACCOUNT_DONE)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

static enum account_done
rename_as(const struct people *p, const struct account_which *which, const char *name)
{
	struct request *rq = begin_as(p);
	enum account_done answer = level_rename(rq, which, str_of(name));

	if (answer == ACCOUNT_DONE)
		commit(rq);
	else
		db_rollback(rq->db);
	return answer;
}

static long
acts(const struct people *p, const char *act)
{
	return sql_number(
	    "SELECT COUNT(*) FROM audit_entry WHERE organization_id = %d AND act = '%s'",
	    (int)p->org, act);
}

/* ---- names */

static void
a_name_is_given_once_side_by_side(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct account_made retail = account_of(&ann, "Retail"), other = account_of(&ann, "Other");
	static const char *const same[] = { "Retail", "RETAIL", "retail", "R\303\251tail" };
	struct account_made made;

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		assert_int_equal(
		    account_create(begin_as(&ann), str_of(same[i]), &made), ACCOUNT_TAKEN);
	account_of(&bob, "Retail");
	workspace_of(&ann, retail.row, "Web shop");
	workspace_of(&ann, other.row, "Web shop");
	assert_int_equal(
	    workspace_create(begin_as(&ann), retail.row, S("web shop"), &made), ACCOUNT_TAKEN);
	assert_int_equal(acts(&ann, "account.create"), 2);
	assert_int_equal(acts(&ann, "workspace.create"), 2);
}

static void
make_one(struct hand *hand)
{
	const struct people *p = hand->with;
	struct request *rq = hand_begin(hand, p->org);
	struct account_made made;

	hand->result = (int)account_create(rq, S("Berlin"), &made);
	if (hand->result == ACCOUNT_DONE)
		commit(rq);
}

static void
of_twenty_that_make_one_name_one_does(void **state)
{
	struct people ann = world_people();
	struct hand hands[MAKERS];

	(void)state;
	hands_together(hands, MAKERS, make_one, &ann);
	assert_int_equal(results(hands, MAKERS, ACCOUNT_DONE), 1);
	assert_int_equal(results(hands, MAKERS, ACCOUNT_TAKEN), MAKERS - 1);
	assert_int_equal(acts(&ann, "account.create"), 1);
	assert_int_equal(
	    sql_number("SELECT accounts FROM organization WHERE id = %d", (int)ann.org), 1);
}

static void
a_rename_says_why_it_is_none(void **state)
{
	struct people ann = world_people(), bob = world_people();
	struct account_made retail = account_of(&ann, "Retail");
	struct account_which which = { LEVEL_ACCOUNT, retail.id, 1 };

	(void)state;
	account_of(&ann, "Wholesale");
	assert_int_equal(rename_as(&ann, &which, "wholesale"), ACCOUNT_TAKEN);
	assert_int_equal(rename_as(&bob, &which, "Mine"), ACCOUNT_NOTHING);
	assert_int_equal(rename_as(&ann, &which, "RETAIL"), ACCOUNT_DONE);
	assert_int_equal(rename_as(&ann, &which, "Shops"), ACCOUNT_MEANWHILE);
	which.version = 2;
	assert_int_equal(rename_as(&ann, &which, "RETAIL"), ACCOUNT_DONE);
	assert_int_equal(acts(&ann, "account.rename"), 2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM audit_entry WHERE detail = "
				    "'{\"name\":[\"Retail\",\"RETAIL\"]}' AND object = '%.*s'",
			     STR(retail.id)),
	    1);
}

/* ---- archiving */

struct archiving {
	struct account_which which;
	int64_t org;
};

static void
archive_one(struct hand *hand)
{
	const struct archiving *archiving = hand->with;
	struct request *rq = hand_begin(hand, archiving->org);

	hand->result = (int)level_archive(rq, &archiving->which);
	if (hand->result == ACCOUNT_DONE)
		commit(rq);
}

static void
what_is_restored_is_what_it_was(void **state)
{
	struct people ann = world_people();
	struct account_made retail = account_of(&ann, "Retail");
	struct account_made shop = workspace_of(&ann, retail.row, "Web shop");
	struct account_made app = workspace_of(&ann, retail.row, "App");
	struct account_which which = { LEVEL_ACCOUNT, retail.id, 1 };

	(void)state;
	assert_int_equal(
	    done_as(&ann, level_archive, &(struct account_which){ LEVEL_WORKSPACE, app.id, 1 }),
	    ACCOUNT_DONE);
	assert_int_equal(done_as(&ann, level_restore, &which), ACCOUNT_MEANWHILE);
	assert_int_equal(done_as(&ann, level_archive, &which), ACCOUNT_DONE);
	assert_int_equal(done_as(&ann, level_archive, &which), ACCOUNT_MEANWHILE);
	which.version = 2;
	assert_int_equal(done_as(&ann, level_archive, &which), ACCOUNT_MEANWHILE);
	assert_int_equal(done_as(&ann, level_restore, &which), ACCOUNT_DONE);
	/* The one that was archived by itself still is; the other never was. */
	assert_int_equal(
	    sql_number("SELECT archived FROM workspace WHERE public_id = '%.*s'", STR(app.id)), 1);
	assert_int_equal(
	    sql_number("SELECT archived FROM workspace WHERE public_id = '%.*s'", STR(shop.id)), 0);
	assert_int_equal(sql_number("SELECT archived FROM account WHERE name = 'Retail' AND "
				    "organization_id = %d",
			     (int)ann.org),
	    0);
	assert_int_equal(acts(&ann, "account.archive"), 1);
	assert_int_equal(acts(&ann, "account.restore"), 1);
	assert_int_equal(acts(&ann, "workspace.archive"), 1);
}

static void
of_two_that_archive_one_does(void **state)
{
	struct people ann = world_people();
	struct account_made retail = account_of(&ann, "Retail");
	struct archiving archiving = { { LEVEL_ACCOUNT, retail.id, 1 }, ann.org };
	struct hand hands[2];

	(void)state;
	hands_together(hands, 2, archive_one, &archiving);
	assert_int_equal(results(hands, 2, ACCOUNT_DONE), 1);
	assert_int_equal(results(hands, 2, ACCOUNT_MEANWHILE), 1);
	assert_int_equal(acts(&ann, "account.archive"), 1);
}

static void
an_archived_name_stays_taken(void **state)
{
	struct people ann = world_people();
	struct account_made retail = account_of(&ann, "Retail"), made;

	(void)state;
	done_as(&ann, level_archive, &(struct account_which){ LEVEL_ACCOUNT, retail.id, 1 });
	assert_int_equal(account_create(begin_as(&ann), S("Retail"), &made), ACCOUNT_TAKEN);
}

/* ---- limits */

static void
there_are_no_more_than_the_limit(void **state)
{
	struct people ann = world_people();
	struct account_made retail = account_of(&ann, "Retail"), made;

	(void)state;
	sql_run("UPDATE organization SET accounts = %d, workspaces = %d WHERE id = %d",
	    ACCOUNTS_MAX - 1, WORKSPACES_MAX, (int)ann.org);
	account_of(&ann, "The last one");
	assert_int_equal(account_create(begin_as(&ann), S("Another"), &made), ACCOUNT_FULL);
	assert_int_equal(
	    workspace_create(begin_as(&ann), retail.row, S("Another"), &made), ACCOUNT_FULL);
}

/* ---- lists */

/* "Workspace 00001" and so on, in one account. */
static struct account_made
many_workspaces(const struct people *p)
{
	struct account_made account = account_of(p, "Chain stores");

	sql_run("INSERT INTO workspace (public_id, organization_id, account_id, name, created_at) "
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
		"SELECT CONCAT(LPAD(%d, 4, '0'), LPAD(a.i * 1000 + b.i, 6, '0')), %d, %d, "
		"CONCAT('Workspace ', LPAD(a.i * 1000 + b.i, 6, '0')), '2026-01-01' "
		"FROM n a JOIN n b WHERE a.i <= %d",
	    (int)account.row % 10000, (int)p->org, (int)account.row, MANY / 1000);
	return account;
}

/* The page of workspaces behind one of them, or the first. */
static struct workspace_list_rows
page_of(struct request *rq, int64_t account, const struct workspace_get_row *last)
{
	return sql_workspace_list(rq->db, .org = rq->org, .account = account, .archived = false,
	    .pattern = S("%"), .from = last ? last->name : (str){ 0 },
	    .last = last ? last->workspace : 0);
}

static size_t
found(struct request *rq, const char *words)
{
	struct account_list_rows rows = sql_account_list(rq->db, .org = rq->org, .archived = false,
	    .pattern = account_pattern(rq->arena, str_of(words)), .from = (str){ 0 }, .last = 0);

	return rows.n;
}

static void
a_list_of_thousands_goes_on_behind_its_last_row(void **state)
{
	struct people ann = world_people();
	struct account_made account = many_workspaces(&ann);
	struct request *rq = begin_as(&ann);
	const struct workspace_get_row *last = NULL;
	struct workspace_list_rows rows;
	int seen = 0;

	(void)state;
	while ((rows = page_of(rq, account.row, last)).n) {
		for (size_t i = 0; i < rows.n; i++) {
			str before = i ? rows.at[i - 1].name : last ? last->name : S("");

			assert_true(str_cmp(rows.at[i].name, before) > 0);
		}
		last = sql_workspace_get(rq->db, .org = ann.org, .id = rows.at[rows.n - 1].id);
		seen += (int)rows.n;
	}
	assert_int_equal(seen, MANY);
	assert_int_equal(sql_workspace_list_count(rq->db, .org = ann.org, .account = account.row,
			     .archived = false, .pattern = S("%"))
			     ->n,
	    ACCOUNT_COUNT_MAX + 1);
}

static void
a_search_finds_what_begins_so(void **state)
{
	struct people ann = world_people();
	struct account_made zurich = account_of(&ann, "Z\303\274rich");
	struct account_made off = account_of(&ann, "100% off_shore\\x");
	struct request *rq;
	struct workspace_pick_rows picked;

	(void)state;
	workspace_of(&ann, zurich.row, "Kiosk");
	workspace_of(&ann, off.row, "Zurich annex");
	rq = begin_as(&ann);
	assert_int_equal(found(rq, "ZUR"), 1);
	assert_int_equal(found(rq, "100% off_shore\\"), 1);
	assert_int_equal(found(rq, "1_"), 0);
	assert_int_equal(found(rq, "%"), 0);
	assert_int_equal(found(rq, ""), 2);
	/* By its own name, and by its account's. */
	picked = sql_workspace_pick(
	    rq->db, .org = ann.org, .pattern = account_pattern(rq->arena, S("zur")));
	assert_int_equal(picked.n, 2);
	CHECK_STR(picked.at[0].name, "Zurich annex");
	CHECK_STR(picked.at[1].name, "Kiosk");
	db_rollback(rq->db);
	done_as(&ann, level_archive, &(struct account_which){ LEVEL_ACCOUNT, off.id, 1 });
	rq = begin_as(&ann);
	assert_int_equal(sql_workspace_pick(rq->db, .org = ann.org, .pattern = S("%")).n, 1);
	assert_int_equal(sql_account_pick(rq->db, .org = ann.org, .pattern = S("%")).n, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_given_once_side_by_side),
		cmocka_unit_test(of_twenty_that_make_one_name_one_does),
		cmocka_unit_test(a_rename_says_why_it_is_none),
		cmocka_unit_test(what_is_restored_is_what_it_was),
		cmocka_unit_test(of_two_that_archive_one_does),
		cmocka_unit_test(an_archived_name_stays_taken),
		cmocka_unit_test(there_are_no_more_than_the_limit),
		cmocka_unit_test(a_list_of_thousands_goes_on_behind_its_last_row),
		cmocka_unit_test(a_search_finds_what_begins_so),
	};

	return GROUP(tests);
}
