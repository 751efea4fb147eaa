/* invitation.h - a one-time link by which a person comes into an organization.
 *
 * Whoever invites never sets, sees or learns a password. Who has none yet chooses one; who has one, from
 * whatever organization, proves it: the link alone brings nobody in under somebody else's name. There is
 * one sign-in per person, and one open link per user: the schema holds that.
 */
#ifndef CORE_INVITATION_H
#define CORE_INVITATION_H

#include "core/person.h"

enum { INVITATION_DAYS = 7 };

/* Whom, and to what: a person of that address, made when there is none (there, the name stays as it is). */
struct invited {
	int64_t org;
	str name, email;
	enum role role;
};

/* Makes the person an invited user of the organization, ends the organization's links that are open, and
 * makes one: its token, 43 characters, of which only a hash is kept. Empty when the person is an active or
 * deactivated user of it already. Audited there, by whoever acts. The caller holds the organization's row. */
str invitation_make(struct request *, const struct invited *);

/* Ends the open links of the organization. False when there is none. */
bool invitation_withdraw(struct request *, int64_t org);

/* Whom a token is for; NULL when it is none, was used or withdrawn, has expired, or its organization is
 * closed: these do not differ. Uses nothing up. password_hash is empty for who has yet to choose one. */
const struct invitation_open_row *invitation_open(struct request *, str token);

/* What became of accepting. All but ACCEPTED must be undone by the caller. */
enum accepted {
	ACCEPTED_GONE,  /* somebody was faster, or it has ended meanwhile */
	ACCEPTED_WRONG, /* this is not that person's password */
	ACCEPTED,
};

/* Uses the link up: its user is active from now on. password is the person's own, or the first one that they
 * have chosen, which was checked. */
enum accepted invitation_accept(struct request *, str token, str password, struct proven *);

#endif
