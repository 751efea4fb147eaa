/* client_index.h - what a client is found by, kept beside it, so that lists and searches cost the same with a
 * hundred clients and with a million.
 *
 * A term is a word's beginning (each of them: 'w', 'we', 'web' of "Web"), or a name and a value ('status=active',
 * 'api=7', 'owner=12', 'kind=scoped'; no word holds a =). The table client_term has a row for each term of each
 * client, in two orders: by when the client was made, and by its name. So whatever is asked for by one term is one
 * range of one index, already in the order of the list. core/client_list.h reads it.
 *
 * Words are those of the name, the tags and the description (core/words.h). A client ID is found by its 16 random characters whole and by their first
 * 4 to 8, the short id whole, both in any case. An additional secret has no client ID of its own. Its owner is a term
 * by row, as every owner is, and never by name: people change theirs.
 */
#ifndef CORE_CLIENT_INDEX_H
#define CORE_CLIENT_INDEX_H

#include "core/desk.h"
#include "http/request.h"

enum {
	INDEX_FORMAT =
	    1, /* raised when terms are made otherwise: the housekeeper then makes all anew */
	INDEX_TERMS_MAX =
	    1200, /* of one client: as many as its columns have characters, and 200 APIs */
	INDEX_ID_LEAST = 4, /* of a client ID: its first characters, from so many to so many */
	INDEX_ID_MOST = 8,
};

/* Makes the terms of a client (client.id) what its rows now say: only what differs is written. Called within the
 * transaction that makes or changes one: its name, tags, description, status, owner or grants, or its end. Locks its
 * row, if the caller has not. Keeps nothing of the arena: a hundred of them end with their key in one request. */
void client_index(struct request *, int64_t client);

/* A job of the housekeeper: indexes what no program has, be it from before there was an index, put into the table
 * by hand, or changed by hand with `indexed` set to 0. A few hundred at a time, in short transactions. */
void client_index_due(struct desk *, struct arena *);

#endif
