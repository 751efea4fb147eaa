/* receipt.h - the receipt of a departure: what ended with it and when, and whether any of it is accepted now.
 *
 * Nothing of the second is read from what was written down. Each item is asked about anew, by the functions that decide
 * about callers: verify_state() of core/verify.h for secrets and the tokens that they were traded for,
 * session_state() for sessions, the statement of data_listed() for the Data API, those of signing in and of entering an organization
 * for the person. What they say is on the page, in the JSON and at the command line.
 *
 * A member's name here is its name in the JSON, which others keep: names are added, never changed.
 */
#ifndef SITE_RECEIPT_H
#define SITE_RECEIPT_H

#include "base/shape.h"
#include "http/request.h"

/* How many of a kind are listed (the LIMIT of receipt.sql), and how many are asked about: more are counted, and said to be more
 * than were checked. */
enum { RECEIPT_SHOWN = 200, RECEIPT_CHECKED_MAX = 20000, RECEIPT_VERSION = 1 };

/* answer is the word of verdict_word(), or "unknown", "refused" and "good" of a session. Times are none for what is not swept
 * yet. */
SHAPE(receipt_session, text(id), text(address), text(program), time(ended_at), text(answer),
    flag(accepted));
SHAPE(receipt_secret, text(id), text(name), text(environment), text(hint), time(ended_at),
    text(answer), flag(accepted));
SHAPE(receipt_data, text(name), time(ended_at), text(answer), flag(accepted));

/* A secret that others use. ends_at: by itself, by the setting or at the end of a rotation. newest: it is the
 * credential's own, and not one that a rotation is replacing. */
SHAPE(receipt_known, text(secret), text(credential), text(kind), text(name), text(environment),
    text(hint), time(noted_at), text(answer), flag(works), flag(newest), time(ended_at),
    text(ended_reason), time(ends_at));
SHAPE(receipt_owned, text(id), text(name), text(environment));
/* ended: they ran the installation for as long as they were here, until ended_at. still: they do now, by a right that is
 * none of this organization's, or that they were given since. */
SHAPE(receipt_operator, flag(ended), time(ended_at), flag(still));

/* How many there are, of how many was asked, and how many of those were accepted. Of what others use that is no alarm. */
SHAPE(receipt_tally, int(count), int(checked), int(accepted));
SHAPE(receipt_answer, text(answer), flag(accepted));

SHAPE(receipt_organization, text(id), text(name));
SHAPE(receipt_whom, text(id), text(name), text(email), text(role), text(status));
/* number counts from 1, the first, to of. door: console, command, sql, or empty when it is not noted yet. by: who used it, when
 * that is a person. */
SHAPE(receipt_departure, int(number), int(of), time(began_at), time(ended_at), text(door),
    text(by_name), text(by_email), flag(finished), time(finished_at));
/* Of all, alarm: something that has ended is accepted. returned: the person is active again, since returned_at when that is
 * known; what they were given since is not asked about. verify_max_age_ms: how much later than this machine others may follow
 * an end at the gateway, the setting; 0: none. */
SHAPE(receipt_checks, flag(alarm), part(secrets, receipt_tally), part(tokens, receipt_tally),
    part(sessions, receipt_tally), part(data_access, receipt_answer), part(sign_in, receipt_answer),
    part(known, receipt_tally));
SHAPE(receipt, int(version), text(url), text(request), time(checked_at), int(verify_max_age_ms),
    part(organization, receipt_organization), part(person, receipt_whom),
    part(departure, receipt_departure), flag(returned), time(returned_at),
    part(check, receipt_checks), list(sessions, receipt_session), list(secrets, receipt_secret),
    list(data_access, receipt_data), list(known, receipt_known), int(owned_count),
    list(owned, receipt_owned), part(operator, receipt_operator));

/* Of the user of that public id in rq->org: of their departure of that number, of the newest for 0 or a number that there is not.
 * False when there is no such user, or they never left. At most 50 departures are kept at hand. */
bool receipt_of(struct request *, str id, int64_t number, struct receipt *);

#endif
