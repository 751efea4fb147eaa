/* key.h - what the pages about a key share: its row, its status, the reveal of its secret. */
#ifndef SITE_KEY_H
#define SITE_KEY_H

#include "core/client.h"
#include "site/page.h"
#include "sql.h"

/* The key of rq->id in the organization, or NULL. The page then shows the key's own environment. */
const struct client_card_row *key_card(struct request *);

/* The one badge of a key, by priority: deactivated, expired, overdue, not confirmed as stored, working. */
struct key_facts {
	str status;
	int64_t secret_made_at, stored_at, expires_at;
};
struct key_badge {
	str words, tone, why; /* why is empty when nothing needs attention */
	int64_t overdue_days;
};
struct key_badge key_badge(struct request *, const struct key_facts *);

/* The same from any row that has these columns. */
#define KEY_FACTS(row)        \
	(&(struct key_facts){ \
	    (row)->status, (row)->secret_made_at, (row)->stored_at, (row)->expires_at })

/* The page that shows a secret this one time, and the one for a form that was sent before. */
struct reply key_reveal(struct request *, const struct client_made *, bool replaced);
struct reply key_made_before(struct request *, const struct client_made *, bool replaced);

/* A reply that reveals marks the browser; the next one tells its cache to forget. Called by serve(). */
void key_reveal_headers(struct request *, struct reply *);

SHAPE(credential_reveal_view, text(id), text(name), text(client_id), text(secret), flag(replaced),
    text(curl));
SHAPE(credential_made_view, text(id), text(name), part(made, moment), flag(replaced), text(once),
    flag(may_change));
extern const struct page credential_reveal_page, credential_made_page;

#endif
