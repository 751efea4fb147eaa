/* additional_shown.h - additional secrets as pages show them: one in full, those of an account key in brief. */
#ifndef SITE_ADDITIONAL_SHOWN_H
#define SITE_ADDITIONAL_SHOWN_H

#include "site/rows.h"
#include "site/scoped_shown.h"

/* One permission. lost: the organization is no longer entitled to the API. changes: it may only read, and the catalogue
 * says that this permission changes something. Either way it is not in force. */
SHAPE(additional_grant, text(api), text(api_id), text(name), text(may), flag(lost), flag(changes));

/* templates/part_additional.mustache. key is the short id of its account key; soon: it ends within SCOPED_SOON_DAYS. */
SHAPE(additional_shown, text(member), flag(own), text(key), text(key_name), text(client_id),
    flag(paused), flag(reads), list(grants, additional_grant), many(networks), part(ends, moment),
    flag(soon), list(calls, scoped_call), flag(more_calls));

/* That of the organization's additional secret of this id, whoever asks; false, and nothing filled in, when it is
 * none. */
bool additional_show(struct request *, str id, struct additional_shown *);

/* Those of the account key of rq->id, the newest first: n in all, more than are shown
 * (templates/part_additional_of_key.mustache). */
enum { ADDITIONAL_BRIEFLY = 20 };
SHAPE(additional_of_key, int(n), list(rows, credential_row), int(more));
struct additional_of_key additional_of_key(struct request *);

#endif
