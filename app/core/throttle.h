/* throttle.h - guessing passwords is slow, and nobody is locked out.
 *
 * Attempts are counted per person and network and per network, before the password is looked at, each
 * by a statement of its own, so that twenty at once are twenty. A device that has signed in before has
 * a budget of its own: failures elsewhere never delay the right password there.
 */
#ifndef CORE_THROTTLE_H
#define CORE_THROTTLE_H

#include "http/request.h"

enum {
	THROTTLE_MINUTES = 10,           /* the window */
	THROTTLE_PERSON_FAILURES = 10,   /* in it, for one person from one network or device */
	THROTTLE_NETWORK_FAILURES = 100, /* in it, from one network */
	THROTTLE_CODE_FAILURES =
	    20, /* in it, codes of one person from all devices that are not known */
	THROTTLE_FORGOTTEN = 20,    /* in it, forgotten passwords from one network */
	THROTTLE_MAIL_MINUTES = 60, /* the window of mails that admins have sent */
	THROTTLE_MAILS_TO =
	    3, /* in it, of one organization to one address: what others send is not known to it */
	THROTTLE_MAILS_OF = 100, /* in it, of one organization */
};

/* Counts this attempt. True while it is within the budget. device is what throttle_device() gave the
 * browser at an earlier sign-in, or empty. Once a network is beyond its budget no person is counted for
 * it any more, so that made-up addresses do not fill the table. */
bool throttle_count(struct request *, str email, str device);

/* The attempt was right: takes it off again and forgets the person's failures here. */
void throttle_clear(struct request *, str email, str device);

/* The same for codes of the second factor, which are counted apart: the right password must not forget wrong
 * codes. As six digits can be guessed from many networks at once, all devices that are not known have one
 * budget for the person together; who spends it knows the password. */
bool throttle_count_code(struct request *, str email, str device);
void throttle_clear_code(struct request *, str email, str device);

/* Whether that device is known where codes are counted: a code of that person was right there. */
bool throttle_device_coded(const struct request *, str email, str device);

/* Counts that somebody says a password is forgotten. True while their network is within its budget, which has nothing to
 * do with that of signing in: who has used that up is just who asks. */
bool throttle_forgotten(struct request *);

/* Counts a mail to somebody that an admin of rq->org sends now, in the transaction that makes it: with that it is undone. Whoever
 * gets mails that they have not asked for gets few, and the mail server's name stays good. */
enum throttle_mail { THROTTLE_MAIL_TO_SPENT, THROTTLE_MAIL_OF_SPENT, THROTTLE_MAIL_WITHIN };
enum throttle_mail throttle_mail(struct request *, str to);

/* Forgets the person's failures here: they have a new password. */
void throttle_forget(struct request *, str email, str device);

/* What a browser keeps to be known again: random, and bound to the person by a keyed hash. coded: it has shown a code too. Only
 * such a device is known where codes are counted: who has the password alone could collect any number of the
 * others, each with a budget of its own. */
str throttle_device(struct request *, str email, bool coded);

/* The caller's network: an IPv4 address, or the first 64 bits of an IPv6 one ("2001:db8:1:2::"), which is
 * what one customer is usually given. An IPv4 address that came over an IPv6 socket ("::ffff:192.0.2.1")
 * is the same as without. */
str throttle_network(const struct request *);
str throttle_network_of(struct arena *, str remote);

#endif
