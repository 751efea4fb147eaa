/* handed.h - a one-time link for a person, handed on: mailed when there is a mail server, else shown once to be copied. */
#ifndef SITE_HANDED_H
#define SITE_HANDED_H

#include "core/invitation.h"
#include "core/reset.h"
#include "site/page.h"

/* After a link was made in this transaction; email is whom it is for. A mail is queued in it, and the person's page says
 * so; otherwise the reply reveals the link. */
struct reply handed_invitation(struct request *, const struct invitation *, str email);
struct reply handed_reset(struct request *, str user, const struct reset_link *);

/* Asked before the link is made, in the same transaction: empty, or why no more mail goes there now. Then it must be undone. A
 * link that is shown once sends none. */
str handed_refused(struct request *, str email);

SHAPE(handed_link_view, text(id), text(email), flag(invitation), text(link), part(until, moment));
extern const struct page handed_link_page;

#endif
