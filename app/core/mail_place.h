/* mail_place.h - where mail is handed over, and who it is from. */
#ifndef CORE_MAIL_PLACE_H
#define CORE_MAIL_PLACE_H

#include "base/str.h"

/* As the settings say it; below the line derived by mail_place_read(). */
struct mail_place {
	str url; /* smtp://HOST[:PORT] or smtps://HOST[:PORT]; empty: there is no mail */
	str user, password;
	str authorities; /* file of certificates to check the server's with; empty: the system's */
	str from;        /* an address */

	/* ---- */
	str host, port;
	bool tls;      /* from the first byte on */
	bool must_tls; /* or by STARTTLS, without which nothing is sent */
};

/* Takes url apart. NULL when all is well; else what is wrong, in words, and in *setting with which. STARTTLS must be
 * there unless the host is this machine and no authorities are named. */
const char *mail_place_read(struct mail_place *, const char **setting);

#endif
