/* client_list.h - clients in the order of a list, those that all of some terms hold for (core/client_index.h).
 *
 * Of the terms that are asked for the one with the fewest clients is walked, in the order of the list, and the
 * others are looked at for each client on the way. One term alone is a range of an index: nothing is passed over.
 * With several the walk ends after CLIENT_LIST_LOOK clients, full page or not, and says where to go on. So no
 * question costs more with a million clients than with a few thousand.
 */
#ifndef CORE_CLIENT_LIST_H
#define CORE_CLIENT_LIST_H

#include "http/request.h"

enum { CLIENT_LIST_ROWS = 50, CLIENT_LIST_LOOK = 2000, CLIENT_COUNT_MAX = 1000 };

enum client_order { BY_CREATED /* the newest first */, BY_NAME };

struct client_query {
	bool integration;
	struct strs terms; /* all must hold; without any there is nothing to list */
	int64_t made_from,
	    made_until; /* created from the one on and before the other; 0 is no bound */
	enum client_order order;
	str from; /* the page behind the client of this short id, or before it; empty: the first one */
	bool backwards;    /* before it */
	size_t rows, look; /* 0: as above. Tests have less */
};

struct client_page {
	const int64_t *clients; /* client.id, in the order of the list */
	size_t n;
	str next, previous; /* short ids to go on from; empty when there is nothing further */
	bool
	    stopped; /* the walk has ended before the page was full: there may be more behind `next` */
	int64_t count; /* of all pages */
	bool more;     /* at least that many: counting has ended there */
};

struct client_page client_list(struct request *, const struct client_query *);

/* The terms that a search for a text asks for: none when it has no word. A client ID is one, whole or begun. */
struct strs client_search_terms(struct arena *, str text);

/* What holds for the terms of a client that have all of these among them, for statements that ask as those of
 * client_list.sql do: CONCAT(' ', REPLACE(terms, ' ', '  '), ' ') LIKE it. */
str client_list_pattern(struct arena *, struct strs terms);

/* Row numbers as the JSON that the statements client_rows and client_rows_may take. */
str client_rows_ids(struct arena *, const int64_t *clients, size_t n);

/* The row of a client among those of client_rows, which are in no order; NULL when it has gone meanwhile. */
struct client_rows_rows;
const struct client_rows_row *client_row_of(const struct client_rows_rows *, int64_t client);

#endif
