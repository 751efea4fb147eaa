/* team.h - a person of the organization, as pages show them. */
#ifndef SITE_TEAM_H
#define SITE_TEAM_H

#include "core/actor.h"
#include "site/page.h"
#include "sql.h"

/* The badge of a status of `user`. */
SHAPE(team_status, text(words), text(tone));
struct team_status team_status_of(str status);

/* Who an act is about: what the head of each page about one person says, and what part_team_acts.mustache goes by. self:
 * whoever is signed in. */
SHAPE(team_who, text(id), text(email), text(role), part(status, team_status), flag(active),
    flag(invited), flag(deactivated), flag(self), part(factor, moment), flag(may_change));
struct team_who team_who_of(struct request *, const struct team_person_row *);

/* What a person has that ends with their access, and what does not: additional secrets, API credentials that they answer
 * for, sessions here, access to the Data API by its list, and secrets that they have seen, that work, and that others use
 * too. operates: they are an operator, and none any more afterwards (the last one, perhaps); operates_on: they stay one. Counts of lists end at 51, those of seen secrets at 2,000. */
SHAPE(team_holds, int(secrets), int(scoped), int(sessions), part(seen_last, moment), flag(listed),
    int(seen), int(works), int(shared), flag(operates), flag(operates_last), flag(operates_on));
struct team_holds team_holds_of(struct request *, const struct team_person_row *);

/* What somebody of that role may reach, in sentences. */
str team_reach_of(enum role);

/* Why the last admin stays. */
str team_last_admin(struct request *, const struct team_person_row *);

/* The same reply, and nothing is kept: core/leaving.h has held the organization's row by writing it. */
struct reply team_undone(struct reply);

/* 303 to the page of rq->id, which says what was done by that word of page.c, or nothing with NULL. */
struct reply team_home(struct request *, const char *did);

/* Those of rq->id in the organization, or NULL. */
const struct team_person_row *team_person_of(struct request *);

#endif
