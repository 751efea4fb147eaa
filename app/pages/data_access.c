/* data_access.c - give people access to the Data API.
 *
 *      GET  /data-api/access         who might be given it, by words of their name or address
 *      POST /data-api/access         give it to those who are picked, or the form again
 *      POST /data-api/access/find    the form, with who was looked for beside those who are picked
 */
#include "base/utf8.h"
#include "core/account.h"
#include "core/actor.h"
#include "core/data_api.h"
#include "pages/pages.h"
#include "site/choice.h"
#include "sql.h"

enum { PEOPLE_SHOWN = 50, Q_MAX_CHARS = 100 };

SHAPE(data_candidate, text(id), text(name), text(email), text(role), flag(chosen));
SHAPE(data_access_view, many(user), part(people, input), text(q), list(rows, data_candidate),
    int(n), flag(more), flag(form), flag(far));
PAGE(data_access, "Give access to the Data API", .menu = MENU_DATA_API);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("user") },
	{ .name = STR_INIT("people"), .label = STR_INIT("People") },
};

static bool
holds(struct strs ids, str id)
{
	for (size_t i = 0; i < ids.n; i++)
		if (str_eq(ids.at[i], id))
			return true;
	return false;
}

static struct data_candidate
candidate(const struct data_candidates_row *row, bool chosen)
{
	return (struct data_candidate){ row->id, row->name, row->email,
		role_words(role_of(row->role)), chosen };
}

static bool
may_be_given(const struct data_person_get_row *person)
{
	return person && !person->granted_at && str_eq(person->status, S("active")) &&
	       role_of(person->role) != ROLE_ADMIN;
}

static struct data_candidate
pick(const struct data_person_get_row *person)
{
	return (struct data_candidate){ person->id, person->name, person->email,
		role_words(role_of(person->role)), true };
}

static bool
is_found(const struct data_candidates_rows *found, str id)
{
	for (size_t i = 0; i < found->n && i < PEOPLE_SHOWN; i++)
		if (str_eq(found->at[i].id, id))
			return true;
	return false;
}

/* Those who are picked and not among the found, as far as they may be: a search takes no pick back. */
static size_t
picked(struct request *rq, const struct strs *ids, const struct data_candidates_rows *found,
    struct data_candidate *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < ids->n && n < PEOPLE_SHOWN; i++) {
		const struct data_person_get_row *person;

		if (is_found(found, ids->at[i]))
			continue;
		person = sql_data_person_get(rq->db, .org = rq->org, .id = ids->at[i]);
		if (may_be_given(person))
			rows[n++] = pick(person);
	}
	return n;
}

/* far: there are more people than were looked at. q is what was looked for; longer than any name it finds nothing and is not said again. */
static struct reply
form(struct request *rq, int status, struct data_access_view *view, str q)
{
	struct data_candidates_rows found;
	struct data_candidate *rows = NEW(rq->arena, struct data_candidate, 2 * PEOPLE_SHOWN);
	size_t n;

	view->q = str_trim(q);
	if (!utf8_ok(view->q, false) || utf8_length(view->q) > Q_MAX_CHARS)
		view->q = (str){ 0 };
	found = sql_data_candidates(rq->db, .org = rq->org,
	    .pattern = fmt(rq->arena, "%%%.*s", STR(account_pattern(rq->arena, view->q))),
	    .address = view->q, .look = PEOPLE_LOOK);
	view->far =
	    view->q.n && !found.n &&
	    sql_data_active(rq->db, .org = rq->org, .most = PEOPLE_LOOK + 1)->n > PEOPLE_LOOK;
	view->more = found.n > PEOPLE_SHOWN;
	view->n = view->more ? PEOPLE_SHOWN : (int64_t)found.n;
	n = picked(rq, &view->user, &found, rows);
	for (int64_t i = 0; i < view->n; i++)
		rows[n++] = candidate(&found.at[i], holds(view->user, found.at[i].id));
	view->rows = (struct data_candidates){ rows, n };
	view->form = n > 0 || view->q.n || status == 422;
	return show(rq, status, &data_access_page, view);
}

struct reply
data_access(struct request *rq)
{
	struct data_access_view view = { 0 };

	return form(rq, 200, &view, query_text(rq, S("q")));
}

struct reply
data_access_find(struct request *rq)
{
	struct data_access_view view = { 0 };

	form_read(rq, data_access_view, rules, &view);
	view.people.error = (str){ 0 };
	return form(rq, 200, &view, form_field(rq, S("q")));
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
		view.people.error = S("Pick at least one person.");
	if (view.user.n > PEOPLE_SHOWN)
		view.people.error = S("Pick 50 people at most.");
	if (!good || view.people.error.n)
		return form(rq, 422, &view, q);
	if (grant_all(rq, view.user))
		return see_other(rq, "/data-api?did=data-granted#people");
	view.people.error = S("Somebody of these is not active here any more. Pick again.");
	view.user = (struct strs){ 0 };
	reply = form(rq, 422, &view, q);
	reply.undo = true;
	return reply;
}
