/* factor.h - what the pages about the second factor share. */
#ifndef SITE_FACTOR_H
#define SITE_FACTOR_H

#include "core/factor.h"
#include "site/page.h"

extern const struct page factor_reveal_page;

/* The recovery codes, shown this once. */
struct reply factor_reveal(struct request *, const struct factor_codes *);

/* The `before` of a route whose form has a code: counts the attempt. */
void factor_count(struct request *);

/* The form of a page that asks for password and code. */
SHAPE(factor_form, part(code, input), text(proof_error), text(once));

/* That page, or where there is no second factor the way to it. */
struct reply factor_ask(struct request *, const struct page *);

/* What was sent to it. False when it has to be sent again, or there is no second factor: then that is the reply. */
bool factor_asked(struct request *, const struct page *, struct reply *otherwise);

/* Whether the code is that of whoever is signed in; else the sentence for the form is in error. A recovery code is
 * noted in the audit log. The caller writes an entry of its own. */
bool factor_given(struct request *, str code, str *error);

/* The sentence for one that was refused, whose person is told when it was one too many; the audit entry of a recovery code
 * that was used. */
str factor_refused(struct request *, const struct proven *, enum factor_proof);
void factor_note_recovery(struct request *, const struct proven *);

#endif
