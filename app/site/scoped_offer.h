/* scoped_offer.h - what may be chosen in the form of a scoped credential, and what is. */
#ifndef SITE_SCOPED_OFFER_H
#define SITE_SCOPED_OFFER_H

#include "site/scoped_form.h"

/* The APIs of the organization with their permissions, what of the credential `was` (NULL: none) is lost, accounts and
 * workspaces as form->find asks, people as form->find_owner asks, 50 of each at most; and always all that the wish
 * names and that there is. */
struct scoped_offer scoped_offer(struct request *, const struct scoped_get_row *was,
    const struct scoped_form *, const struct scoped_wish *);

/* Where an API of that level works, in words. */
str scoped_level_words(const struct request *, str level);

#endif
