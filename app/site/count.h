/* count.h - how many there are, of what is too many to count. */
#ifndef SITE_COUNT_H
#define SITE_COUNT_H

#include "base/str.h"

/* Where counts end: a statement counts no further than one more than this. */
enum { COUNT_MAX = 1000 };

/* "999", "1,000", and "1,000+" for what is more. In the arena. */
str count_words(struct arena *, int64_t n);

#endif
