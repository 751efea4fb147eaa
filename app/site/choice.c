/* choice.c - what the forms of a scoped credential and of an additional secret share. */
#include "site/choice.h"

#include "core/account.h"
#include "http/url.h"

enum {
	MINUTE_CHARS = 16, /* 2027-01-31T17:00 */
};

bool
choice_among(const struct strs *texts, str text)
{
	for (size_t i = 0; i < texts->n; i++)
		if (str_eq(texts->at[i], text))
			return true;
	return false;
}

static bool
has_all(const struct strs *texts, const struct strs *these)
{
	for (size_t i = 0; i < these->n; i++)
		if (!choice_among(texts, these->at[i]))
			return false;
	return true;
}

bool
choice_same(const struct strs *a, const struct strs *b)
{
	return has_all(a, b) && has_all(b, a);
}

/* ---- permissions */

struct strs
choice_may(struct request *rq)
{
	struct url_pairs pairs = { .rest = rq->body };
	str *at = NEW(rq->arena, str, FORM_FIELDS_MAX);
	size_t n = 0;

	while (n < FORM_FIELDS_MAX && url_next_pair(rq->arena, &pairs))
		if (str_starts(pairs.name, S("may-")) && pairs.value.n)
			at[n++] = pairs.value;
	return (struct strs){ at, n };
}

static struct choice_api
api_of(const struct scoped_offers_row *offer)
{
	return (struct choice_api){ .word = offer->api_word,
		.name = offer->api_name,
		.description = offer->description,
		.one = str_eq(offer->choice, S("one")) };
}

struct choice_apis
choice_apis(struct request *rq, const struct scoped_offers_rows *offers, const struct strs *may,
    str (*where)(const struct request *, str level))
{
	struct choice_api *apis = NEW(rq->arena, struct choice_api, offers->n);
	struct choice_permission *all = NEW(rq->arena, struct choice_permission, offers->n);
	size_t n = 0;

	for (size_t i = 0; i < offers->n; i++) {
		const struct scoped_offers_row *o = &offers->at[i];
		bool chosen = choice_among(may, o->may);

		if (i == 0 || o->api != offers->at[i - 1].api) {
			apis[n] = api_of(o);
			apis[n].where = where ? where(rq, o->level) : (str){ 0 };
			apis[n++].permissions.at = &all[i];
		}
		all[i] = (struct choice_permission){ o->may, o->name, o->only_reads, chosen };
		apis[n - 1].permissions.n++;
		apis[n - 1].chosen |= chosen;
	}
	return (struct choice_apis){ apis, n };
}

static bool
is_offered(const struct scoped_offers_rows *offers, int64_t permission)
{
	for (size_t i = 0; i < offers->n; i++)
		if (offers->at[i].permission == permission)
			return true;
	return false;
}

static struct choice_lost
lost_of(struct request *rq, const struct scoped_grants_row *held, const struct strs *may)
{
	return (struct choice_lost){ .may = held->may,
		.name = fmt(rq->arena, "%.*s: %.*s", STR(held->api_name), STR(held->name)),
		.in_force = held->entitled,
		.chosen = choice_among(may, held->may) };
}

struct choice_losts
choice_losts(struct request *rq, const struct scoped_grants_rows *held,
    const struct scoped_offers_rows *offers, const struct strs *may)
{
	struct choice_lost *lost = NEW(rq->arena, struct choice_lost, held->n);
	size_t n = 0;

	for (size_t i = 0; i < held->n; i++)
		if (!is_offered(offers, held->at[i].permission))
			lost[n++] = lost_of(rq, &held->at[i], may);
	return (struct choice_losts){ lost, n };
}

str
choice_may_error(struct request *rq, enum may_wrong wrong, str which)
{
	switch (wrong) {
	case MAY_RIGHT:
		break;
	case MAY_NOTHING:
		return S("Pick at least one permission.");
	case MAY_UNKNOWN:
		return S("One of these is not offered any more. Look at the choices and send the "
			 "form again.");
	case MAY_TWO_OF_ONE:
		return fmt(rq->arena, "Pick one permission of the %.*s, not two.", STR(which));
	case MAY_MANY:
		return fmt(rq->arena, "At most %d permissions.", GRANTS_MAX);
	case MAY_WRITES:
		return S("Read-only is ticked, and one of these can change things. Take that tick "
			 "off, or pick only what reads.");
	}
	return (str){ 0 };
}

/* ---- people */

struct choice_persons
choice_people(struct request *rq, str find, str chosen, bool *many)
{
	str pattern = fmt(rq->arena, "%%%.*s", STR(account_pattern(rq->arena, find)));
	struct scoped_people_rows people = sql_scoped_people(rq->db, .org = rq->org,
	    .pattern = pattern, .address = find, .look = find.n ? PEOPLE_LOOK : CHOICES_SHOWN + 1);
	const struct scoped_person_row *picked =
	    sql_scoped_person(rq->db, .org = rq->org, .id = chosen);
	struct choice_person *owners = NEW(rq->arena, struct choice_person, people.n + 1);
	size_t n = 0;

	if (picked)
		owners[n++] =
		    (struct choice_person){ picked->id, picked->name, picked->email, true };
	for (size_t i = 0; i < people.n && i < CHOICES_SHOWN; i++) {
		const struct scoped_people_row *one = &people.at[i];

		if (!str_eq(one->id, chosen))
			owners[n++] =
			    (struct choice_person){ one->id, one->name, one->email, false };
	}
	*many = find.n || people.n > CHOICES_SHOWN;
	return (struct choice_persons){ owners, n };
}

/* ---- times, as a field of the type datetime-local has them, in UTC */

str
choice_end_text(struct arena *a, int64_t time)
{
	return time ? str_part(clock_iso(a, time), 0, MINUTE_CHARS) : (str){ 0 };
}

static bool
number_at(str s, size_t from, size_t n, int *number)
{
	int64_t value;
	str part = str_part(s, from, n);

	for (size_t i = 0; i < part.n; i++)
		if (part.at[i] < '0' || part.at[i] > '9')
			return false;
	if (part.n != n || !str_int(part, &value))
		return false;
	*number = (int)value;
	return true;
}

/* Nothing, or as a browser sends seconds: ":59", ":59.000". */
static bool
is_seconds(str s)
{
	int seconds, parts;

	if (s.n == 0)
		return true;
	if (s.at[0] != ':' || !number_at(s, 1, 2, &seconds) || seconds > 59)
		return false;
	return s.n == 3 || (s.at[3] == '.' && s.n <= 7 && number_at(s, 4, s.n - 4, &parts));
}

/* A blank may stand for the T, and seconds may follow, which are left out. 0 when it is none. */
static int64_t
time_of(str typed)
{
	struct clock_parts p = { 0 };

	if (typed.n < MINUTE_CHARS ||
	    !is_seconds(str_part(typed, MINUTE_CHARS, typed.n - MINUTE_CHARS)))
		return 0;
	if (typed.at[4] != '-' || typed.at[7] != '-' || typed.at[13] != ':' ||
	    (typed.at[10] != 'T' && typed.at[10] != ' '))
		return 0;
	if (!number_at(typed, 0, 4, &p.year) || !number_at(typed, 5, 2, &p.month) ||
	    !number_at(typed, 8, 2, &p.day) || !number_at(typed, 11, 2, &p.hour) ||
	    !number_at(typed, 14, 2, &p.minute))
		return 0;
	return clock_join(p);
}

str
choice_end_past(void)
{
	return S("This is in the past. Give a later time, in UTC.");
}

void
choice_end_read(struct request *rq, int64_t was, struct input *ends, int64_t *time)
{
	*time = 0;
	if (ends->value.n == 0 || ends->error.n)
		return;
	if (was && str_eq(ends->value, choice_end_text(rq->arena, was))) {
		*time = was;
		return;
	}
	*time = time_of(ends->value);
	if (*time == 0)
		ends->error = S("Give a day and time like 2027-01-31 17:00, in UTC.");
	else if (*time <= rq->now)
		ends->error = choice_end_past();
}

str
choice_lines(struct arena *a, str words)
{
	struct buf b = buf_new(a, words.n + 1);

	for (size_t i = 0; i < words.n; i++)
		buf_add_char(&b, words.at[i] == ' ' ? '\n' : words.at[i]);
	return buf_str(&b);
}
