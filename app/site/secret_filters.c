/* secret_filters.c - the list of additional secrets, by the query. */
#include "site/secret_filters.h"

#include "base/utf8.h"
#include "core/actor.h"
#include "core/pasted.h"
#include "site/route.h"
#include "sql.h"

/* The parts of the query in the order in which they are written. */
enum part { P_Q, P_STATE, P_API, P_KEY, P_MEMBER, P_ENVIRONMENT, PARTS };

static const str part_names[PARTS] = { STR_INIT("q"), STR_INIT("state"), STR_INIT("api"),
	STR_INIT("key"), STR_INIT("member"), STR_INIT("environment") };

static const struct {
	str value, words, said;
} states[] = {
	{ STR_INIT("working"), STR_INIT("Working"), STR_INIT("working") },
	{ STR_INIT("waiting"), STR_INIT("Not opened yet"), STR_INIT("not opened yet") },
	{ STR_INIT("ending"), STR_INIT("Ends within 14 days"), STR_INIT("ends within 14 days") },
	{ STR_INIT("unused"), STR_INIT("Unused for 90 days"), STR_INIT("unused for 90 days") },
};
enum { STATES = sizeof states / sizeof states[0] };

/* What is being read. */
struct reading {
	struct request *rq;
	struct secret_query *query;
	struct secret_filters *filters;
	struct query parts;
};

static void
read_environment(struct reading *r)
{
	str wanted = query_text(r->rq, S("environment"));

	if (str_eq(wanted, S("production")) || str_eq(wanted, S("integration")))
		r->rq->environment = r->parts.values[P_ENVIRONMENT] = wanted;
	r->filters->environment = r->rq->environment;
}

static void
read_q(struct reading *r)
{
	static const str none =
	    STR_INIT("="); /* no client has it: what has no word finds nothing */
	str q = filters_words(query_text(r->rq, S("q")));
	struct strs terms = client_search_terms(r->rq->arena, q);

	if (q.n == 0)
		return;
	if (terms.n == 0)
		terms = (struct strs){ &none, 1 };
	r->query->pattern = client_list_pattern(r->rq->arena, terms);
	r->parts.values[P_Q] = r->filters->q = q;
	r->parts.words[P_Q] = fmt(r->rq->arena, "“%.*s”", STR(q));
}

static void
read_state(struct reading *r)
{
	struct choice *choices = NEW(r->rq->arena, struct choice, STATES);
	str wanted = query_text(r->rq, S("state"));

	for (size_t i = 0; i < STATES; i++) {
		bool chosen = str_eq(wanted, states[i].value);

		choices[i] = (struct choice){ states[i].value, states[i].words, chosen };
		if (!chosen)
			continue;
		r->query->state = r->parts.values[P_STATE] = wanted;
		r->parts.words[P_STATE] = states[i].said;
	}
	r->filters->states = (struct choices){ choices, STATES };
}

static void
read_api(struct reading *r)
{
	struct entitled_apis_rows apis = sql_entitled_apis(r->rq->db, .org = r->rq->org);
	struct choice *choices = NEW(r->rq->arena, struct choice, apis.n);
	str wanted = query_text(r->rq, S("api"));

	for (size_t i = 0; i < apis.n; i++) {
		bool chosen = str_eq(wanted, apis.at[i].word);

		choices[i] = (struct choice){ apis.at[i].word, apis.at[i].name, chosen };
		if (!chosen)
			continue;
		r->query->api = apis.at[i].api;
		r->parts.values[P_API] = wanted;
		r->parts.words[P_API] = fmt(r->rq->arena, "may use %.*s", STR(apis.at[i].name));
	}
	r->filters->apis = (struct choices){ choices, apis.n };
}

static void
read_key(struct reading *r)
{
	struct client_list_rows keys = sql_client_list(
	    r->rq->db, .org = r->rq->org, .environment = r->rq->environment, .kind = S("account"));
	struct choice *choices = NEW(r->rq->arena, struct choice, keys.n);
	str wanted = query_text(r->rq, S("key"));

	for (size_t i = 0; i < keys.n; i++) {
		bool chosen = str_eq(wanted, keys.at[i].id);

		choices[i] = (struct choice){ keys.at[i].id, keys.at[i].name, chosen };
		if (!chosen)
			continue;
		r->query->parent =
		    sql_secret_key_row(r->rq->db, .org = r->rq->org, .id = wanted)->client;
		r->parts.values[P_KEY] = wanted;
		r->parts.words[P_KEY] =
		    fmt(r->rq->arena, "used with the key %.*s", STR(keys.at[i].name));
	}
	r->filters->keys = (struct choices){ choices, keys.n };
}

/* Whoever is asked for is found, and then stands last if they have none now. */
static void
read_member(struct reading *r)
{
	struct secret_members_rows people =
	    sql_secret_members(r->rq->db, .org = r->rq->org, .environment = r->rq->environment);
	struct choice *choices = NEW(r->rq->arena, struct choice, people.n + 1);
	str wanted = query_text(r->rq, S("member"));
	const struct filters_owner_row *member = NULL;
	bool listed = false;

	if (wanted.n)
		member = sql_filters_owner(r->rq->db, .org = r->rq->org, .id = wanted);
	for (size_t i = 0; i < people.n; i++) {
		bool chosen = member && str_eq(wanted, people.at[i].id);

		choices[i] = (struct choice){ people.at[i].id, people.at[i].name, chosen };
		listed = listed || chosen;
	}
	if (member && !listed)
		choices[people.n++] = (struct choice){ wanted, member->name, true };
	r->filters->members = (struct choices){ choices, people.n };
	if (!member)
		return;
	r->query->all = false;
	r->query->owner = member->user;
	r->parts.values[P_MEMBER] = wanted;
	r->parts.words[P_MEMBER] = fmt(r->rq->arena, "of %.*s", STR(member->name));
}

/* What has ended is found by its member only: nothing else of it is kept in an index. */
static void
read_filters(struct reading *r)
{
	r->filters->all = true;
	read_member(r);
	if (r->query->ended)
		return;
	read_q(r);
	read_state(r);
	read_api(r);
	read_key(r);
}

struct secret_filters
secret_filters_read(struct request *rq, struct secret_query *query)
{
	struct secret_filters filters = { 0 };
	struct reading r = { .rq = rq,
		.query = query,
		.filters = &filters,
		.parts = { .names = part_names, .n = PARTS } };
	str after = query_text(rq, S("after")), before = query_text(rq, S("before"));

	*query = (struct secret_query){ .owner = rq->me,
		.all = access_may(rq->actor, CREDENTIALS_SEE),
		.ended = str_eq(query_text(rq, S("state")), S("ended")),
		.from = before.n ? before : after,
		.backwards = before.n > 0 };
	filters.ended = query->ended;
	filters.further = query->from.n > 0;
	read_environment(&r);
	if (query->all)
		read_filters(&r);
	if (query->ended)
		r.parts.values[P_STATE] = S("ended");
	filters.active = query_active(rq->arena, &r.parts);
	filters.which = query_of(rq->arena, &r.parts);
	return filters;
}

void
secret_filters_pages(struct request *rq, struct secret_filters *filters, str next, str previous)
{
	filters->next = query_page(rq->arena, filters->which, "after", next);
	filters->previous = query_page(rq->arena, filters->which, "before", previous);
}

str
secret_filters_posted(struct request *rq, str q)
{
	struct query parts = { .names = part_names, .n = PARTS };

	for (enum part i = 0; i < PARTS; i++)
		parts.values[i] = filters_value(form_field(rq, part_names[i]));
	parts.values[P_Q] = filters_words(q);
	return query_of(rq->arena, &parts);
}
