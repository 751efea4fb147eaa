/* replacement.h - the replacement of a compromised secret, as the pages about its key show it. */
#ifndef SITE_REPLACEMENT_H
#define SITE_REPLACEMENT_H

#include "core/replacement.h"
#include "site/page.h"

/* open: it is going on; left are not ticked off. All zero when the key never had one. */
SHAPE(replacement_brief, flag(open), flag(complete), int(n), int(ticked), int(left),
    part(started, moment), text(hint));
struct replacement_brief replacement_brief(struct request *, str client);

/* Those that are open in the organization, the longest first; what is complete closes by itself and is left out.
 * At most REPLACEMENTS_SHOWN. */
enum { REPLACEMENTS_SHOWN = 10 };
SHAPE(replacement_row, text(id), text(what), text(environment), part(started, moment));
struct replacement_rows replacements_open(struct request *);

/* What stands for an item in a heading: "Shop servers", "10.0.0.7 · shop/2.1". */
struct item_name {
	str kind, name, address, program;
};
str replacement_item_name(struct request *, const struct item_name *);

#endif
