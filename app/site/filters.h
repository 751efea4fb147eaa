/* filters.h - the list of scoped credentials, by the query: what is looked for, filters, order, page.
 *
 *      q=WORDS status=active|deactivated api=WORD owner=ID made=7d|30d|90d|before-90d|before-1y
 *      environment=production|integration sort=name after=ID before=ID
 *
 * What is none of these values is left out, as if it had not been asked for.
 */
#ifndef SITE_FILTERS_H
#define SITE_FILTERS_H

#include "core/client_list.h"
#include "site/page.h"
#include "site/query.h"

/* What the form and the links of the list need. addresses are queries: those of the order that is not in force, of
 * the first page (all), and of the pages beside this one; empty where there is none. */
SHAPE(filters, text(q), list(statuses, choice), list(apis, choice), list(owners, choice),
    list(mades, choice), list(environments, choice), list(active, chosen), flag(by_name),
    text(other_order), text(all), flag(further), text(next), text(previous));

/* Reads the query of the request into what the list is asked, and what its page shows. rq->environment becomes the
 * one that is asked for. The lists of APIs and owners end at 200. */
struct filters filters_read(struct request *, struct client_query *);

/* The links to the pages beside this one. */
void filters_pages(struct request *, struct filters *, const struct client_page *);

/* The query that a form of the list asks for, without the page it was on; for who answers the form. */
str filters_posted(struct request *, str q);

/* Words that could be sent to a list: no secret, and no longer than a field has room for; else empty. A view. */
str filters_words(str);

/* The same of a value that is chosen: an id or a word, none of which is long. */
str filters_value(str);

#endif
