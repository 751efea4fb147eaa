/* data_api.h - the key of the Data API, and who reaches its page.
 *
 * An organization has one client of the kind data_api in each environment, on the place 1 of one, so that twenty who
 * generate its first key at once make one client. It is made with that key and stays: what pages call its API key is
 * its secret, and replacing it is a reset or a rotation of that client. It may do all that the API of the word
 * `data` permits, as long as the organization is entitled to that API; each new key takes along what was added to the
 * API since.
 *
 * Admins reach the page by their role, others by a row of data_access. Whoever takes that away holds the row of the
 * user in which every write of a person is counted first, and reaches_still() (serve.c) asks data_listed() after that: so what a
 * person sent before they lost their access does not commit after it.
 */
#ifndef CORE_DATA_API_H
#define CORE_DATA_API_H

#include "core/client.h"

/* The client of rq->org in an environment, and its two secrets: rows, 0 where there is none. NULL before the first
 * key. sql_data_client(db, .org = ..., .environment = ...) */
struct data_client_row;

/* The row of the secret that a rotation is replacing, as long as that works; else 0, also for no client. */
int64_t data_old(const struct request *, const struct data_client_row *);

/* What became of a wish to generate. All but DATA_GENERATED must be undone by the caller. */
enum data_generated {
	DATA_NOT_ENTITLED, /* the organization may not use the API */
	DATA_GENERATED,
	DATA_BEFORE, /* the same form was sent before: made says what it made, and when */
	DATA_THERE,  /* there is a key: whoever wants another one replaces it */
};

/* A key where there is none: the client too if it is the first, else the next key when the last one has ended.
 * wish.environment and wish.once count. *made as for client_create(). */
enum data_generated
data_generate(struct request *, const struct client_wish *, struct client_made *made);

/* Whether rq->org may use the Data API. */
bool data_entitled(struct request *);

/* What became of a change of the list, audited. All but DATA_CHANGED have changed nothing. */
enum data_changed {
	DATA_NOBODY, /* no such user of the organization, or one who is not active and is to be given access */
	DATA_CHANGED,
	DATA_ALREADY, /* it is so */
	DATA_BY_ROLE, /* admins are not on the list */
};

/* Gives access to the user of that public id, or takes it away. */
enum data_changed data_grant(struct request *, str id);
enum data_changed data_take(struct request *, str id);

/* Whether rq->me is on the list at this moment of the transaction. Admins need not be. */
bool data_listed(struct request *);

/* Notes that rq->me opens the page, at most once a minute; a statement of its own. */
void data_opened(struct request *);

#endif
