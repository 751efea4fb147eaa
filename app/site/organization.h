/* organization.h - what the operator's pages about organizations share. */
#ifndef SITE_ORGANIZATION_H
#define SITE_ORGANIZATION_H

#include "core/organization.h"
#include "site/page.h"

/* What waits for the operator: of the organization of that row, or (0) the 50 oldest of all. */
SHAPE(wish_row, text(org), text(organization), text(api), text(name), text(asked_by),
    part(asked, moment), text(note));
struct wish_rows wishes_waiting(struct request *, int64_t org);

/* The organization of rq->id, whichever it is: the operator's. NULL when there is none. */
const struct organization_card_row *organization_card(struct request *);

/* The page that shows the link of an invitation this one time, to be handed on. */
struct reply invitation_reveal(struct request *, str organization, str token);

SHAPE(invitation_link_view, text(id), text(name), text(email), text(link), part(until, moment));
extern const struct page invitation_link_page;

#endif
