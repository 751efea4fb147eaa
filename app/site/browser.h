/* browser.h - what a browser calls itself, in words. */
#ifndef SITE_BROWSER_H
#define SITE_BROWSER_H

#include "base/arena.h"
#include "base/str.h"

/* "Firefox on Linux", from a User-Agent header; what is not known by name is its first word, without a
 * version ("curl"). Only for people to recognize their own: whoever sends it may say anything. */
str browser_words(struct arena *, str program);

#endif
