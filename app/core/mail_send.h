/* mail_send.h - hands a mail over to the mail server. mail_send.c is the only file that knows libcurl. */
#ifndef CORE_MAIL_SEND_H
#define CORE_MAIL_SEND_H

#include "base/clock.h"
#include "core/mail_place.h"

enum { MAIL_CONNECT_SECONDS = 5, MAIL_SECONDS = 10 };

/* One mail as the server gets it, and how long that may take; looking up the server's name is the system's and not in it,
 * nor is what its goodbye takes, up to a second. */
struct letter {
	str to, message; /* as mail_message() makes it */
	int64_t within;
};

enum handed {
	HANDED_OVER, /* the server has said that it has it */
	HANDED_BACK, /* it does not take this one, now or ever */
	HANDED_NONE, /* it was not reached, is not who it should be, or does not let us in */
};

struct handing {
	enum handed outcome;
	str why; /* in words, ASCII, in the arena; empty when all is well */
};

/* Once in a process that may load nothing later: loads what finds hosts and what encrypts. Never faults. */
void mail_send_warm(struct arena *, const struct mail_place *);

/* Hands it over. Starts no thread, follows nothing, speaks nothing but SMTP. Does not fault but for a full arena. */
struct handing mail_hand_over(struct arena *, const struct mail_place *, const struct letter *);

/* The same up to where a mail would be handed over: connected, encrypted, signed in. */
struct handing mail_try_server(struct arena *, const struct mail_place *);

#endif
