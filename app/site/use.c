/* use.c - what pages show of use: calls over time, and who makes them. */
#include "site/use.h"

#include "core/usage.h"
#include "sql.h"

enum { MINUTES = 60, HOURS = 24, DAYS = 30, PROGRAM_CHARS = 40 };

/* ---- calls over time */

/* Points one step apart, of which the first begins at `from`; and all their calls by outcome. */
struct time_line {
	struct chart_point *points;
	size_t n;
	int64_t from, step;
	int64_t calls[USE_OUTCOMES];
};

/* "14:03", "20 Nov, 14:00" or "20 Nov". */
static str
label_of(struct request *rq, int64_t at, int64_t step)
{
	str rest = clock_for_people(rq->arena, at), time;
	str day = str_cut(rest, ' ', &rest), month = str_cut(rest, ' ', &rest);

	str_cut(rest, ' ', &time); /* the year */
	if (step == MINUTE)
		return str_part(time, 0, 5);
	if (step == DAY)
		return fmt(rq->arena, "%.*s %.*s", STR(day), STR(month));
	return fmt(rq->arena, "%.*s %.*s, %.*s", STR(day), STR(month), STR(str_part(time, 0, 5)));
}

/* n of them, up to the one that goes on now. */
static struct time_line
line_until_now(struct request *rq, size_t n, int64_t step)
{
	struct time_line line = {
		.points = NEW(rq->arena, struct chart_point, n), .n = n, .step = step
	};

	line.from = rq->now - rq->now % step - (int64_t)(n - 1) * step;
	for (size_t i = 0; i < n; i++)
		line.points[i].label = label_of(rq, line.from + (int64_t)i * step, step);
	return line;
}

static void
line_add(struct time_line *line, int64_t at, str outcome, int64_t calls)
{
	size_t i = (size_t)((at - line->from) / line->step);

	if (at < line->from || i >= line->n)
		return; /* by another machine's clock it is tomorrow */
	if (str_eq(outcome, usage_word(USE_ACCEPTED)))
		line->points[i].accepted += calls;
	else
		line->points[i].refused += calls;
	for (size_t k = 0; k < USE_OUTCOMES; k++)
		if (str_eq(outcome, usage_word((enum use_outcome)k)))
			line->calls[k] += calls;
}

/* "Refused: 12 with an ended secret, 3 for the other environment." */
static str
why_refused(struct request *rq, const struct time_line *line)
{
	static const char *const words[USE_OUTCOMES] = {
		[USE_WRONG] = "with a wrong client ID or secret",
		[USE_REVOKED] = "with an ended secret",
		[USE_EXPIRED] = "with an expired secret",
		[USE_DEACTIVATED] = "while the key or its owner was deactivated",
		[USE_ENVIRONMENT] = "for the other environment",
		[USE_PERMISSION] = "for what it may not do",
		[USE_LIMITED] = "above its limit",
	};
	str said = { 0 };

	for (size_t i = 0; i < USE_OUTCOMES; i++)
		if (words[i] && line->calls[i])
			said = fmt(rq->arena, "%.*s%s %.*s %s", STR(said),
			    said.n ? "," : "Refused:", STR(chart_number(rq->arena, line->calls[i])),
			    words[i]);
	return said.n ? fmt(rq->arena, "%.*s.", STR(said)) : said;
}

static struct chart
chart_line(struct request *rq, const struct time_line *line)
{
	struct chart_wish wish = {
		.why = why_refused(rq, line), .points = line->points, .n = line->n
	};

	if (line->step == MINUTE) {
		wish.id = S("chart-minutes");
		wish.title = S("Calls in the last hour");
		wish.each = S("minute");
		wish.now = S("this minute");
	} else if (line->step == HOUR) {
		wish.id = S("chart-hours");
		wish.title = S("Calls in the last 24 hours");
		wish.each = S("hour");
		wish.now = S("this hour");
	} else {
		wish.id = S("chart-days");
		wish.title = S("Calls in the last 30 days");
		wish.each = S("day");
		wish.now = S("today");
	}
	return chart_of(rq->arena, &wish);
}

static struct chart
chart_of_key(struct request *rq, bool days)
{
	struct time_line line = line_until_now(rq, days ? DAYS : HOURS, days ? DAY : HOUR);
	struct usage_of_client_rows rows = sql_usage_of_client(
	    rq->db, .org = rq->org, .id = rq->id, .days = days, .since = line.from);

	for (size_t i = 0; i < rows.n; i++)
		line_add(&line, rows.at[i].at, rows.at[i].outcome, rows.at[i].calls);
	return chart_line(rq, &line);
}

static struct chart
chart_of_all(struct request *rq, bool days)
{
	struct time_line line = line_until_now(rq, days ? DAYS : MINUTES, days ? DAY : MINUTE);
	struct usage_of_organization_rows rows = sql_usage_of_organization(rq->db, .org = rq->org,
	    .environment = rq->environment, .days = days, .since = line.from);

	for (size_t i = 0; i < rows.n; i++)
		line_add(&line, rows.at[i].at, rows.at[i].outcome, rows.at[i].calls);
	return chart_line(rq, &line);
}

struct use_of_all
use_of_organization(struct request *rq)
{
	return (struct use_of_all){ .minutes = chart_of_all(rq, false),
		.days = chart_of_all(rq, true) };
}

/* ---- callers */

str
use_program(const struct request *rq, str program)
{
	if (program.n <= PROGRAM_CHARS)
		return program;
	return fmt(rq->arena, "%.*s…", STR(str_trim(str_part(program, 0, PROGRAM_CHARS))));
}

static struct caller_row
row_of(struct request *rq, const struct usage_callers_row *caller)
{
	str first, rest;

	first = str_cut(clock_for_people(rq->arena, caller->first_at), ',', &rest);
	return (struct caller_row){ .program = caller->program,
		.address = caller->address,
		.hint = caller->hint,
		.ended = str_eq(caller->status, S("revoked")),
		.first = first,
		.last = moment_of(rq, caller->last_at),
		.calls = chart_number(rq->arena, caller->calls),
		.refused = chart_number(rq->arena, caller->refused),
		.refusals = caller->refused > 0,
		.other = caller->address.n == 0 && str_eq(caller->program, S("other")) };
}

static struct callers_shown
callers_of(struct request *rq, bool current, int64_t since, int most)
{
	struct usage_callers_rows callers = sql_usage_callers(
	    rq->db, .org = rq->org, .id = rq->id, .current = current, .since = since, .most = most);
	const struct usage_callers_sum_row *sum = sql_usage_callers_sum(
	    rq->db, .org = rq->org, .id = rq->id, .current = current, .since = since);
	struct caller_row *rows = NEW(rq->arena, struct caller_row, callers.n);
	struct callers_shown shown = { .n = sum->n, .rows = { rows, callers.n } };
	int64_t calls = sum->calls, refused = sum->refused;

	for (size_t i = 0; i < callers.n; i++) {
		rows[i] = row_of(rq, &callers.at[i]);
		calls -= callers.at[i].calls;
		refused -= callers.at[i].refused;
	}
	shown.more = sum->n - (int64_t)callers.n;
	shown.more_calls = chart_number(rq->arena, calls);
	shown.more_refused = chart_number(rq->arena, refused);
	return shown;
}

struct use_shown
use_of_key(struct request *rq, bool briefly)
{
	return (struct use_shown){ .hours = chart_of_key(rq, false),
		.days = chart_of_key(rq, true),
		.callers = callers_of(rq, false, rq->now - DAYS * DAY,
		    briefly ? USE_CALLERS_BRIEFLY : USE_CALLERS_SHOWN) };
}

static struct felt_shown
felt_by(struct request *rq, int64_t span, int most)
{
	struct felt_shown felt = { .span = span == DAY ? S("24 hours") : S("30 days") };

	felt.callers = callers_of(rq, true, rq->now - span, most);
	felt.places = places_brief(rq, rq->id, PLACES_BRIEFLY);
	return felt;
}

struct felt_shown
use_felt_by(struct request *rq)
{
	return felt_by(rq, DAY, USE_CALLERS_BRIEFLY);
}

struct felt_shown
use_felt_by_month(struct request *rq)
{
	return felt_by(rq, DAYS * DAY, USE_CALLERS_SHOWN);
}
