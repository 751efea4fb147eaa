/* mail.h - mail that the program sends: queued in a transaction, sent by the housekeeper.
 *
 * A mail is a row of the table outbox, made in the transaction of what it tells of: neither is there without the
 * other. Its text is sealed under the key ring, since it holds links, and is wiped when it was sent or given up. It is
 * sent at least once: who is killed between the server's answer and the row's end sends it again, under the
 * same Message-ID.
 */
#ifndef CORE_MAIL_H
#define CORE_MAIL_H

#include "core/desk.h"
#include "http/request.h"

enum {
	MAIL_SUBJECT_MAX = 200, /* bytes */
	MAIL_TEXT_MAX = 3900,
	MAIL_GIVE_UP_DAYS = 3,
	MAIL_KEPT_DAYS = 30, /* that there was one: to whom, and what became of it */
};

/* to is an address (is_email); the subject is one line, the text lines parted by \n; both UTF-8. */
struct mail {
	str to, subject, text;
};

/* Whether there is a mail server: KEYDESK_SMTP_URL is set. */
bool mail_possible(const struct settings *);

/* Puts it into the outbox, in the caller's transaction, which must be audited. Faults when there is no mail server, and
 * when it is not as struct mail says: nothing that somebody has typed may get here unchecked. */
void mail_queue(struct request *, const struct mail *);

/* Seals anew under the key of that number what waits under others; how many. Audited by the caller. */
int64_t mail_reseal(struct request *, int number);

/* Sends what is due, a few a turn; those that cannot be sent wait longer each time,
 * from half a minute to a quarter of an hour. A server that does not answer holds up all. */
void mail_send_due(struct desk *, struct arena *);

#endif
