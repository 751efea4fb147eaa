/* attention.h - what needs attention in an organization, in the order of urgency, each with the act that settles it.
 *
 * The account keys and the additional secrets, which are few, are looked at one by one. The scoped credentials, which may be a million, are found by
 * index: the first ten of each kind of attention, and how many there are at least (core/attention.sql).
 */
#ifndef SITE_ATTENTION_H
#define SITE_ATTENTION_H

#include "site/key.h"

/* One thing and the act that settles it, if there is one that this person may do; or, by rest, how many more of
 * these there are. */
SHAPE(attention, text(id), flag(in_credentials), flag(in_secrets), flag(in_data_api), text(what),
    text(why), text(tone), text(environment), text(member), flag(rotation), flag(open), flag(reset),
    flag(rotate), flag(expiry), flag(scope), flag(confirm), flag(pause), flag(revoke), text(rest));

enum { ATTENTION_SHOWN = 10 };

/* What has been found so far, by the badge's state: some of it, and how many there are. */
struct attention_found {
	struct {
		struct attention at[ATTENTION_SHOWN];
		size_t n;
		int64_t found;
	} by[BADGE_WORKING + 1];
};

/* Adds an account key of that environment when it needs attention. True when it does. */
bool attention_key(
    struct request *, struct attention_found *, const struct client_list_row *, str environment);

/* Adds the Data API's client of that environment when somebody who has seen its key has left, for who may reach it. */
void attention_data_api(struct request *, struct attention_found *, str environment, str name);

/* Adds the scoped credentials of both environments. */
void attention_scoped(struct request *, struct attention_found *);

/* Adds additional secrets of both environments, and counts one's own: for who may see all of them everybody's, of
 * which those of others only where somebody else than their member can settle it. */
struct attention_own {
	int64_t production, integration; /* those that have not ended */
};
struct attention_own attention_additional(struct request *, struct attention_found *);

/* All that was found; *n is how many there are in all. */
struct attentions attention_list(struct request *, const struct attention_found *, int64_t *n);

#endif
