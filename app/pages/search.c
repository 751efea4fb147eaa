/* search.c - search over all that one may see.
 *
 *      GET  /search     what begins with the words, of each kind
 *      POST /search     to the one thing that was pasted, to the list of credentials, or to the page above
 *
 * A decision id leads to the page of its refusal. A secret that is pasted is looked up by its id and goes nowhere else: no address, no page, no log. Whether it is a
 * good one is not said: who has only its id finds the same.
 */
#include "base/utf8.h"
#include "core/account.h"
#include "core/actor.h"
#include "core/audit.h"
#include "core/decision.h"
#include "core/pasted.h"
#include "core/secret.h"
#include "core/words.h"
#include "http/url.h"
#include "pages/pages.h"
#include "site/filters.h"
#include "site/key.h"
#include "site/route.h"
#include "site/rows.h"
#include "site/secret_filters.h"
#include "site/session.h"
#include "sql.h"

enum { SHOWN = 10, Q_MAX_CHARS = 100 };

SHAPE(found_here, list(rows, credential_row), int(n), text(count), text(environment), text(value),
    flag(more));
SHAPE(found_row, text(id), text(name), text(about));
SHAPE(found_kind, list(rows, found_row), int(n), flag(more));
SHAPE(search_view, text(q), text(q_sent), list(credentials, found_here), part(accounts, found_kind),
    part(workspaces, found_kind), part(apis, found_kind), part(people, found_kind), flag(nothing));
PAGE(search, "Search", .menu = MENU_NONE);

/* ---- the page */

/* How many clients of the Data API are found that this person does not reach: none, or the one there is. */
static size_t
hidden_in(struct request *rq, const struct client_query *query)
{
	struct client_query data = *query;
	str *terms = NEW(rq->arena, str, query->terms.n + 1);

	if (query->terms.n == 0 || access_may(rq->actor, DATA_API))
		return 0;
	for (size_t i = 0; i < query->terms.n; i++)
		terms[i] = query->terms.at[i];
	terms[query->terms.n] = S("kind=data_api");
	data.terms = (struct strs){ terms, query->terms.n + 1 };
	return client_list(rq, &data).n;
}

static struct credential_rows
without_data(struct request *rq, struct credential_rows all)
{
	struct credential_row *rows = NEW(rq->arena, struct credential_row, all.n);
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		if (!all.at[i].in_data_api)
			rows[n++] = all.at[i];
	return (struct credential_rows){ rows, n };
}

static struct found_here
credentials_in(struct request *rq, struct strs terms, bool integration)
{
	struct client_query query = { .integration = integration, .terms = terms, .rows = SHOWN };
	size_t hidden = hidden_in(rq, &query);
	struct client_page page;
	struct credential_rows rows;
	bool more;

	query.rows += hidden;
	page = client_list(rq, &query);
	rows = credential_rows_of(rq, &page);
	if (!access_may(rq->actor, DATA_API))
		rows = without_data(rq, rows);
	if (!page.more)
		page.count -= (int64_t)hidden;
	more = page.next.n > 0 || rows.n > SHOWN;
	if (rows.n > SHOWN)
		rows.n = SHOWN;
	return (struct found_here){ .rows = rows,
		.n = (int64_t)rows.n,
		.count = credential_count(rq, &page),
		.environment = integration ? S("Integration") : S("Production"),
		.value = integration ? S("integration") : S("production"),
		.more = more };
}

static struct found_kind
ended(struct found_row *rows, size_t n)
{
	return (struct found_kind){ { rows, n > SHOWN ? SHOWN : n }, n > SHOWN ? SHOWN : (int64_t)n,
		n > SHOWN };
}

static struct found_kind
accounts_of(struct request *rq, str pattern)
{
	struct account_pick_rows found =
	    sql_account_pick(rq->db, .org = rq->org, .pattern = pattern);
	struct found_row *rows = NEW(rq->arena, struct found_row, found.n);

	for (size_t i = 0; i < found.n; i++)
		rows[i] = (struct found_row){ .id = found.at[i].id, .name = found.at[i].name };
	return ended(rows, found.n);
}

static struct found_kind
workspaces_of(struct request *rq, str pattern)
{
	struct workspace_pick_rows found =
	    sql_workspace_pick(rq->db, .org = rq->org, .pattern = pattern);
	struct found_row *rows = NEW(rq->arena, struct found_row, found.n);

	for (size_t i = 0; i < found.n; i++)
		rows[i] = (struct found_row){ found.at[i].id, found.at[i].name,
			found.at[i].account_name };
	return ended(rows, found.n);
}

/* What any word of a name begins with, as LIKE has it. */
static str
later_word(struct request *rq, str pattern)
{
	return fmt(rq->arena, "%% %.*s", STR(pattern));
}

static struct found_kind
apis_of(struct request *rq, str pattern)
{
	struct search_apis_rows found = sql_search_apis(
	    rq->db, .org = rq->org, .pattern = pattern, .word = later_word(rq, pattern));
	struct found_row *rows = NEW(rq->arena, struct found_row, found.n);

	for (size_t i = 0; i < found.n; i++)
		rows[i] =
		    (struct found_row){ found.at[i].id, found.at[i].name, found.at[i].description };
	return ended(rows, found.n);
}

static struct found_kind
people_of(struct request *rq, str pattern)
{
	struct search_people_rows found = { 0 };
	struct found_row *rows;

	if (access_may(rq->actor, ADMIN))
		found = sql_search_people(
		    rq->db, .org = rq->org, .pattern = pattern, .word = later_word(rq, pattern));
	rows = NEW(rq->arena, struct found_row, found.n);
	for (size_t i = 0; i < found.n; i++)
		rows[i] = (struct found_row){ found.at[i].email, found.at[i].name,
			role_words(role_of(found.at[i].role)) };
	return ended(rows, found.n);
}

static void
find(struct request *rq, struct search_view *view)
{
	struct strs terms = client_search_terms(rq->arena, view->q);
	struct found_here *both = NEW(rq->arena, struct found_here, 2);
	str pattern = account_pattern(rq->arena, view->q);
	str folded = account_pattern(rq->arena, words_fold(rq->arena, view->q));
	size_t n = 0;

	for (int integration = 0; integration < 2; integration++) {
		both[n] = credentials_in(rq, terms, integration);
		n += both[n].n > 0;
	}
	view->q_sent = url_encode(rq->arena, view->q);
	view->credentials = (struct found_heres){ both, n };
	view->accounts = accounts_of(rq, pattern);
	view->workspaces = workspaces_of(rq, pattern);
	view->apis = apis_of(rq, folded);
	view->people = people_of(rq, folded);
	view->nothing = !(n + view->accounts.rows.n + view->workspaces.rows.n + view->apis.rows.n +
			  view->people.rows.n);
}

struct reply
search(struct request *rq)
{
	struct search_view view = { .q = str_trim(query_text(rq, S("q"))) };

	if (utf8_length(view.q) > Q_MAX_CHARS)
		view.q = (str){ 0 };
	if (view.q.n)
		find(rq, &view);
	return show(rq, 200, &search_page, &view);
}

/* ---- what was typed, or pasted */

/* The page of the Data API shows the key of one environment, which is then that of the key that was found. */
static struct reply
to_client(struct request *rq, const struct search_client_row *client)
{
	if (str_eq(client->kind, S("data_api"))) {
		session_show(rq, client->environment);
		return see_other(rq, "/data-api");
	}
	return see_other(rq, "/%s/%.*s", key_additional(client->kind) ? "secrets" : "credentials",
	    STR(client->id));
}

/* The client that a whole word names, unless it is the Data API's and this person does not reach that. */
static const struct search_client_row *
client_named(struct request *rq, str word)
{
	const struct search_client_row *client =
	    sql_search_client(rq->db, .org = rq->org, .word = word);

	if (client && str_eq(client->kind, S("data_api")) && !access_may(rq->actor, DATA_API))
		return NULL;
	return client;
}

/* By its id alone, which is no secret. That the whole of it was here is in the log of its organization. */
static struct reply
secret_pasted(struct request *rq, str q)
{
	const struct search_client_row *client;
	struct secret_parts parts;
	struct pasted pasted;

	if (!pasted_find(q, &pasted))
		return see_other(rq, "/search?did=secret-unknown");
	client = client_named(rq, pasted.sid);
	if (!client)
		return see_other(rq, "/search?did=secret-unknown");
	if (secret_read(rq->desk->keyring, pasted.secret, &parts) == SECRET_GOOD)
		audit(rq, S("secret.search"), pasted.sid, (str){ 0 });
	return to_client(rq, client);
}

/* A whole id leads to what it is of, if that is of this organization. */
static bool
named(struct request *rq, str word, struct reply *reply)
{
	const struct search_client_row *client = client_named(rq, word);
	const struct search_level_row *level =
	    sql_search_level(rq->db, .org = rq->org, .word = word);

	if (client)
		*reply = to_client(rq, client);
	else if (level)
		*reply = see_other(
		    rq, level->workspace ? "/workspaces/%.*s" : "/accounts/%.*s", STR(level->id));
	return client || level;
}

struct reply
search_save(struct request *rq)
{
	str q = str_trim(form_field(rq, S("q")));
	struct reply reply;

	if (!utf8_ok(q, false))
		q = (str){ 0 };
	if (decision_like(q)) /* before it is taken for a token */
		return see_other(rq, "/decisions/%.*s", STR(q));
	if (pasted_secret(q))
		return secret_pasted(rq, q);
	if ((q.n == PUBLIC_ID_CHARS || client_id_ok(q)) && named(rq, q, &reply))
		return reply;
	if (str_eq(form_field(rq, S("in")), S("credentials")))
		return see_other(rq, "/credentials?%.*s#scoped", STR(filters_posted(rq, q)));
	if (str_eq(form_field(rq, S("in")), S("secrets")))
		return see_other(rq, "/secrets?%.*s", STR(secret_filters_posted(rq, q)));
	return see_other(
	    rq, "/search?q=%.*s", STR(url_encode(rq->arena, words_first(q, Q_MAX_CHARS))));
}
