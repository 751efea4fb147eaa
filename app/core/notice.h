/* notice.h - mails by which a person learns what was done to their sign-in. Without a mail server they do nothing. */
#ifndef CORE_NOTICE_H
#define CORE_NOTICE_H

#include "core/mail.h"

enum notice {
	NOTICE_PASSWORD,        /* they have changed it */
	NOTICE_PASSWORD_SET,    /* somebody else has: the command line */
	NOTICE_FACTOR_ON,       /* the second factor: begun */
	NOTICE_FACTOR_OFF,      /* ended, by them */
	NOTICE_FACTOR_RESET,    /* ended, by the command line */
	NOTICE_FACTOR_RECOVERY, /* a recovery code was used */
	NOTICE_CODES_SPENT,     /* too many codes were wrong */
};

/* In the transaction of what it tells of, which is audited. */
void notice_mail(struct request *, enum notice, str email);

#endif
