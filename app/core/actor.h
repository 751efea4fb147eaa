/* actor.h - who acts: the person who is signed in, or the operator at the command line. */
#ifndef CORE_ACTOR_H
#define CORE_ACTOR_H

#include "base/str.h"

enum role { ROLE_NONE, ROLE_MEMBER, ROLE_COMPLIANCE_ADMIN, ROLE_ADMIN };

struct actor {
	int64_t person; /* person.id; 0 at the command line */
	int64_t user;   /* user.id; 0 for an operator without an organization */
	int64_t org;
	int64_t session;   /* session.id; 0 at the command line */
	int64_t proven_at; /* when the password was last given in it */
	str organization;  /* its name */
	str name, email;
	enum role role;
	bool is_operator;
	bool data_access;    /* an admin has given them access to the Data API */
	bool factor_missing; /* a second factor is required of them, and they have none */
};

/* The role of a column's text, that text, and its words for people ("Compliance admin"). */
enum role role_of(str);
str role_text(enum role);
str role_words(enum role);

#endif
