/* pasted.h - what may be a secret in what people type into a search, or in an address. */
#ifndef CORE_PASTED_H
#define CORE_PASTED_H

#include "http/request.h"

/* Whether a text holds what may be a secret, a token or a password: kds_live_ or kds_test_ in any case, or a run of
 * 48 or more letters, digits and _ + / = - (as core/caller.h has it). */
bool pasted_secret(str);

/* Whether the request's query holds kds_live_ or kds_test_, in any part, decoded or not. */
bool pasted_in_query(struct request *);

/* The whole secret in a text, from kds_ on as far as its characters go, and the 10 characters by which its row is
 * found. False when there is none, or it ends before those. */
struct pasted {
	str secret, sid;
};
bool pasted_find(str text, struct pasted *);

#endif
