/* organizations.c - all organizations of the installation: the operator's.
 *
 *      GET /organizations    by name, 50 at a time, and what they have asked for
 */
#include "base/utf8.h"
#include "http/url.h"
#include "pages/pages.h"
#include "site/organization.h"
#include "sql.h"

enum { SHOWN = 50, WITHOUT_SHOWN = 20, NAME_MAX_CHARS = 100 };

SHAPE(organizations_row, text(id), text(name), flag(closed), part(made, moment), int(admins),
    int(apis), int(keys));
/* more: there are more that have no active admin than are named. */
SHAPE(organizations_without, text(id), text(name));
SHAPE(organizations_view, list(rows, organizations_row), int(rows_n), text(q), text(q_encoded),
    text(next), flag(later), list(wishes, wish_row), int(wishes_n),
    list(without, organizations_without), int(without_n), flag(without_more));
PAGE(organizations, "Organizations", .menu = MENU_ORGANIZATIONS);

/* What LIKE would understand is taken by the letter. */
static str
literally(struct arena *a, str q)
{
	struct buf b = buf_new(a, 2 * q.n + 1);

	for (size_t i = 0; i < q.n; i++) {
		if (q.at[i] == '%' || q.at[i] == '_' || q.at[i] == '\\')
			buf_add_char(&b, '\\');
		buf_add_char(&b, q.at[i]);
	}
	return buf_str(&b);
}

static struct organizations_page_rows
page_of(struct request *rq, str q)
{
	const struct organizations_after_row *after =
	    sql_organizations_after(rq->db, .id = query_text(rq, S("after")));

	return sql_organizations_page(rq->db, .q = literally(rq->arena, q),
	    .after_name = after ? after->name_lower : (str){ 0 }, .after = after ? after->org : 0,
	    .count = SHOWN + 1);
}

static void
fill_without(struct request *rq, struct organizations_view *view)
{
	struct organizations_without_rows found =
	    sql_organizations_without(rq->db, .count = WITHOUT_SHOWN + 1);
	struct organizations_without *at = NEW(rq->arena, struct organizations_without, found.n);

	view->without_more = found.n > WITHOUT_SHOWN;
	view->without_n = view->without_more ? WITHOUT_SHOWN : (int64_t)found.n;
	for (int64_t i = 0; i < view->without_n; i++)
		at[i] = (struct organizations_without){ found.at[i].id, found.at[i].name };
	view->without = (struct organizations_withouts){ at, (size_t)view->without_n };
}

struct reply
organizations(struct request *rq)
{
	str q = str_trim(query_text(rq, S("q")));
	struct organizations_view view = { 0 };
	struct organizations_page_rows found;
	struct organizations_row *rows = NEW(rq->arena, struct organizations_row, SHOWN);

	if (utf8_length(q) > NAME_MAX_CHARS)
		q = (str){ 0 };
	found = page_of(rq, q);
	view.later = query_text(rq, S("after")).n > 0;
	view.rows_n = found.n > SHOWN ? SHOWN : (int64_t)found.n;
	for (int64_t i = 0; i < view.rows_n; i++)
		rows[i] = (struct organizations_row){ .id = found.at[i].id,
			.name = found.at[i].name,
			.closed = str_eq(found.at[i].status, S("closed")),
			.made = moment_of(rq, found.at[i].created_at),
			.admins = found.at[i].admins,
			.apis = found.at[i].apis,
			.keys = found.at[i].account_keys };
	if (found.n > SHOWN)
		view.next = rows[SHOWN - 1].id;
	view.rows = (struct organizations_rows){ rows, (size_t)view.rows_n };
	view.q = q;
	view.q_encoded = url_encode(rq->arena, q);
	view.wishes = wishes_waiting(rq, 0);
	view.wishes_n = (int64_t)view.wishes.n;
	if (!q.n && !view.later)
		fill_without(rq, &view);
	return show(rq, 200, &organizations_page, &view);
}
