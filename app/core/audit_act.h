/* audit_act.h - the acts of the audit log, in words for people: one table. */
#ifndef CORE_AUDIT_ACT_H
#define CORE_AUDIT_ACT_H

#include "base/str.h"

struct audit_act_words {
	str act;   /* "client.reset" */
	str group; /* "Credentials": what a list of acts puts together */
	str says;  /* "Reset a secret": goes on with what it was done to */
};

/* All of them, those of a group together. Each act that the program writes is here (lint). */
extern const struct audit_act_words audit_acts[];
extern const size_t audit_acts_n;

/* The act's line; NULL for one that is not known, as an entry by a later version may have. */
const struct audit_act_words *audit_act_find(str act);

#endif
