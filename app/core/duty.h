/* duty.h - what is done because it is due, with nobody asking: under a number of its own, in the name of the housekeeper. */
#ifndef CORE_DUTY_H
#define CORE_DUTY_H

#include "core/audit.h"

/* A request that nobody has sent, of no organization yet and outside of a transaction; its number is in the arena. */
struct request duty_begin(struct desk *, struct arena *);

/* As audit(), in the name of the housekeeper, in the organization that the request is of. */
void duty_note(struct request *, str act, str object, str detail);

/* Writes the entries and commits. The request goes on with the next transaction. */
void duty_commit(struct request *);

#endif
