/* session.h - who is signed in, by a cookie of which the database keeps only a hash. */
#ifndef SITE_SESSION_H
#define SITE_SESSION_H

#include "core/person.h"
#include "http/reply.h"

/* Fills in rq's actor, org, me, environment and csrf. Nobody is signed in when the cookie is absent or
 * unknown, the session is idle or old beyond the settings, the person is no longer active, or the
 * organization is closed. Notes at most once a minute that the session was seen. */
void session_find(struct request *);

/* What session_find() would make of a cookie of that hash: it names no session, one that is refused, or one that is
 * signed in. */
enum session_state { SESSION_UNKNOWN, SESSION_REFUSED, SESSION_GOOD };
enum session_state session_state(struct request *, str token_hash);

/* Signs in whoever has given the right password or link: a new session (never one that came with the request) and its
 * cookie on a 303 to next. For a person with a second factor it is half of one, and a 303 to where the code is asked
 * (site/half.h). session_whole() is for that code, and asks for none. */
struct reply session_start(struct request *, const struct proven *, str next);
struct reply session_whole(struct request *, const struct proven *, str next);

/* Whether the session of the request is still there: it may have been ended in it. */
bool session_alive(struct request *);

/* Signs out: the session's row goes, and the cookie. The page to sign in says what was done, by that word
 * (notice_of() of page.c). */
struct reply session_stop(struct request *, const char *did);

/* Changes which environment the pages show. */
void session_show(struct request *, str environment);

/* A cookie of ours: HttpOnly, SameSite=Lax, Path=/, and Secure with the __Host- prefix over https.
 * seconds 0 keeps it until the browser closes, below 0 takes it away. */
struct cookie {
	const char *name;
	str value;
	int seconds;
};
void cookie_set(struct request *, struct reply *, const struct cookie *);
str cookie_get(const struct request *, const char *name);

/* What core/throttle.h knows a browser by that has signed in before: kept for 180 days. */
str device_get(const struct request *);
void device_set(struct request *, struct reply *, str email, bool coded);

/* Whether a POST came from a page of ours: its Origin is settings.url (or absent, with a Sec-Fetch-Site
 * of same-origin or none at all) and its form holds rq->csrf. That is of one organization: a form that was opened before
 * the session went on in another one is not taken, unless its route is personal. */
bool csrf_ok(struct request *);

/* Where such a form was opened: one of the person's other organizations. Its id is empty when they were in none then. NULL
 * for any other form. */
struct session_homes_row;
const struct session_homes_row *csrf_home(struct request *);

#endif
