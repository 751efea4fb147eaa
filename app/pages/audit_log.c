/* audit_log.c - the organization's audit log, the newest entry first.
 *
 *      GET  /audit      50 entries of those that the query asks for (site/audit_filters.h)
 *      POST /audit      to the same page, limited to what was chosen, typed or pasted
 *      POST /audit/export   all that the same fields ask for, as a file, which is made while it is sent
 *
 * Members see their own acts, an operator without an organization the installation's. A secret that is pasted is looked
 * for by its id and goes nowhere else.
 */
#include "base/utf8.h"
#include "core/actor.h"
#include "core/audit.h"
#include "core/audit_act.h"
#include "core/audit_export.h"
#include "core/audit_walked.h"
#include "core/client.h"
#include "core/pasted.h"
#include "core/secret.h"
#include "http/json.h"
#include "pages/pages.h"
#include "site/audit_filters.h"
#include "site/chart.h"
#include "site/key.h"
#include "site/route.h"
#include "sql.h"

enum {
	DAY_CHARS = 10,
	IDS_BYTES = 1 << 13,
	DETAIL_BYTES = 6000,    /* for all details of a page, which is to stay small */
	DETAIL_LEAST_BYTES = 90 /* of one value, whatever the others take */
};

/* What an entry is about. page: the id in the address of its page; each flag is an address. All of it empty where it is
 * nothing that has a name. */
SHAPE(audit_object, text(id), text(name), text(page), flag(in_credentials), flag(in_secrets),
    flag(in_data_api), flag(in_team), flag(in_accounts), flag(in_workspaces), flag(in_places),
    flag(in_apis), flag(in_organizations));
SHAPE(audit_member, text(name), text(was), text(is), flag(change));
SHAPE(audit_row, text(when), text(iso), text(who), text(email), text(says), part(of, audit_object),
    int(machine), text(number), text(remote), text(request), list(members, audit_member),
    flag(cut));
/* How far a chain is known to be whole; finding: what is wrong with it. */
SHAPE(audit_state, int(machine), text(number), text(at), text(finding), text(found), flag(waits));
SHAPE(audit_log_view, part(by, audit_filters), list(states, audit_state), list(broken, audit_state),
    flag(is_broken), flag(several), list(rows, audit_row), int(n), text(next), flag(further),
    flag(stopped));
PAGE(audit_log, "Audit log", .menu = MENU_AUDIT);

/* ---- what entries are about */

static str
ids_of(struct request *rq, const struct audit_page *page)
{
	struct buf ids = buf_new(rq->arena, IDS_BYTES);

	buf_add_char(&ids, '[');
	for (size_t i = 0; i < page->n; i++) {
		buf_add(&ids, i ? S(",") : S(""));
		json_write_text(&ids, page->rows[i]->object);
	}
	buf_add_char(&ids, ']');
	return buf_str(&ids);
}

/* Its page, if there is one and this person may open it. */
static void
link_to(struct request *rq, const struct audit_log_objects_row *found, struct audit_object *to)
{
	bool sees = access_may(rq->actor, CREDENTIALS_SEE);
	str team = fmt(rq->arena, "/team/%.*s", STR(found->page));

	if (!found->there)
		return;
	to->page = found->page;
	to->in_secrets = key_additional(found->kind);
	to->in_data_api = str_eq(found->kind, S("data_api")) && access_may(rq->actor, DATA_API);
	to->in_credentials = sees && (str_eq(found->kind, S("account")) || key_scoped(found->kind));
	to->in_team = sees && str_eq(found->kind, S("user")) &&
	              route_is_page(rq->desk->routes, rq->desk->routes_n, team);
	to->in_accounts = sees && str_eq(found->kind, S("level"));
	to->in_workspaces = sees && str_eq(found->kind, S("workspace"));
	to->in_places = sees && str_eq(found->kind, S("place"));
	to->in_apis = str_eq(found->kind, S("api"));
	to->in_organizations = str_eq(found->kind, S("organization"));
}

struct objects {
	struct audit_object *at;
	size_t n;
};

static void
add_object(struct request *rq, struct objects *objects, const struct audit_log_objects_row *found)
{
	struct audit_object *object = &objects->at[objects->n++];

	*object = (struct audit_object){ .id = found->id, .name = found->name };
	link_to(rq, found, object);
}

static struct objects
objects_of(struct request *rq, const struct audit_page *page)
{
	struct audit_log_objects_rows ours = { 0 };
	struct audit_log_installation_rows all = { 0 };
	struct objects objects = { 0 };

	if (rq->org)
		ours = sql_audit_log_objects(rq->db, .org = rq->org, .me = rq->me,
		    .all = access_may(rq->actor, CREDENTIALS_SEE), .ids = ids_of(rq, page));
	else
		all = sql_audit_log_installation(rq->db, .ids = ids_of(rq, page));
	objects.at = NEW(rq->arena, struct audit_object, ours.n + all.n);
	for (size_t i = 0; i < ours.n; i++)
		add_object(rq, &objects, &ours.at[i]);
	for (size_t i = 0; i < all.n; i++) {
		const struct audit_log_installation_row *row = &all.at[i];

		add_object(rq, &objects,
		    &(struct audit_log_objects_row){
			row->id, row->kind, row->name, row->page, row->there });
	}
	return objects;
}

static struct audit_object
object_of(const struct objects *objects, str id)
{
	for (size_t i = 0; i < objects->n; i++)
		if (str_eq(objects->at[i].id, id))
			return objects->at[i];
	return (struct audit_object){ .id = id };
}

/* ---- an entry */

/* At most so many bytes of a text, at a character's end. */
static str
cut(struct request *rq, str text, size_t most, bool *was_cut)
{
	if (text.n <= most)
		return text;
	*was_cut = true;
	while (most > 0 && ((unsigned char)text.at[most] & 0xc0) == 0x80)
		most--;
	return fmt(rq->arena, "%.*s…", STR(str_part(text, 0, most)));
}

static void
add_details(struct request *rq, str detail, size_t most, struct audit_row *row)
{
	struct json_members members = json_members(rq->arena, detail);
	struct audit_member *shown = NEW(rq->arena, struct audit_member, members.n);
	size_t n = 0, each = members.n ? most / members.n : 0;

	if (each < DETAIL_LEAST_BYTES)
		each = DETAIL_LEAST_BYTES;
	for (size_t taken = 0; n < members.n && (n == 0 || taken < most); n++) {
		const struct json_member *m = &members.at[n];

		shown[n] = (struct audit_member){ m->name, cut(rq, m->was, each, &row->cut),
			cut(rq, m->is, each, &row->cut), m->change };
		taken += m->name.n + shown[n].was.n + shown[n].is.n;
	}
	row->cut = row->cut || n < members.n;
	row->members = (struct audit_members){ shown, n };
}

static struct audit_row
row_of(struct request *rq, const struct audit_list_rows_row *entry, size_t details)
{
	const struct audit_act_words *act = audit_act_find(entry->act);
	struct audit_row row = { .when = clock_for_people(rq->arena, entry->at),
		.iso = clock_iso(rq->arena, entry->at),
		.who = entry->name.n ? entry->name : entry->person,
		.email = entry->name.n ? entry->person : (str){ 0 },
		.says = act ? act->says : entry->act,
		.machine = entry->machine,
		.number = chart_number(rq->arena, entry->seq),
		.remote = entry->remote,
		.request = entry->request };

	add_details(rq, entry->detail, details, &row);
	return row;
}

static struct audit_rows
rows_of(struct request *rq, const struct audit_page *page)
{
	struct audit_row *rows = NEW(rq->arena, struct audit_row, page->n);
	struct objects objects = objects_of(rq, page);

	for (size_t i = 0; i < page->n; i++) {
		rows[i] = row_of(rq, page->rows[i], DETAIL_BYTES / page->n);
		rows[i].of = object_of(&objects, page->rows[i]->object);
	}
	return (struct audit_rows){ rows, page->n };
}

/* ---- whether the chains are whole */

static void
say_states(struct request *rq, struct audit_log_view *view)
{
	const struct audit_walked *chains;
	size_t n = view->by.own ? 0 : audit_walked(rq, rq->org, &chains), wrong = 0;
	struct audit_state *states = NEW(rq->arena, struct audit_state, n);
	struct audit_state *broken = NEW(rq->arena, struct audit_state, n);

	for (size_t i = 0; i < n; i++) {
		const struct audit_walked *chain = &chains[i];

		states[i] = (struct audit_state){ .machine = chain->chain.machine,
			.number = chart_number(rq->arena, chain->seq),
			.at = clock_for_people(rq->arena, chain->walked_at),
			.waits = chain->walked_at == 0 };
		if (chain->finding.what == AUDIT_NOTHING)
			continue;
		states[i].finding = audit_finding_words(rq->arena, &chain->finding);
		states[i].found = clock_for_people(rq->arena, chain->found_at);
		broken[wrong++] = states[i];
	}
	view->states = (struct audit_states){ states, n };
	view->broken = (struct audit_states){ broken, wrong };
	view->is_broken = wrong > 0;
	view->several = n > 1;
}

/* ---- the page */

struct reply
audit_log(struct request *rq)
{
	struct audit_query query;
	struct audit_log_view view = { .by = audit_filters_read(rq, &query) };
	struct audit_mark mark = audit_list_mark(rq, query.org, query_text(rq, S("after")));
	struct audit_page page = audit_list(rq, &query, mark);

	say_states(rq, &view);
	view.rows = rows_of(rq, &page);
	view.n = (int64_t)page.n;
	view.further = mark.id != 0;
	view.stopped = page.stopped;
	if (page.more)
		view.next = fmt(rq->arena, "%.*s%safter=%.*s", STR(view.by.all),
		    view.by.all.n ? "&" : "", STR(audit_list_key(rq, query.org, page.next)));
	return show(rq, 200, &audit_log_page, &view);
}

/* ---- what was chosen, typed or pasted */

/* By its id alone, which is no secret. That the whole of it was here is in the log of its organization. */
static struct reply
secret_pasted(struct request *rq, str q)
{
	struct secret_parts parts;
	struct pasted pasted;

	if (!pasted_find(q, &pasted))
		return see_other(rq, "/audit?did=secret-unknown");
	if (rq->org && secret_read(rq->desk->keyring, pasted.secret, &parts) == SECRET_GOOD)
		audit(rq, S("secret.search"), pasted.sid, (str){ 0 });
	return see_other(rq, "/audit?%.*s", STR(audit_filters_posted(rq, pasted.sid, (str){ 0 })));
}

/* Whom an address is of that was typed, if it is one. */
static str
person_of(struct request *rq, str q)
{
	const struct audit_filters_email_row *user;
	const struct audit_filters_operator_row *one;
	str email = str_lower(rq->arena, q);

	if (str_find_char(q, '@') == q.n)
		return (str){ 0 };
	if (rq->org == 0) {
		one = sql_audit_filters_operator(rq->db, .email = email);
		return one ? one->id : (str){ 0 };
	}
	user = sql_audit_filters_email(rq->db, .org = rq->org, .email = email);
	return user ? user->id : (str){ 0 };
}

struct reply
audit_log_find(struct request *rq)
{
	str q = str_trim(form_field(rq, S("object"))), object, person = { 0 };
	const struct audit_filters_client_row *client;
	bool all = access_may(rq->actor, CREDENTIALS_SEE); /* others look nobody up */

	if (!utf8_ok(q, false))
		q = (str){ 0 };
	if (pasted_secret(q))
		return secret_pasted(rq, q);
	object = audit_filters_object(q);
	client = all && client_id_ok(q)
	             ? sql_audit_filters_client(rq->db, .org = rq->org, .client_id = q)
	             : NULL;
	if (client)
		object = client->id;
	if (all || rq->org == 0)
		person = person_of(rq, q);
	if (person.n)
		object = (str){ 0 };
	return see_other(rq, "/audit?%.*s", STR(audit_filters_posted(rq, object, person)));
}

/* ---- the export */

SHAPE(
    audit_export_detail, text(format), text(from), text(to), text(person), text(act), text(object));

static str
detail_of(struct request *rq, const struct audit_filters *by, str format)
{
	struct audit_export_detail detail = { format, by->from, by->to,
		by->own ? rq->actor->email : by->person, by->act, by->object };
	struct buf json = buf_new(rq->arena, IDS_BYTES);

	json_write(&json, &audit_export_detail_shape, &detail);
	return buf_str(&json);
}

/* That it was exported is committed before the first byte is made. */
struct reply
audit_log_export(struct request *rq)
{
	struct audit_query *query = NEW(rq->arena, struct audit_query, 1);
	struct audit_filters by = audit_filters_read(rq, query);
	bool csv = !str_eq(form_field(rq, S("format")), S("jsonl"));
	struct audit_export wish = { .org = query->org,
		.format = csv ? AUDIT_CSV : AUDIT_JSONL,
		.from = query->from,
		.to = query->until,
		.only = by.excerpt ? query : NULL };
	struct stream *stream = NEW(rq->arena, struct stream, 1);
	struct reply reply = { .status = 200,
		.type = csv ? S("text/csv; charset=utf-8") : S("application/x-ndjson") };

	*stream = (struct stream){ audit_export_more, audit_export_begin(rq, &wish) };
	reply.stream = stream;
	reply_header(rq, &reply, S("Content-Disposition"),
	    fmt(rq->arena, "attachment; filename=\"audit-%.*s.%s\"",
		STR(str_part(clock_iso(rq->arena, rq->now), 0, DAY_CHARS)), csv ? "csv" : "jsonl"));
	audit(rq, S("audit.export"), (str){ 0 }, detail_of(rq, &by, csv ? S("csv") : S("jsonl")));
	return reply;
}
