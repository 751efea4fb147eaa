/* person.h - people, their users in organizations, and the first set-up. */
#ifndef CORE_PERSON_H
#define CORE_PERSON_H

#include "core/actor.h"
#include "http/request.h"

/* Whether this e-mail address and password belong together. Takes as long for an unknown address as for a
 * wrong password. */
enum proof { PROOF_WRONG, PROOF_GOOD, PROOF_NOWHERE };

struct proven {
	int64_t person, user, org; /* user and org are 0 for an operator without an organization */
	str name;
	str hash; /* of the password that was proven, as it is kept */
};

/* The hash that a password for that address is checked against when it is nobody's: always the same person's of those there are,
 * so the time that it takes tells nothing, whatever profile each was made with. Empty where there are none, and for what is no address. */
str person_stand_in(struct request *, str email);

/* PROOF_NOWHERE: right, but the person is active in no organization and no operator. */
enum proof person_prove(struct request *, str email, str password, struct proven *);

/* Holds the rows that each write of this person begins with; whoever ends what they may holds them, too. */
void person_hold(struct request *, int64_t person);

/* Holds them, and faults as a conflict when the password is another one by
 * now: it was proven before, and a hash takes its time. The request is then tried again, from the password on. What
 * the caller reads from here on stays so. */
void person_hold_proven(struct request *, const struct proven *);

/* What a set-up, `user add` or `operator add` asks for. The password was checked before. */
struct person_wish {
	str name, email, password;
	enum role role;
	bool is_operator;
};

/* Makes the person, or takes the one of this address: who has a password keeps it, and their name. hash is of wish->password, or
 * empty. */
int64_t person_make(struct request *, const struct person_wish *, str hash, bool *made);

/* Makes that person (who becomes an operator if that is wished) a user of the organization with that role, active, audited. 0 when that
 * person is there already, else user.id; the caller then undoes the transaction. */
int64_t person_join(struct request *, int64_t org, const struct person_wish *);

/* Whether this is the password of whoever is signed in. One who has none knows none. */
bool person_knows(struct request *, str password);

/* End sessions of a person: all but that one (0: all; how many there were) and what waits for a code (site/half.h), or the one of that public id
 * (false when it is not theirs). From the commit on none of their writes commits: whoever writes first
 * counts the act, and so waits for this, and then looks for the session. */
int64_t person_sessions_end(struct request *, int64_t person, int64_t but);
bool person_session_end(struct request *, int64_t person, str id);

/* Changes the password of whoever is signed in to one of that hash, which is made before the transaction,
 * and ends their other sessions. Audited. */
str person_password_hash(struct request *, str password);
void person_change_password(struct request *, str hash);

/* Sets a password and ends the person's sessions. False when there is no such address. */
bool person_set_password(struct request *, str email, str password);

/* A new organization, audited in its own chain. Returns its id; *public_id is its public one. */
int64_t organization_create(struct request *, str name, str *public_id);

/* The first set-up. setup_begin() makes a one-time link's token, ending earlier ones; empty when the
 * installation has been set up. setup_open() says until when a token is good, using nothing up; 0: it is
 * none, was used, or is over SETUP_DAYS old.
 * setup_finish() makes the operator, the first organization, entitled to all APIs, and its admin; who is there by this address
 * already becomes that, with the password given. False when the link is used or somebody was faster: the
 * caller then undoes the transaction. */
enum { SETUP_DAYS = 7 };
str setup_begin(struct request *);
int64_t setup_open(struct request *, str token);
struct setup_wish {
	str token, organization;
	struct person_wish person;
};
bool setup_finish(struct request *, const struct setup_wish *, struct proven *);

#endif
