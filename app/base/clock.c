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

struct clock_parts
clock_split(int64_t time)
{
	int64_t micro = ((time % SECOND) + SECOND) % SECOND;
	time_t seconds = (time_t)(time / SECOND - (time % SECOND < 0));
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return (struct clock_parts){ .year = tm.tm_year + 1900,
		.month = tm.tm_mon + 1,
		.day = tm.tm_mday,
		.hour = tm.tm_hour,
		.minute = tm.tm_min,
		.second = tm.tm_sec,
		.microsecond = (int)micro };
}

int64_t
clock_join(struct clock_parts p)
{
	if (p.year < 1 || p.year > 9999 || p.month < 1 || p.month > 12 || p.day < 1 || p.day > 31)
		return 0;
	if (p.hour < 0 || p.hour > 23 || p.minute < 0 || p.minute > 59 || p.second < 0 ||
	    p.second > 59 || p.microsecond < 0 || p.microsecond >= SECOND)
		return 0;

	struct tm tm = { .tm_year = p.year - 1900,
		.tm_mon = p.month - 1,
		.tm_mday = p.day,
		.tm_hour = p.hour,
		.tm_min = p.minute,
		.tm_sec = p.second };
	int64_t time = (int64_t)timegm(&tm) * SECOND + p.microsecond;

	/* timegm() takes 31 February for 3 March. */
	if (clock_split(time).day != p.day)
		return 0;
	return time;
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
