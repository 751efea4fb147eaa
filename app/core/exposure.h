/* exposure.h - who has seen which secret. */
#ifndef CORE_EXPOSURE_H
#define CORE_EXPOSURE_H

#include "http/request.h"

/* Notes that rq->me is shown the text of the secret of that row, in the transaction that makes it: "made" or "opened".
 * Whoever was gone once and is back has then not left any more, so that a second departure is noticed
 * (core/leaver.h). Nothing at the command line, where nobody is signed in. */
void exposure_note(struct request *, int64_t secret, str how);

#endif
