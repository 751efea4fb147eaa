/* scoped_shown.h - what a scoped credential may do, where, from where and until when, as pages show it
 * (templates/part_scope.mustache). */
#ifndef SITE_SCOPED_SHOWN_H
#define SITE_SCOPED_SHOWN_H

#include "site/page.h"

enum { SCOPED_SOON_DAYS = 14, SCOPED_ENDPOINTS_SHOWN = 100 };

SHAPE(scoped_grant, text(api), text(api_id), text(name), text(may), text(where), flag(in_force));
SHAPE(scoped_place, text(name), text(account), flag(archived));
SHAPE(scoped_call, text(method), text(path), flag(key_only));

/* nowhere: it may do things on workspaces, and none is within reach. soon: it ends within SCOPED_SOON_DAYS. */
SHAPE(scoped_shown, list(grants, scoped_grant), list(places, scoped_place), flag(nowhere),
    text(owner), flag(owner_left), many(tags), many(networks), part(ends, moment), flag(ended),
    flag(soon), list(calls, scoped_call), flag(more_calls));

/* That of the organization's credential of this id; false, and nothing filled in, when it is no scoped one. */
bool scoped_show(struct request *, str id, struct scoped_shown *);

/* The words of a text with one blank between two: tags and networks are kept so. */
struct strs scoped_words(struct arena *, str text);

#endif
