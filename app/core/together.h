/* together.h - who asks for the row of a secret at the same time as others is answered by one statement for all.
 *
 * While a statement of the process is out, those who come wait; when it is back, one of them asks for up to eight. They have
 * all come before it is sent, so it reads whatever was committed before they asked, as one of their own would: nobody
 * joins one that is out. To the database eight are little more work than two, and each for itself takes four times as much.
 *
 * Nobody depends on another for long: who has waited for patience, or whose statement has failed in another's hand, asks alone.
 */
#ifndef CORE_TOGETHER_H
#define CORE_TOGETHER_H

#include "http/request.h"

struct together;
struct verify_secret_row;

/* For the threads of one process, in the start arena. patience is in microseconds; that of a worker is many times what a
 * statement takes. */
enum { TOGETHER_PATIENCE = 20000 };
struct together *together_make(struct arena *start, int64_t patience);

/* What the statement is asked with: core/verify.sql. Either of the last two may be none. */
struct together_question {
	str sid;
	int64_t api;
	str jti;
};

/* The row, read after this was called; NULL when there is none. Alone where the desk has no struct together, and within a
 * transaction, of which another thread's statement knows nothing. */
const struct verify_secret_row *together_ask(struct request *, const struct together_question *);

#endif
