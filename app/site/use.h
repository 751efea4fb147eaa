/* use.h - what pages show of use: calls over time, and who makes them. */
#ifndef SITE_USE_H
#define SITE_USE_H

#include "site/chart.h"
#include "site/page.h"
#include "site/place.h"

/* Callers that a page shows one by one: 30 of them, each with the longest texts, are 40 kB. */
enum { USE_CALLERS_SHOWN = 30, USE_CALLERS_BRIEFLY = 10 };

/* A row may be that of the others, who have none of their own. ended: its secret works no more. */
SHAPE(caller_row, text(program), text(address), text(hint), flag(ended), text(first),
    part(last, moment), text(calls), text(refused), flag(refusals), flag(other));

/* n is how many there are in all; more those that are not shown, with their calls. */
SHAPE(
    callers_shown, int(n), list(rows, caller_row), int(more), text(more_calls), text(more_refused));
SHAPE(use_shown, part(hours, chart), part(days, chart), part(callers, callers_shown));

/* Of the key of rq->id in the organization: the last 24 hours and 30 days, and the callers of these. Briefly
 * where a rotation has them above. */
struct use_shown use_of_key(struct request *, bool briefly);

/* Who would feel it if its secrets ended: the places that are declared, and those callers that were accepted and
 * have called in the last 24 hours, or in the last 30 days. */
SHAPE(felt_shown, part(callers, callers_shown), part(places, places_brief), text(span));
struct felt_shown use_felt_by(struct request *);
struct felt_shown use_felt_by_month(struct request *);

/* Of all keys of the organization in the environment that is shown: the last hour and 30 days. */
SHAPE(use_of_all, part(minutes, chart), part(days, chart));
struct use_of_all use_of_organization(struct request *);

/* The program as a row of a table has room for it: its first 40 characters. */
str use_program(const struct request *, str program);

#endif
