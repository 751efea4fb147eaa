/* token_parts.h - what the files of tokens share, inside core/. */
#ifndef CORE_TOKEN_PARTS_H
#define CORE_TOKEN_PARTS_H

#include "base/buf.h"
#include "core/token.h"

/* Both lists together; 157 ids. */
enum { TOKEN_PLACES_BYTES = 2048 };

/* Adds the claims accounts and workspaces of a caller who is held to places (caller->placed) to the object that stands
 * there: those that are there now, by one statement. When they are over TOKEN_PLACES_BYTES both are empty, so that a
 * service which goes by them refuses, and places_at says where to ask. They are for others: nothing here reads them. */
void token_places_add(struct request *, const struct caller *, struct buf *json);

/* The claims without those, for who reads the others; in the arena when there were any. */
str token_without_places(struct arena *, str claims);

#endif
