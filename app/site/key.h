/* key.h - what the pages about a key share: its row, its status, the reveal of its secret. */
#ifndef SITE_KEY_H
#define SITE_KEY_H

#include "core/client.h"
#include "site/additional_shown.h"
#include "site/badge.h"
#include "site/page.h"
#include "site/scoped_shown.h"
#include "sql.h"

/* The key of rq->id in the organization, or NULL. The page then shows the key's own environment. It is one of the kind
 * that the route is about, and where that is SECRET one that this person may see: their own, or any for admins and
 * compliance admins. Where it is DATA, rq->id becomes that of the Data API's client. */
const struct client_card_row *key_card(struct request *);

/* What one may do with it differs for additional secrets only: a text is for the owner alone, admins change all that shows
 * none, and compliance admins may end any. */
enum key_act {
	KEY_OWN, /* what shows a text, or says something about one */
	KEY_CHANGE,
	KEY_END,
};
bool key_may(const struct request *, const struct client_card_row *, enum key_act);

/* The key for an act on it: NULL when it is not there or not for this person, and then *refusal is the reply. Account
 * keys are changed by admins; every handler of a CREDENTIALS_CHANGE, USER or DATA_API route that is about a key asks this
 * before it does anything. */
const struct client_card_row *key_to(struct request *, enum key_act, struct reply *refusal);
const struct client_card_row *key_to_change(struct request *, struct reply *refusal);

/* Where the pages of the route's key begin: "/credentials/ID", "/secrets/ID" or "/data-api". Templates write
 * {{>part_home}}, which goes by the frame's flags in_credentials, in_secrets and in_data_api. */
str key_home(const struct request *);

/* 303 to there, with what follows: "?did=stored", "/reset". */
struct reply key_see(struct request *, const char *rest);

/* Whether that kind is a scoped credential's, or an additional secret's; whether this person may change account keys or
 * scoped credentials of it, what pages call one ("key", "credential" or "secret"), and what they call its client ID. */
bool key_scoped(str kind);
bool key_additional(str kind);
bool key_may_change(const struct request *, str kind);
str key_noun(str kind);
str key_handle(str kind);

/* Why a secret has ended, for people ("Rotated"), by secret.ended_reason. */
str key_ended_words(str reason);

/* What the pages of the route call its secret: "secret", or "API key" where it is the Data API's. */
str key_secret_words(const struct request *);

/* How a secret came to be. */
enum key_made { KEY_MADE, KEY_RESET, KEY_ROTATED, KEY_COMPROMISED, KEY_OPENED };

/* The page that shows a secret this one time, and the one for a form that was sent before. */
struct reply key_reveal(struct request *, const struct client_made *, enum key_made);
struct reply key_made_before(struct request *, const struct client_made *, enum key_made);

/* conflict(), with the way back to the key of rq->id. */
struct reply key_conflict(struct request *, str sentence);

/* A reply that reveals marks the browser; the next one tells its cache to forget. Called by serve(). */
void key_reveal_headers(struct request *, struct reply *);

SHAPE(credential_reveal_view, text(id), flag(in_credentials), flag(in_secrets), flag(in_data_api),
    text(name), text(noun), text(handle), flag(scoped), text(client_id), text(secret),
    flag(replaced), flag(rotated), flag(compromised), flag(opened), text(old_hint),
    part(old_ends, moment), text(seen), text(curl), part(scope, scoped_shown),
    part(lent, additional_shown));
SHAPE(credential_made_view, text(id), flag(in_credentials), flag(in_secrets), flag(in_data_api),
    text(name), text(noun), flag(scoped), part(made, moment), flag(replaced), flag(rotated),
    flag(compromised), flag(opened), part(old_ends, moment), text(seen), text(once),
    flag(may_change));
extern const struct page credential_reveal_page, credential_made_page;

#endif
