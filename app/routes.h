/* routes.h - the map: every address, what answers it, who may ask. */
#ifndef ROUTES_H
#define ROUTES_H

#include "base/buf.h"
#include "site/page.h"
#include "site/route.h"

extern const struct route routes[];
extern const size_t routes_n;

/* All pages, each linked at start. */
extern const struct page *const pages[];
extern const size_t pages_n;

/* The map as text, a line for each address, for `keydesk routes`. */
void routes_print(struct buf *);

/* The words of an access, as the map prints them ("admin"). */
str access_words(enum access);

#endif
