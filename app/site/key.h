/* key.h - what the pages about a key share: its row, its status, the reveal of its secret. */
#ifndef SITE_KEY_H
#define SITE_KEY_H

#include "core/client.h"
#include "site/badge.h"
#include "site/page.h"
#include "site/scoped_shown.h"
#include "sql.h"

/* The key of rq->id in the organization, or NULL. The page then shows the key's own environment. */
const struct client_card_row *key_card(struct request *);

/* The same for an act on it: NULL when it is not there or not for this person, and then *refusal is the reply. Account
 * keys are changed by admins; every handler of a CREDENTIALS_CHANGE route asks this before it does anything. */
const struct client_card_row *key_to_change(struct request *, struct reply *refusal);

/* Whether that kind is a scoped credential's, whether this person may change clients of it, what pages call one ("key" or
 * "credential"), and what they call its client ID. */
bool key_scoped(str kind);
bool key_may_change(const struct request *, str kind);
str key_noun(str kind);
str key_handle(str kind);

/* How a secret came to be. */
enum key_made { KEY_MADE, KEY_RESET, KEY_ROTATED, KEY_COMPROMISED, KEY_OPENED };

/* The page that shows a secret this one time, and the one for a form that was sent before. */
struct reply key_reveal(struct request *, const struct client_made *, enum key_made);
struct reply key_made_before(struct request *, const struct client_made *, enum key_made);

/* conflict(), with the way back to the key of rq->id. */
struct reply key_conflict(struct request *, str sentence);

/* A reply that reveals marks the browser; the next one tells its cache to forget. Called by serve(). */
void key_reveal_headers(struct request *, struct reply *);

SHAPE(credential_reveal_view, text(id), text(name), text(noun), text(handle), flag(scoped),
    text(client_id), text(secret), flag(replaced), flag(rotated), flag(compromised), flag(opened),
    text(old_hint), part(old_ends, moment), text(curl), part(scope, scoped_shown));
SHAPE(credential_made_view, text(id), text(name), text(noun), flag(scoped), part(made, moment),
    flag(replaced), flag(rotated), flag(compromised), flag(opened), part(old_ends, moment),
    text(once), flag(may_change));
extern const struct page credential_reveal_page, credential_made_page;

#endif
