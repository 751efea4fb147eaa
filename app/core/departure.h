/* departure.h - what ends with a tenure: the sweep.
 *
 * That nothing of theirs is accepted any more is decided by rows, from the moment of the change of status on
 * (core/tenure.h). The sweep makes an end of the rest: it ends the sessions, the additional secrets and the access to the
 * Data API that hang on the tenure, marks what else they have seen (core/leaver.h), and writes each down as an
 * item of the departure, in the same transaction as its end. It is what a page's second transaction does, what a command does, and what
 * the housekeeper does within two seconds after a crash or a plain UPDATE. Whoever does it at the same time, or
 * takes over from a dead one, goes on where the rows stand.
 */
#ifndef CORE_DEPARTURE_H
#define CORE_DEPARTURE_H

#include "core/desk.h"
#include "http/request.h"

/* How many tenures, and how many marks, a turn goes on to; and how much is ended or marked in one transaction. */
enum { DEPARTURES_MAX = 50, DEPARTURE_MARKS_MAX = 1000, DEPARTURE_PIECE = 100 };

/* Sweeps what is over and has not been, of all organizations, in transactions of its own and in the housekeeper's name. */
void departure_sweep_due(struct desk *, struct arena *);

/* The same for one user, to its end; between two transactions of the caller. */
void departure_sweep(struct desk *, struct arena *, int64_t user);

#endif
