/* catalogue_change.h - from the catalogue that there is to another one: what differs, who is in the way, and
 * the change itself.
 *
 * What somebody holds does not vanish or change its meaning under them: an API that an organization is
 * entitled to or a credential has something of is not removed and keeps its level; a permission that a
 * credential has is not removed, and opens what it opened. Endpoints may come, go and need something else:
 * that is what an API's life is.
 */
#ifndef CORE_CATALOGUE_CHANGE_H
#define CORE_CATALOGUE_CHANGE_H

#include "core/catalogue.h"

/* One API that differs. before is NULL for a new one, after for one that goes. words: what differs, a
 * sentence each; refused: what is in the way, with who holds it. */
struct catalogue_step {
	const struct api *before, *after;
	struct strs words, refused;
};

struct catalogue_plan {
	const struct catalogue_step *at;
	size_t n;
	bool reorders; /* those that stay come in another order */
	bool refused;  /* by some step */
};

/* What there would be to do. after has passed catalogue_check(). */
struct catalogue_plan
catalogue_compare(struct request *, const struct catalogue *before, const struct catalogue *after);

/* Makes the catalogue what after says, each API that differs audited in the installation's chain. Does
 * nothing when nothing differs, or when something is in the way: look at the plan that comes back. While
 * it is done nobody entitles or grants. */
struct catalogue_plan catalogue_change(struct request *, const struct catalogue *after);

/* For who decides by what there is, before catalogue_change(): until the end of the transaction nobody else
 * changes the catalogue, entitles or grants. */
void catalogue_hold(struct request *);

#endif
