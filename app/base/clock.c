/* clock.c - the time, as microseconds since 1970 in UTC. */
#define _GNU_SOURCE
#include "base/clock.h"

#include <time.h>

static int64_t
read_clock(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

int64_t
clock_now(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t
clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* The calendar is worked out here: gmtime_r() and timegm() take a lock that all threads share, for time
 * zones, and are ten times slower. Years are counted from March, so that the leap day is the last of them,
 * in rounds of 400 years, after which the calendar repeats. DAYS_TO_1970 is from 1 March of the year 0. */
enum { ROUND_YEARS = 400, ROUND_DAYS = 146097, DAYS_TO_1970 = 719468 };

/* Rounded down, also below 0. */
static int64_t
divide(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

/* The days from 1 March to the first of a month, which is counted from March, from 0 on. */
static int64_t
days_before(int64_t month)
{
	return (153 * month + 2) / 5;
}

static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t from_march = month > 2 ? month - 3 : month + 9;
	int64_t y = month > 2 ? year : year - 1;
	int64_t rounds = divide(y, ROUND_YEARS), in_round = y - rounds * ROUND_YEARS;

	return rounds * ROUND_DAYS + in_round * 365 + in_round / 4 - in_round / 100 +
	       days_before(from_march) + day - 1 - DAYS_TO_1970;
}

static void
split_days(int64_t days, struct clock_parts *p)
{
	int64_t rounds = divide(days + DAYS_TO_1970, ROUND_DAYS);
	int64_t n = days + DAYS_TO_1970 - rounds * ROUND_DAYS; /* days of this round */
	/* Without its leap days it would have n / 365 years. */
	int64_t year = (n - n / 1460 + n / 36524 - n / 146096) / 365;
	int64_t in_year = n - (year * 365 + year / 4 - year / 100);
	int64_t month = (5 * in_year + 2) / 153;

	p->day = (int)(in_year - days_before(month) + 1);
	p->month = (int)(month < 10 ? month + 3 : month - 9);
	p->year = (int)(rounds * ROUND_YEARS + year + (p->month <= 2));
}

struct clock_parts
clock_split(int64_t time)
{
	int64_t seconds = divide(time, SECOND), days = divide(time, DAY);
	int64_t in_day = seconds - days * (DAY / SECOND);
	struct clock_parts p = { .hour = (int)(in_day / 3600),
		.minute = (int)(in_day / 60 % 60),
		.second = (int)(in_day % 60),
		.microsecond = (int)(time % SECOND < 0 ? time % SECOND + SECOND : time % SECOND) };

	split_days(days, &p);
	return p;
}

int64_t
clock_join(struct clock_parts p)
{
	int64_t days;
	struct clock_parts again;

	if (p.year < 1 || p.year > 9999 || p.month < 1 || p.month > 12 || p.day < 1 || p.day > 31)
		return 0;
	if (p.hour < 0 || p.hour > 23 || p.minute < 0 || p.minute > 59 || p.second < 0 ||
	    p.second > 59 || p.microsecond < 0 || p.microsecond >= SECOND)
		return 0;
	days = days_of(p.year, p.month, p.day);
	split_days(days, &again);
	if (again.day != p.day) /* 31 February is 3 March here */
		return 0;
	return days * DAY + p.hour * HOUR + p.minute * MINUTE + p.second * SECOND + p.microsecond;
}

str
clock_for_people(struct arena *a, int64_t time)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	struct clock_parts p = clock_split(time);

	if (time == 0)
		return (str){ 0 };
	return fmt(
	    a, "%d %s %d, %02d:%02d UTC", p.day, months[p.month - 1], p.year, p.hour, p.minute);
}

str
clock_iso(struct arena *a, int64_t time)
{
	struct clock_parts p = clock_split(time);

	if (time == 0)
		return (str){ 0 };
	return fmt(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", p.year, p.month, p.day, p.hour, p.minute,
	    p.second);
}

str
clock_span(struct arena *a, int64_t span)
{
	if (span < MINUTE)
		return fmt(a, "%d s", (int)(span / SECOND));
	if (span < HOUR)
		return fmt(a, "%d min", (int)(span / MINUTE));
	if (span < DAY)
		return fmt(a, "%d h", (int)(span / HOUR));
	return fmt(a, "%d %s", (int)(span / DAY), span < 2 * DAY ? "day" : "days");
}

str
clock_ago(struct arena *a, int64_t time, int64_t now)
{
	int64_t span = now > time ? now - time : time - now;
	str words;

	if (time == 0)
		return S("never");
	if (span < 5 * SECOND)
		return S("just now");
	words = clock_span(a, span);
	return now > time ? fmt(a, "%.*s ago", STR(words)) : fmt(a, "in %.*s", STR(words));
}
