/* secret_filters.h - the list of additional secrets, by the query: whose, which, and which page of them.
 *
 *      q=WORDS state=working|waiting|ending|unused|ended api=WORD key=ID member=ID
 *      environment=production|integration after=ID before=ID
 *
 * What is none of these values is left out, as if it had not been asked for. Who may see all may filter; who sees
 * their own has only the environment, and the ended ones.
 */
#ifndef SITE_SECRET_FILTERS_H
#define SITE_SECRET_FILTERS_H

#include "site/filters.h"

/* Whose: those of the user `owner` alone, or with `all` everybody's or those of one member. Of the others, 0 and empty ask
 * for nothing. */
struct secret_query {
	bool all, ended;
	int64_t owner, parent, api;
	str state, pattern;
	str from; /* the page behind that one, or before it; empty: the first one */
	bool backwards;
};

/* As filters are; members are those who have one now. */
SHAPE(secret_filters, flag(all), flag(ended), text(q), list(states, choice), list(apis, choice),
    list(keys, choice), list(members, choice), text(environment), list(active, chosen), text(which),
    flag(further), text(next), text(previous));

/* Reads the query of the request; rq->environment becomes the one that is asked for. */
struct secret_filters secret_filters_read(struct request *, struct secret_query *);

/* The links to the pages beside this one, which begin behind next or before previous; empty when there is none. */
void secret_filters_pages(struct request *, struct secret_filters *, str next, str previous);

/* The query that a form of the list asks for. */
str secret_filters_posted(struct request *, str q);

#endif
