/* reset.h - a forgotten password: a one-time link by which a person chooses another.
 *
 * The link is mailed to the person, or made by an admin of the only organization that they belong to, or by whoever runs
 * Keydesk, at the command line. There is one open link per person. It ends with the next one, when the password is
 * changed, with the tenure that it was made for, and with that of the admin who made it. It signs nobody in: a second factor is asked
 * for afterwards as ever.
 */
#ifndef CORE_RESET_H
#define CORE_RESET_H

#include "core/desk.h"
#include "http/request.h"

enum {
	RESET_MINUTES = 60,
	RESET_MAILS = 3, /* to one person within RESET_MINUTES, whoever asks for them */
};

/* The password of that address is said to be forgotten: noted, and looked at by the housekeeper. What is done here does
 * not depend on whether anybody has it. There is a mail server. */
void reset_forgotten(struct request *, str email);

/* Looks at what was noted: who is active somewhere, or an operator, is mailed a link. Audited where they are. */
void reset_forgotten_due(struct desk *, struct arena *);

/* A link that was made now. The token is shown or mailed once. */
struct reset_link {
	str email, token;
	int64_t until;
	bool factor; /* a code is asked for beside the new password */
};

/* What became of an admin's wish for a link for a user of rq->org. All but RESET_MADE have changed nothing. */
enum reset_made {
	RESET_NOBODY,   /* there is no such user */
	RESET_INACTIVE, /* invited, or deactivated */
	RESET_SELF,     /* whoever asks has a profile for that */
	RESET_OPERATOR, /* or an admin could become one */
	RESET_ELSEWHERE, /* belongs, or belonged, to another organization too: their password is its as well */
	RESET_MADE,
};

/* Whether it would be RESET_MADE, and the making. Audited. */
enum reset_made reset_may(struct request *, str id);
enum reset_made reset_make(struct request *, str id, struct reset_link *);

/* The same at the command line, for anybody who is active somewhere or an operator. False when they are not. */
bool reset_command(struct request *, str email, struct reset_link *);

/* Whom a token is for; NULL when it is none, was used, or has ended: these do not differ. Uses nothing up. */
const struct reset_open_row *reset_open(struct request *, str token);

/* Uses the link up: this is the person's password from now on, and all their sessions have ended. The password was
 * checked. False, and must be undone, when the link has ended meanwhile. Audited. */
bool reset_finish(struct request *, str token, str password);

#endif
