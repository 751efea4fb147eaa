/* place.h - where a credential is used, as pages show it, and what a form may say of a place. */
#ifndef SITE_PLACE_H
#define SITE_PLACE_H

#include "core/declared_place.h"
#include "site/page.h"

enum { PLACES_SHOWN = 20, PLACES_BRIEFLY = 10 };

/* A declared place. by and address are of whom was last seen there. */
SHAPE(place_shown, text(id), text(name), text(owner), text(note), text(networks), text(program),
    flag(recognised), text(state), text(tone), part(seen, moment), text(address), text(by));
struct place_shown place_show(const struct request *, const struct sighted_place *);

/* In brief: what was never seen comes first, then what was seen last. more are not shown. unknown is how many
 * callers of the last 30 days no declared place fits. */
SHAPE(places_brief, int(n), int(unseen), int(unknown), list(rows, place_shown), int(more));
struct places_brief places_brief(struct request *, str client, size_t most);

/* A note as a list has room for it: its first 160 characters. */
str place_note(const struct request *, str note);

/* Whether an input holds what looks like a secret. Then it has an error, and what was typed is gone: nothing of it
 * gets into the page. */
bool place_input_is_secret(struct input *);

#endif
