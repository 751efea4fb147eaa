/* audit_list.h - entries of the audit log, the newest first, by person, act, object and time.
 *
 * Of all chains of an organization, in the order of time; entries of one time in that of their rows. One condition is a
 * range of an index: nothing is passed over. Of several the one with the fewest entries is walked and the others are
 * looked at on the way, AUDIT_LIST_LOOK entries at most, full page or not. So a page costs the same with ten million.
 */
#ifndef CORE_AUDIT_LIST_H
#define CORE_AUDIT_LIST_H

#include "http/request.h"

enum { AUDIT_LIST_ROWS = 50, AUDIT_LIST_LOOK = 2000 };

/* What is asked. Whose acts: everybody's, those of a person, or those of nobody who was signed in. */
enum audit_whose { AUDIT_OF_ALL, AUDIT_OF_PERSON, AUDIT_OF_NOBODY };
struct audit_query {
	int64_t org; /* 0: the installation's chains */
	enum audit_whose whose;
	int64_t person;
	str act, object;     /* empty: any */
	int64_t from, until; /* on or after the one, before the other; 0: no bound */
	size_t rows, look;   /* 0: as above */
};

/* A place in the list: behind this entry. All 0: at its beginning. */
struct audit_mark {
	int64_t at, id;
};

struct audit_list_rows_row; /* sql.h */
struct audit_page {
	const struct audit_list_rows_row *const *rows; /* in the order of the list */
	size_t n;
	struct audit_mark next; /* of the last entry that was looked at */
	bool more;              /* there is, or may be, something behind it */
	bool stopped;           /* the walk has ended before the page was full */
};
struct audit_page
audit_list(struct request *, const struct audit_query *, struct audit_mark behind);

/* An entry's place as a text for addresses, "1-18204": a machine and a number of its chain. Empty when there is none. And
 * back: the beginning of the list for a text that is none. */
str audit_list_key(struct request *, int64_t org, struct audit_mark);
struct audit_mark audit_list_mark(struct request *, int64_t org, str key);

#endif
