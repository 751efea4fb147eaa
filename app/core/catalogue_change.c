/* catalogue_change.c - the catalogue becomes another one, in one transaction. */
#include "core/catalogue_change.h"

#include "core/audit.h"
#include "core/secret.h"
#include "http/json.h"
#include "sql.h"

void
catalogue_hold(struct request *rq)
{
	sql_catalogue_held(rq->db);
	sql_catalogue_apis_held(rq->db);
	sql_catalogue_permissions_held(rq->db);
}

/* ---- one API */

static void
remove_permissions(struct request *rq, int64_t api, const struct catalogue_step *step)
{
	for (size_t i = 0; i < step->before->permissions.n; i++) {
		str word = step->before->permissions.at[i].word;

		if (step->after && api_permission_of(step->after, word))
			continue;
		sql_permission_grants_remove(rq->db, .api = api, .word = word);
		sql_permission_remove(rq->db, .api = api, .word = word);
	}
}

/* What goes, goes first: another API may take its words and paths. */
static void
take_away(struct request *rq, int64_t api, const struct catalogue_step *step)
{
	sql_endpoints_remove(rq->db, .api = api);
	sql_permission_gives_remove(rq->db, .api = api);
	sql_permission_includes_clear(rq->db, .api = api);
	remove_permissions(rq, api, step);
	if (!step->after)
		sql_api_remove(rq->db, .api = api);
}

static void
put_permissions(struct request *rq, int64_t api, const struct catalogue_step *step)
{
	for (size_t i = 0; i < step->after->permissions.n; i++) {
		const struct api_permission *p = &step->after->permissions.at[i];
		int64_t position = (int64_t)i;

		if (step->before && api_permission_of(step->before, p->word))
			sql_permission_save(rq->db, .api = api, .word = p->word, .name = p->name,
			    .only_reads = p->only_reads, .position = position);
		else
			sql_permission_add(rq->db, .api = api, .word = p->word, .name = p->name,
			    .only_reads = p->only_reads, .position = position);
	}
}

/* What each permission includes, and all that it gives with that. */
static void
put_gives(struct request *rq, int64_t api, const struct api *after)
{
	for (size_t i = 0; i < after->permissions.n; i++) {
		const struct api_permission *p = &after->permissions.at[i], *given = p;

		if (p->includes.n)
			sql_permission_includes(
			    rq->db, .api = api, .word = p->word, .includes = p->includes);
		while (given) {
			sql_permission_gives_add(
			    rq->db, .api = api, .word = p->word, .gives = given->word);
			given =
			    given->includes.n ? api_permission_of(after, given->includes) : NULL;
		}
	}
}

static void
put(struct request *rq, int64_t api, const struct catalogue_step *step)
{
	const struct api *after = step->after;

	put_permissions(rq, api, step);
	put_gives(rq, api, after);
	for (size_t i = 0; i < after->endpoints.n; i++) {
		const struct api_endpoint *e = &after->endpoints.at[i];

		sql_endpoint_add(rq->db, .api = api, .method = e->method, .path = e->path,
		    .needs = e->needs, .permission = e->permission, .position = (int64_t)i);
	}
}

/* The row of the step's API, which is made or saved. */
static int64_t
put_api(struct request *rq, const struct catalogue_step *step, int64_t row)
{
	const struct api *after = step->after;

	if (step->before) {
		sql_api_save(rq->db, .api = row, .name = after->name,
		    .description = after->description, .level = after->level,
		    .choice = after->choice);
		return row;
	}
	sql_api_add(rq->db, .public_id = secret_id_make(rq->arena), .word = after->word,
	    .name = after->name, .description = after->description, .level = after->level,
	    .choice = after->choice, .now = rq->now);
	return db_insert_id(rq->db);
}

/* ---- the log */

/* {"word":"profile","changes":["...","..."]}, cut between two changes where it would be too long. */
static str
detail_of(struct arena *a, str word, const struct strs *words)
{
	static const str more = STR_INIT(",\"...\"]}");
	struct buf b = buf_new(a, AUDIT_DETAIL_MAX_BYTES);

	buf_add(&b, S("{\"word\":"));
	json_write_text(&b, word);
	buf_add(&b, S(",\"changes\":["));
	for (size_t i = 0; i < words->n; i++) {
		struct buf one = buf_new(a, 1 << 16);

		json_write_text(&one, words->at[i]);
		if (b.n + one.n + more.n + 1 > AUDIT_DETAIL_MAX_BYTES) {
			buf_add(&b, i ? more : S("]}"));
			return buf_str(&b);
		}
		if (i)
			buf_add_char(&b, ',');
		buf_add(&b, buf_str(&one));
	}
	buf_add(&b, S("]}"));
	return buf_str(&b);
}

static void
note(struct request *rq, str id, const struct catalogue_step *step)
{
	const struct api *api = step->after ? step->after : step->before;
	str act = !step->before ? S("api.create") : !step->after ? S("api.delete") : S("api.edit");

	audit_in(
	    rq, 0, &(struct audit_act){ act, id, detail_of(rq->arena, api->word, &step->words) });
}

/* ---- all of it */

static const struct catalogue_api_row *
row_of(struct request *rq, const struct api *api)
{
	const struct catalogue_api_row *row = sql_catalogue_api(rq->db, .word = api->word);

	if (!row)
		fault(rq->arena->fault, "the API %.*s is there and is not", STR(api->word));
	return row;
}

static void
apply(struct request *rq, const struct catalogue_plan *plan, const struct catalogue *after)
{
	int64_t *rows = NEW(rq->arena, int64_t, plan->n);

	for (size_t i = 0; i < plan->n; i++) {
		const struct catalogue_step *step = &plan->at[i];
		const struct catalogue_api_row *row =
		    step->before ? row_of(rq, step->before) : NULL;

		rows[i] = row ? row->api : 0;
		if (!row)
			continue;
		take_away(rq, row->api, step);
		if (!step->after)
			note(rq, row->id, step);
	}
	for (size_t i = 0; i < plan->n; i++) {
		const struct catalogue_step *step = &plan->at[i];

		if (!step->after)
			continue;
		put(rq, put_api(rq, step, rows[i]), step);
		note(rq, row_of(rq, step->after)->id, step);
	}
	for (size_t i = 0; i < after->apis.n; i++)
		sql_api_place(rq->db, .word = after->apis.at[i].word, .position = (int64_t)i);
	if (plan->reorders)
		audit_in(rq, 0, &(struct audit_act){ .act = S("catalogue.order") });
	sql_catalogue_raise(rq->db);
}

struct catalogue_plan
catalogue_change(struct request *rq, const struct catalogue *after)
{
	struct catalogue before = catalogue_read(rq);
	struct catalogue_plan plan = catalogue_compare(rq, &before, after);

	if ((plan.n == 0 && !plan.reorders) || plan.refused)
		return plan;
	/* What was read may have changed until it is held. */
	catalogue_hold(rq);
	before = catalogue_read(rq);
	plan = catalogue_compare(rq, &before, after);
	if ((plan.n == 0 && !plan.reorders) || plan.refused)
		return plan;
	apply(rq, &plan, after);
	return plan;
}
