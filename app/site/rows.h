/* rows.h - clients as rows of a list or of what a search has found. */
#ifndef SITE_ROWS_H
#define SITE_ROWS_H

#include "core/client_list.h"
#include "site/badge.h"
#include "site/page.h"

/* may is what it may do, in words: "Profile read-only, Platform admin"; lost what of that is not in force, because the
 * organization is no longer entitled to the API. in_ says where its page is: {{>part_home}}. Of additional secrets only: the account key
 * that one is used with, whether it only reads, and until when it waits to be opened, by this person if open. */
SHAPE(credential_row, text(id), flag(in_credentials), flag(in_secrets), flag(in_data_api),
    text(name), text(client_id), text(may), text(lost), text(owner), part(created, moment),
    text(hint), part(secret_made, moment), part(last_used, moment), text(last_address),
    text(last_program), part(ends, moment), text(status), text(tone), text(key), text(key_name),
    flag(reads), part(until, moment), flag(open), flag(own));

/* Those of a page, in its order. One that has been deleted since it was listed is left out. */
struct credential_rows credential_rows_of(struct request *, const struct client_page *);

/* What the badge of a client goes by. */
struct key_facts credential_facts(const struct client_rows_row *);

/* How many a list has, in words: "12", "1,000+", "at least 12", or nothing when that is not known at all. */
str credential_count(struct request *, const struct client_page *);

#endif
