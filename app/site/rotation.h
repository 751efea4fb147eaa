/* rotation.h - a rotation that runs, as the pages about its key show it (templates/part_rotation.mustache). */
#ifndef SITE_ROTATION_H
#define SITE_ROTATION_H

#include "core/rotation.h"
#include "site/page.h"

enum { ROTATION_CALLERS_SHOWN = 25 };

SHAPE(rotation_side, text(hint), part(made, moment), part(last_used, moment), text(last_address),
    text(last_program), int(calls));
SHAPE(rotation_reason, text(says));
SHAPE(rotation_caller, text(address), text(program), part(old_used, moment), part(new_used, moment),
    text(state), text(tone));
SHAPE(rotation_view, part(old, rotation_side), part(fresh, rotation_side), part(ends, moment),
    int(left), text(seen), text(verdict), text(tone), list(reasons, rotation_reason),
    list(callers, rotation_caller), int(callers_n), int(more));

/* The rotation of the key of rq->id; false, and nothing in the view, when none runs. */
bool rotation_show(struct request *, struct rotation_view *);

/* The replies to what rotation_start(), _finish() and _cancel() have refused. */
struct reply rotation_changed(struct request *);
struct reply rotation_over(struct request *);

/* The reply to an act that ends one of a rotation's two secrets: back to the key, where did names the notice
 * ("finished"), or why not. */
struct reply rotation_acted(struct request *, enum rotated, const char *did);

#endif
