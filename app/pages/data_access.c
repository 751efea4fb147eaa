/* data_access.c - give people access to the Data API.
 *
 *      GET  /data-api/access    who might be given it, by words of their name or address
 *      POST /data-api/access    give it to those who are picked, or the form again
 */
#include "base/utf8.h"
#include "core/account.h"
#include "core/actor.h"
#include "core/data_api.h"
#include "pages/pages.h"
#include "sql.h"

enum { PEOPLE_SHOWN = 50, Q_MAX_CHARS = 100 };

SHAPE(data_candidate, text(id), text(name), text(email), text(role), flag(chosen));
SHAPE(data_access_view, many(user), text(user_error), text(q), list(rows, data_candidate), int(n),
    flag(more), flag(form));
PAGE(data_access, "Give access to the Data API", .menu = MENU_DATA_API);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("user"), .label = STR_INIT("People") },
};

static bool
holds(struct strs ids, str id)
{
	for (size_t i = 0; i < ids.n; i++)
		if (str_eq(ids.at[i], id))
			return true;
	return false;
}

/* q is what was looked for; longer than any name it finds nothing and is not said again. */
static struct reply
form(struct request *rq, int status, struct data_access_view *view, str q)
{
	struct data_candidates_rows found;
	struct data_candidate *rows;

	view->q = str_trim(q);
	if (!utf8_ok(view->q, false) || utf8_length(view->q) > Q_MAX_CHARS)
		view->q = (str){ 0 };
	found = sql_data_candidates(rq->db, .org = rq->org,
	    .pattern = fmt(rq->arena, "%%%.*s", STR(account_pattern(rq->arena, view->q))));
	view->more = found.n > PEOPLE_SHOWN;
	view->n = view->more ? PEOPLE_SHOWN : (int64_t)found.n;
	view->form = view->n > 0 || status == 422;
	rows = NEW(rq->arena, struct data_candidate, found.n);
	for (size_t i = 0; i < found.n; i++)
		rows[i] = (struct data_candidate){ found.at[i].id, found.at[i].name,
			found.at[i].email, role_words(role_of(found.at[i].role)),
			holds(view->user, found.at[i].id) };
	view->rows = (struct data_candidates){ rows, (size_t)view->n };
	return show(rq, status, &data_access_page, view);
}

struct reply
data_access(struct request *rq)
{
	struct data_access_view view = { 0 };

	return form(rq, 200, &view, query_text(rq, S("q")));
}

/* False when one of them is nobody who may be given it. Who has it already has it. */
static bool
grant_all(struct request *rq, struct strs ids)
{
	for (size_t i = 0; i < ids.n; i++)
		if (data_grant(rq, ids.at[i]) == DATA_NOBODY)
			return false;
	return true;
}

struct reply
data_access_save(struct request *rq)
{
	struct data_access_view view = { 0 };
	bool good = form_read(rq, data_access_view, rules, &view);
	str q = form_field(rq, S("q"));
	struct reply reply;

	if (view.user.n == 0 && !rq->unproven)
		view.user_error = S("Pick at least one person.");
	if (view.user.n > PEOPLE_SHOWN)
		view.user_error = S("Pick 50 people at most.");
	if (!good || view.user_error.n)
		return form(rq, 422, &view, q);
	if (grant_all(rq, view.user))
		return see_other(rq, "/data-api?did=data-granted#people");
	view.user_error = S("Somebody of these is not active here any more. Pick again.");
	view.user = (struct strs){ 0 };
	reply = form(rq, 422, &view, q);
	reply.undo = true;
	return reply;
}
