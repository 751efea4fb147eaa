/* filters.c - the list of scoped credentials, by the query. */
#include "site/filters.h"

#include "base/utf8.h"
#include "core/pasted.h"
#include "sql.h"

enum { Q_MAX_CHARS = 100, VALUE_MAX_BYTES = 64, TERMS_MAX = 16 };

/* The parts of the query in the order in which they are written. */
enum part { P_Q, P_STATUS, P_API, P_OWNER, P_MADE, P_ENVIRONMENT, P_SORT, PARTS };

static const str part_names[PARTS] = { STR_INIT("q"), STR_INIT("status"), STR_INIT("api"),
	STR_INIT("owner"), STR_INIT("made"), STR_INIT("environment"), STR_INIT("sort") };

static const struct {
	str value, words, said;
	int from_days, until_days;
} mades[] = {
	{ STR_INIT("7d"), STR_INIT("In the last 7 days"), STR_INIT("created in the last 7 days"), 7,
	    0 },
	{ STR_INIT("30d"), STR_INIT("In the last 30 days"), STR_INIT("created in the last 30 days"),
	    30, 0 },
	{ STR_INIT("90d"), STR_INIT("In the last 90 days"), STR_INIT("created in the last 90 days"),
	    90, 0 },
	{ STR_INIT("before-90d"), STR_INIT("Over 90 days ago"),
	    STR_INIT("created over 90 days ago"), 0, 90 },
	{ STR_INIT("before-1y"), STR_INIT("Over a year ago"), STR_INIT("created over a year ago"),
	    0, 365 },
};
enum { MADES = sizeof mades / sizeof mades[0] };

static const struct {
	str value, words, said;
} statuses[] = {
	{ STR_INIT("active"), STR_INIT("Active"), STR_INIT("active") },
	{ STR_INIT("deactivated"), STR_INIT("Deactivated"), STR_INIT("deactivated") },
};

/* What is being read. */
struct reading {
	struct request *rq;
	struct client_query *query;
	struct filters *filters;
	struct query parts;
	str *terms;
	size_t terms_n;
};

static void
add_term(struct reading *r, str term)
{
	if (r->terms_n < TERMS_MAX)
		r->terms[r->terms_n++] = term;
}

str
filters_words(str q)
{
	q = str_trim(q);
	return utf8_ok(q, false) && utf8_length(q) <= Q_MAX_CHARS && !pasted_secret(q) ? q
	                                                                               : (str){ 0 };
}

str
filters_value(str value)
{
	value = filters_words(value);
	return value.n <= VALUE_MAX_BYTES ? value : (str){ 0 };
}

static void
read_q(struct reading *r)
{
	str q = filters_words(query_text(r->rq, S("q")));
	struct strs terms = client_search_terms(r->rq->arena, q);

	if (q.n == 0)
		return;
	for (size_t i = 0; i < terms.n; i++)
		add_term(r, terms.at[i]);
	if (terms.n == 0)
		add_term(r, S("=")); /* no client has it: what has no word finds nothing */
	r->parts.values[P_Q] = r->filters->q = q;
	r->parts.words[P_Q] = fmt(r->rq->arena, "“%.*s”", STR(q));
}

static void
read_status(struct reading *r)
{
	size_t n = sizeof statuses / sizeof statuses[0];
	struct choice *choices = NEW(r->rq->arena, struct choice, n);
	str wanted = query_text(r->rq, S("status"));

	for (size_t i = 0; i < n; i++) {
		bool chosen = str_eq(wanted, statuses[i].value);

		choices[i] = (struct choice){ statuses[i].value, statuses[i].words, chosen };
		if (!chosen)
			continue;
		add_term(r, fmt(r->rq->arena, "status=%.*s", STR(wanted)));
		r->parts.values[P_STATUS] = wanted;
		r->parts.words[P_STATUS] = statuses[i].said;
	}
	r->filters->statuses = (struct choices){ choices, n };
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
		add_term(r, fmt(r->rq->arena, "api=%lld", (long long)apis.at[i].api));
		r->parts.values[P_API] = wanted;
		r->parts.words[P_API] = fmt(r->rq->arena, "may use %.*s", STR(apis.at[i].name));
	}
	r->filters->apis = (struct choices){ choices, apis.n };
}

/* Of more people than the list has, one that is asked for is found all the same, and then stands last. */
static void
read_owner(struct reading *r)
{
	struct filters_owners_rows people = sql_filters_owners(r->rq->db, .org = r->rq->org);
	struct choice *choices = NEW(r->rq->arena, struct choice, people.n + 1);
	str wanted = query_text(r->rq, S("owner"));
	const struct filters_owner_row *owner = NULL;
	bool listed = false;

	if (wanted.n)
		owner = sql_filters_owner(r->rq->db, .org = r->rq->org, .id = wanted);
	for (size_t i = 0; i < people.n; i++) {
		bool chosen = owner && str_eq(wanted, people.at[i].id);

		choices[i] = (struct choice){ people.at[i].id, people.at[i].name, chosen };
		listed = listed || chosen;
	}
	if (owner && !listed)
		choices[people.n++] = (struct choice){ wanted, owner->name, true };
	r->filters->owners = (struct choices){ choices, people.n };
	if (!owner)
		return;
	add_term(r, fmt(r->rq->arena, "owner=%lld", (long long)owner->user));
	r->parts.values[P_OWNER] = wanted;
	r->parts.words[P_OWNER] = fmt(r->rq->arena, "owned by %.*s", STR(owner->name));
}

static void
read_made(struct reading *r)
{
	struct choice *choices = NEW(r->rq->arena, struct choice, MADES);
	str wanted = query_text(r->rq, S("made"));
	/* A page goes on in the list that the one before it was of, so a day begins at midnight. */
	int64_t today = r->rq->now / DAY * DAY;

	for (size_t i = 0; i < MADES; i++) {
		bool chosen = str_eq(wanted, mades[i].value);

		choices[i] = (struct choice){ mades[i].value, mades[i].words, chosen };
		if (!chosen)
			continue;
		if (mades[i].from_days)
			r->query->made_from = today - mades[i].from_days * DAY;
		if (mades[i].until_days)
			r->query->made_until = today - mades[i].until_days * DAY;
		r->parts.values[P_MADE] = wanted;
		r->parts.words[P_MADE] = mades[i].said;
	}
	r->filters->mades = (struct choices){ choices, MADES };
}

static void
read_environment(struct reading *r)
{
	static const str values[] = { STR_INIT("production"), STR_INIT("integration") };
	static const str words[] = { STR_INIT("Production"), STR_INIT("Integration") };
	struct choice *choices = NEW(r->rq->arena, struct choice, 2);
	str wanted = query_text(r->rq, S("environment"));

	for (size_t i = 0; i < 2; i++)
		if (str_eq(wanted, values[i]))
			r->rq->environment = r->parts.values[P_ENVIRONMENT] = wanted;
	for (size_t i = 0; i < 2; i++)
		choices[i] =
		    (struct choice){ values[i], words[i], str_eq(r->rq->environment, values[i]) };
	r->filters->environments = (struct choices){ choices, 2 };
	r->query->integration = str_eq(r->rq->environment, S("integration"));
}

static void
read_page(struct reading *r)
{
	str after = query_text(r->rq, S("after")), before = query_text(r->rq, S("before"));

	if (str_eq(query_text(r->rq, S("sort")), S("name"))) {
		r->parts.values[P_SORT] = S("name");
		r->query->order = BY_NAME;
		r->filters->by_name = true;
	}
	r->query->backwards = before.n > 0;
	r->query->from = before.n ? before : after;
	r->filters->further = r->query->from.n > 0;
}

struct filters
filters_read(struct request *rq, struct client_query *query)
{
	struct filters filters = { 0 };
	struct reading r = { .rq = rq,
		.query = query,
		.filters = &filters,
		.parts = { .names = part_names, .n = PARTS } };
	struct query other;

	*query = (struct client_query){ 0 };
	r.terms = NEW(rq->arena, str, TERMS_MAX);
	read_environment(&r);
	read_q(&r);
	read_owner(&r);
	read_api(&r);
	read_status(&r);
	add_term(&r, S("kind=scoped"));
	read_made(&r);
	read_page(&r);
	query->terms = (struct strs){ r.terms, r.terms_n };
	filters.active = query_active(rq->arena, &r.parts);
	other = r.parts;
	other.values[P_SORT] = filters.by_name ? (str){ 0 } : S("name");
	filters.other_order = query_of(rq->arena, &other);
	filters.all = query_of(rq->arena, &r.parts);
	return filters;
}

void
filters_pages(struct request *rq, struct filters *filters, const struct client_page *page)
{
	filters->next = query_page(rq->arena, filters->all, "after", page->next);
	filters->previous = query_page(rq->arena, filters->all, "before", page->previous);
}

str
filters_posted(struct request *rq, str q)
{
	struct query parts = { .names = part_names, .n = PARTS };

	for (enum part i = 0; i < PARTS; i++)
		parts.values[i] = filters_value(form_field(rq, part_names[i]));
	parts.values[P_Q] = filters_words(q);
	return query_of(rq->arena, &parts);
}
