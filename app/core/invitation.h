/* invitation.h - a one-time link by which a person comes into an organization.
 *
 * Whoever invites never sets, sees or learns a password. Who has none yet chooses one; who has one, from
 * whatever organization, proves it: the link alone brings nobody in under somebody else's name. There is
 * one sign-in per person, and one open link per user: the schema holds that. A link ends with any change of its user's
 * status, also by hand: the database cuts it off, as it does a tenure (core/tenure.h). That of an operator works while
 * they are one and the organization has no admin, that of an admin while they are one.
 */
#ifndef CORE_INVITATION_H
#define CORE_INVITATION_H

#include "core/person.h"

enum { INVITATION_DAYS = 7 };

/* Whom, and to what: a person of that address, made when there is none. name is what the organization calls them
 * until they come, whoever they are elsewhere: to invite somebody tells nothing of them. Who then chooses their
 * first password comes by that name. */
struct invited {
	int64_t org;
	str name, email;
	enum role role;
	bool operators; /* invitation_make() sets it: noted in both chains */
};

/* Makes the person an invited user of the organization, ends their link that is open, and makes one: its
 * token, 43 characters, of which only a hash is kept. Empty when the person is an active or deactivated
 * user of it already. Audited there, by the operator. The caller holds the organization's row, and has seen to it
 * that nobody else comes in as its admin. */
str invitation_make(struct request *, const struct invited *);

/* Ends the open links of an organization that has no admin: the operator's. False when there is none. */
bool invitation_withdraw(struct request *, int64_t org);

/* A link that was made now: for the user of that public id. The token is shown or mailed once. */
struct invitation {
	str user, token;
	int64_t until;
};

/* What became of inviting somebody into rq->org. All but INVITE_MADE must be undone by the caller; of these
 * made->user says who is there already. */
enum invite {
	INVITE_ACTIVE,      /* belongs to the organization already */
	INVITE_INVITED,     /* is invited already: invitation_again() */
	INVITE_DEACTIVATED, /* has left: is reactivated, not invited */
	INVITE_MADE,
};

/* An admin of rq->org invites somebody new (wish->org is not looked at). Audited. The link works while that admin
 * is one: otherwise who leaves would keep a way in that they have made for themselves. */
enum invite invitation_send(struct request *, const struct invited *, struct invitation *made);

/* A new link for the invited user of that public id in rq->org; the old one is worth nothing from then on. False, and must be undone, when
 * they are none, or came in meanwhile. Audited. */
bool invitation_again(struct request *, str id, struct invitation *made);

/* Withdraws: the link ends, and the user goes with it, since one who was never active has left nothing that refers
 * to them but entries of the audit log, which name the address. One that once was active stays, without a
 * link. False, and must be undone, when they are none, or came in meanwhile. Audited. */
bool invitation_forget(struct request *, str id);

/* Whom a token is for; NULL when it is none, was used or withdrawn, has expired, whoever made it could not make it
 * now, or its organization is closed: these do not differ. Uses nothing up. password_hash is empty for who has yet to choose one. */
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
