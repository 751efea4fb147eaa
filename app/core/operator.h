/* operator.h - who runs the installation: named at the set-up, or at the command line.
 *
 * Who became an operator as a user of an organization is one for as long as they are active there without a break
 * (core/tenure.h): from the moment of a change of status on, whoever changes it, they are none, and the sweep takes the right itself
 * away. Who became one without an organization is one until operator_end().
 *
 * is_operator in the rows of person_by_email() and of sessions says whether somebody is one in that moment.
 */
#ifndef CORE_OPERATOR_H
#define CORE_OPERATOR_H

#include "core/audit.h"
#include "core/person.h"

/* Makes that person an operator, with the tenure of that user, or with none (0). Who is one already is one
 * with that from now on. In the installation's chain, in the name of who acts: operator.add. */
void operator_make(struct request *, const struct audit_who *, int64_t person, int64_t user);

/* Makes the person of that address one, who may be new (name, password): with the tenure of where they were last, true; or,
 * when they are active nowhere, with none: false. For the command line. */
bool operator_add(struct request *, const struct person_wish *);

/* Ends that right, and the sessions that were good for it alone. False when the person is no operator. In the
 * installation's chain: operator.end. */
bool operator_end(struct request *, int64_t person);

/* The same for whoever was one with that tenure, which is over: written down as its item, in both chains. A part of the
 * sweep, after the user's row is held. */
void operator_left(struct request *, int64_t tenure);

#endif
