/* decision_words.h - what a refusal was, in words for people: for the page and for the command line. */
#ifndef CORE_DECISION_WORDS_H
#define CORE_DECISION_WORDS_H

#include "core/decision.h"

/* says: "Address not allowed"; means: what was found, as a sentence; mend: what would let the next request through. */
struct decision_words {
	str says, means, mend;
};

/* The line of a reason; that of a fault for a number that is none. */
const struct decision_words *decision_words(enum decision_reason);

/* "A call, asked about at /verify"; "DELETE /profile/v1/...", empty where no call was asked about; to the second, with
 * what follows it: "21 Nov 2026, 16:54:09.123 UTC". The latter two in the arena. */
str decision_asked_words(const struct decision *);
str decision_call_words(struct arena *, const struct decision *);
str decision_time_words(struct arena *, const struct decision *);

#endif
