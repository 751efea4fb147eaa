/* rows.h - clients as rows of a list or of what a search has found. */
#ifndef SITE_ROWS_H
#define SITE_ROWS_H

#include "core/client_list.h"
#include "site/page.h"

/* may is what it may do, in words: "Profile read-only, Platform admin"; lost what of that is not in force, because the
 * organization is no longer entitled to the API. */
SHAPE(credential_row, text(id), text(name), text(client_id), text(may), text(lost), text(owner),
    part(created, moment), part(last_used, moment), text(last_address), text(last_program),
    text(status), text(tone));

/* Those of a page, in its order. One that has been deleted since it was listed is left out. */
struct credential_rows credential_rows_of(struct request *, const struct client_page *);

/* How many a list has, in words: "12", "1,000+", "at least 12", or nothing when that is not known at all. */
str credential_count(struct request *, const struct client_page *);

#endif
