/* clock.h - the time, as microseconds since 1970 in UTC. 0 is no time at all. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

#define SECOND ((int64_t)1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* The wall clock, and one that never goes back (for durations). */
int64_t clock_now(void);
int64_t clock_monotonic(void);

/* A time as its calendar parts, UTC. */
struct clock_parts {
	int year, month, day, hour, minute, second, microsecond;
};
struct clock_parts clock_split(int64_t time);

/* The other way round; parts that are no date and time of the years 1 to 9999 give 0. */
int64_t clock_join(struct clock_parts);

/* "20 Nov 2026, 14:03 UTC", for people; "2026-11-20T14:03:09Z", for <time datetime> and programs. The
 * empty text for no time. */
str clock_for_people(struct arena *, int64_t time);
str clock_iso(struct arena *, int64_t time);

/* "3 days ago", "4 min ago", "just now", "in 2 h": how long before or after now, in its largest unit. */
str clock_ago(struct arena *, int64_t time, int64_t now);

/* "3 days", "4 min": how long a span of microseconds is, in its largest unit. */
str clock_span(struct arena *, int64_t span);

#endif
