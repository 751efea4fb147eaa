/* audit_filters.h - what the page of the audit log is limited to, by its query or by a form of it.
 *
 *      person=ID|nobody act=WORD object=ID from=DAY to=DAY after=MACHINE-NUMBER
 *
 * Days are of UTC, and the last one is meant whole. What is none of these values is left out, as if it had not been
 * asked for. A member is limited to their own acts, whatever is asked.
 */
#ifndef SITE_AUDIT_FILTERS_H
#define SITE_AUDIT_FILTERS_H

#include "core/audit_list.h"
#include "site/filters.h"

SHAPE(audit_group, text(name), list(acts, choice));

/* all: the query of the first page. own: nothing but one's own acts may be seen. excerpt: something limits it, so
 * that an export of it is found by index, piece by piece, and is no whole run of a chain. */
SHAPE(audit_filters, list(people, choice), list(groups, audit_group), text(person), text(act),
    text(object), text(from), text(to), list(active, chosen), text(all), flag(filtered), flag(own),
    flag(excerpt), flag(installation));

/* From the query of a GET, or the fields of a POST. The list of people ends at 100. */
struct audit_filters audit_filters_read(struct request *, struct audit_query *);

/* The query that a form asks for, with that object in place of its own; for who answers the form. */
str audit_filters_posted(struct request *, str object, str person);

/* Words that may stand in an address as an object: no secret, and no longer than an object is; else empty. A view. */
str audit_filters_object(str);

#endif
