/* words.h - the words of a text, as a search compares them. */
#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include "base/str.h"

enum { WORD_CHARS = 16 }; /* of a word; what follows does not count */

/* A valid text in lower case: Latin, Greek, Cyrillic and Armenian letters, one for one (Unicode's simple case
 * folding of those blocks). Accents stay. In the arena. */
str words_fold(struct arena *, str);

/* The words of a valid text: its runs of letters and digits in lower case, each cut to WORD_CHARS characters, in
 * the order of the text. In the arena. */
struct strs words_of(struct arena *, str);

/* The first n characters of a valid text: a view. */
str words_first(str, size_t n);

#endif
