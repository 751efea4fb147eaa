/* history.h - what became of the secrets of a client, as its page shows it (templates/part_history.mustache). */
#ifndef SITE_HISTORY_H
#define SITE_HISTORY_H

#include "site/page.h"

SHAPE(secret_row, text(hint), text(kind), text(state), text(tone), part(created, moment),
    part(ended, moment), text(reason));

/* The last 20 of the client of rq->id in the organization, the newest first. */
struct secret_rows history_of_key(struct request *);

#endif
