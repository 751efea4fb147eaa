/* limit.h - how many calls a minute a credential may make, as pages say it. */
#ifndef SITE_LIMIT_H
#define SITE_LIMIT_H

#include "site/page.h"
#include "sql.h"

/* most: what is in force, empty where there is no limit. own: it is the credential's, not the installation's. chosen: what it
 * would be, where the installation allows no more than most. */
SHAPE(limit_shown, text(most), flag(own), text(chosen));
struct limit_shown limit_shown_of(struct request *, const struct client_card_row *);

#endif
