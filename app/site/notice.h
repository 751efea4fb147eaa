/* notice.h - what an act that ended in a redirect says on the page it led to: "?did=WORD". */
#ifndef SITE_NOTICE_H
#define SITE_NOTICE_H

#include "http/request.h"

/* The sentence for the word in the query; empty for none, and for one that is no such word, so that nobody can put
 * anything into our page. Where KEYDESK_VERIFY_MAX_AGE_MS is set, it says for what ends at the gateway when other machines
 * follow (core/shared_recent.h). */
str notice_of(const struct request *);

#endif
