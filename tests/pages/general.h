/* general.h - what the tests made from the route table share. */
#ifndef TESTS_PAGES_GENERAL_H
#define TESTS_PAGES_GENERAL_H

#include "pages/runner.h"

/* What a test is about: a route, and where that is for clients of both kinds, or for something of theirs, one of
 * them. */
struct about {
	const struct route *route;
	enum object object;
	bool scoped; /* it is of a scoped credential */
};

enum { GENERAL_KINDS = 2 };

/* Of a test's number; .object is NO_OBJECT where the route has no second kind. */
struct about about_of(size_t i);

/* general_cells.c: the line of the table of who may do what that an address is in, and whether it lets that role; as the
 * tests say, not the program. NULL: it is in none. */
const char *cell_of(const struct about *, enum who, bool *may);

/* Whether that role may ask it, by the same table. */
bool about_allows(const struct about *, enum who);

/* general_cells.c: whether this is an answer to who may ask: a page is shown or leads on, a form is taken or shown again
 * with what is wrong. Where it is another one the same file says why. */
bool cell_answered(const struct about *, enum who, int status);

/* general_made.c: {ours} or {theirs}: an object of the route's kind, of whoever asks, or of another organization. Another
 * person's session is foreign even within the organization. */
str about_object(struct test *, const struct about *, enum who, bool foreign);

/* An id of the route's kind that nothing has. */
str about_absent(struct test *, const struct route *);

/* The route asked for that id, with a form that has all it may need. */
struct question about_question(struct test *, const struct route *, str id);

/* general_objects.c: what is not there for whoever asks: another organization's, of another kind, another member's. */
void general_tenancy(struct test *, size_t i);
void general_kinds(struct test *, size_t i);
void general_owners(struct test *, size_t i);

#endif
