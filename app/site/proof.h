/* proof.h - dangerous acts ask for the password again: whoever finds an open browser cannot do them.
 *
 * A line of the map says .proof = PROOF_LATELY. Then its form holds {{>part_proof}} (else the program does
 * not start), which is a field when the session's last proof is over KEYDESK_PROOF_MINUTES old, and nothing
 * otherwise. serve() takes the proof before the transaction. Without a good one the handler runs in a
 * transaction that cannot write, form_read() is false, and the form comes back with all that was typed and
 * the field. A handler that would go on, because it reads no form, is a fault: it asks rq->unproven.
 * PROOF_NOW asks always; the form holds a field called "proof" of its own.
 */
#ifndef SITE_PROOF_H
#define SITE_PROOF_H

#include "http/reply.h"
#include "site/route.h"

/* What {{>part_proof}} shows. */
SHAPE(proof_asked, flag(asked), text(label), text(error), int(minutes));
struct proof_asked proof_of(const struct request *);

/* Called by serve() once for a POST of a route with .proof, from somebody whom it lets through. Fills in
 * rq->before. An attempt is counted as one to sign in is, before the password is looked at; a right one
 * moves the time of the session's last proof, whatever becomes of the form. */
void proof_take(struct request *);

/* Called by serve() instead of a commit when there was no good proof, outside a transaction. Notes a wrong
 * password in the audit log. Faults when the handler has gone on without one. */
void proof_refuse(struct request *, const struct reply *);

/* Faults when a form of the template posts to a route with .proof and holds no field for it. */
void proof_check(struct arena *, const struct desk *, str name, str text);

#endif
