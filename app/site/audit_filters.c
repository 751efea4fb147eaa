/* audit_filters.c - what the page of the audit log is limited to. */
#include "site/audit_filters.h"

#include "base/utf8.h"
#include "core/actor.h"
#include "core/audit_act.h"
#include "core/audit_line.h"
#include "core/pasted.h"
#include "site/route.h"
#include "sql.h"

enum { OBJECT_MAX_BYTES = 64, DAY_CHARS = 10 };

/* The parts of the query in the order in which they are written. */
enum part { P_PERSON, P_ACT, P_OBJECT, P_FROM, P_TO, PARTS };

static const str part_names[PARTS] = { STR_INIT("person"), STR_INIT("act"), STR_INIT("object"),
	STR_INIT("from"), STR_INIT("to") };

static const str nobody = STR_INIT("nobody");

/* What is being read. */
struct reading {
	struct request *rq;
	struct audit_query *query;
	struct audit_filters *filters;
	struct query parts;
};

static str
asked(struct request *rq, enum part part)
{
	str value = rq->method == POST ? str_trim(form_field(rq, part_names[part]))
	                               : query_text(rq, part_names[part]);

	return utf8_ok(value, false) ? value : (str){ 0 };
}

str
audit_filters_object(str object)
{
	object = str_trim(object);
	return utf8_ok(object, false) && object.n <= OBJECT_MAX_BYTES && !pasted_secret(object)
	           ? object
	           : (str){ 0 };
}

/* ---- who */

struct who {
	str id, name, email;
	int64_t person;
};
struct people {
	struct who *at;
	size_t n;
};

/* One more than the list has, for one that is asked for and does not stand in it. */
static struct people
people_of(struct request *rq, str wanted)
{
	struct audit_filters_people_rows users = { 0 };
	struct audit_filters_operators_rows operators = { 0 };
	const struct audit_filters_person_row *other;
	struct people people = { 0 };

	if (rq->org)
		users = sql_audit_filters_people(rq->db, .org = rq->org);
	else
		operators = sql_audit_filters_operators(rq->db);
	people.at = NEW(rq->arena, struct who, users.n + operators.n + 1);
	for (size_t i = 0; i < users.n; i++)
		people.at[people.n++] = (struct who){ users.at[i].id, users.at[i].name,
			users.at[i].email, users.at[i].person };
	for (size_t i = 0; i < operators.n; i++)
		people.at[people.n++] = (struct who){ operators.at[i].id, operators.at[i].name,
			operators.at[i].email, operators.at[i].person };
	for (size_t i = 0; i < people.n; i++)
		if (str_eq(people.at[i].id, wanted))
			return people;
	other = wanted.n ? sql_audit_filters_person(rq->db, .org = rq->org, .id = wanted) : NULL;
	if (other)
		people.at[people.n++] =
		    (struct who){ wanted, other->name, other->email, other->person };
	return people;
}

static void
read_person(struct reading *r)
{
	str wanted = asked(r->rq, P_PERSON);
	struct people people = people_of(r->rq, wanted);
	struct choice *choices = NEW(r->rq->arena, struct choice, people.n + 1);

	for (size_t i = 0; i < people.n; i++) {
		const struct who *who = &people.at[i];
		bool chosen = str_eq(who->id, wanted);

		choices[i] = (struct choice){ who->id, who->name, chosen };
		if (!chosen)
			continue;
		r->query->whose = AUDIT_OF_PERSON;
		r->query->person = who->person;
		r->parts.values[P_PERSON] = wanted;
		r->parts.words[P_PERSON] =
		    fmt(r->rq->arena, "by %.*s (%.*s)", STR(who->name), STR(who->email));
	}
	choices[people.n] =
	    (struct choice){ nobody, S("Nobody signed in"), str_eq(wanted, nobody) };
	if (choices[people.n].chosen) {
		r->query->whose = AUDIT_OF_NOBODY;
		r->parts.values[P_PERSON] = wanted;
		r->parts.words[P_PERSON] = S("by nobody who was signed in");
	}
	r->filters->people = (struct choices){ choices, people.n + 1 };
}

/* ---- what */

static void
read_act(struct reading *r)
{
	struct audit_group *groups = NEW(r->rq->arena, struct audit_group, audit_acts_n);
	struct choice *choices = NEW(r->rq->arena, struct choice, audit_acts_n);
	str wanted = asked(r->rq, P_ACT);
	size_t n = 0;

	for (size_t i = 0; i < audit_acts_n; i++) {
		const struct audit_act_words *act = &audit_acts[i];
		bool chosen = str_eq(act->act, wanted);

		if (n == 0 || !str_eq(groups[n - 1].name, act->group))
			groups[n++] = (struct audit_group){ act->group, { &choices[i], 0 } };
		groups[n - 1].acts.n++;
		choices[i] = (struct choice){ act->act, act->says, chosen };
		if (!chosen)
			continue;
		r->query->act = r->parts.values[P_ACT] = wanted;
		r->parts.words[P_ACT] = fmt(r->rq->arena, "“%.*s”", STR(act->says));
	}
	r->filters->groups = (struct audit_groups){ groups, n };
}

static void
read_object(struct reading *r)
{
	str object = audit_filters_object(asked(r->rq, P_OBJECT));

	if (object.n == 0)
		return;
	r->query->object = r->parts.values[P_OBJECT] = object;
	r->parts.words[P_OBJECT] = fmt(r->rq->arena, "about %.*s", STR(object));
}

/* ---- when */

static bool
day_read(str text, int64_t *day)
{
	return text.n == DAY_CHARS && audit_time_read(text, day) && *day > 0;
}

static void
read_times(struct reading *r)
{
	str from = asked(r->rq, P_FROM), to = asked(r->rq, P_TO);
	int64_t day;

	if (day_read(from, &day)) {
		r->query->from = day;
		r->parts.values[P_FROM] = from;
		r->parts.words[P_FROM] = fmt(r->rq->arena, "from %.*s on", STR(from));
	}
	if (day_read(to, &day)) {
		r->query->until = day + DAY;
		r->parts.values[P_TO] = to;
		r->parts.words[P_TO] = fmt(r->rq->arena, "to the end of %.*s", STR(to));
	}
}

/* ---- all of it */

struct audit_filters
audit_filters_read(struct request *rq, struct audit_query *query)
{
	struct audit_filters filters = { .installation = rq->org == 0,
		.own = !access_may(rq->actor, CREDENTIALS_SEE) && rq->org != 0 };
	struct reading r = { .rq = rq,
		.query = query,
		.filters = &filters,
		.parts = { .names = part_names, .n = PARTS } };

	*query = (struct audit_query){ .org = rq->org };
	if (filters.own) {
		query->whose = AUDIT_OF_PERSON;
		query->person = rq->actor->person;
	} else {
		read_person(&r);
	}
	read_act(&r);
	read_object(&r);
	read_times(&r);
	filters.active = query_active(rq->arena, &r.parts);
	filters.filtered = filters.active.n > 0;
	filters.person = r.parts.values[P_PERSON];
	filters.act = query->act;
	filters.object = query->object;
	filters.from = r.parts.values[P_FROM];
	filters.to = r.parts.values[P_TO];
	filters.all = query_of(rq->arena, &r.parts);
	filters.excerpt = query->whose != AUDIT_OF_ALL || query->act.n || query->object.n ||
	                  query->from || query->until;
	return filters;
}

str
audit_filters_posted(struct request *rq, str object, str person)
{
	struct query parts = { .names = part_names, .n = PARTS };

	for (enum part i = 0; i < PARTS; i++)
		parts.values[i] = audit_filters_object(asked(rq, i));
	parts.values[P_OBJECT] = object;
	if (person.n)
		parts.values[P_PERSON] = person;
	return query_of(rq->arena, &parts);
}
