/* seen.h - who has seen the secrets of a client, as pages show it (templates/part_seen.mustache).
 *
 * Each person who was shown a secret is a row of `exposure`. What pages say of it is computed from rows each
 * time: whoever is deactivated, whichever way, is named as gone on the next page.
 */
#ifndef SITE_SEEN_H
#define SITE_SEEN_H

#include "site/page.h"

enum { SEEN_SHOWN = 50 };

/* One person and one secret. ended, or all empty while it works; user and name empty when nobody of the
 * organization has seen it: how then says why. left: they are no active user any more; taken: of the Data API, they
 * may not reach it any more. */
SHAPE(seen_row, text(hint), part(ended, moment), text(user), text(name), text(how),
    part(at, moment), flag(left), flag(taken));

/* Who has left and knows the secret that is used now, which is not their own. names is empty when nobody has, or
 * when all of them have come back: then since says whether somebody had left. since is when Keydesk noticed, all empty
 * in the first seconds; ends is when the secret ends by itself, if it does. */
SHAPE(seen_leavers, flag(known), text(names), flag(several), text(hint), part(since, moment),
    part(ends, moment));

/* may_open: this person may open what each of these people has seen. */
SHAPE(seen_shown, list(rows, seen_row), flag(more), flag(may_open), part(leavers, seen_leavers));

/* Of the client of that public id in rq->org: of its secrets that have not ended and the one that ended last, the newest first.
 * Empty when there is no such client. */
struct seen_shown seen_of(struct request *, str id);

#endif
