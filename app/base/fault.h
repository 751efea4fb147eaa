/* fault.h - a broken world or a broken program: leave at once, to one place.
 *
 * An outcome (no such row, wrong password) is a value. A fault is not: fault() does not return, and the
 * function that began the work with attempt() hears of it. Between the two nobody holds anything but
 * arena memory and the transaction, so nothing has to be given back on the way.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <setjmp.h>
#include <stdbool.h>

enum fault_kind {
	FAULT_NONE,
	FAULT_PROGRAM,  /* a rule was broken, memory ran out: 500, and somebody has to look */
	FAULT_DATABASE, /* no database, or it cannot now: 503, and it may be back soon */
	FAULT_CONFLICT, /* deadlock, certification failure: nothing has happened, do it all again */
	FAULT_UNKNOWN,  /* COMMIT has no answer: 503, and nobody knows what became of it */
	FAULT_BUSY,     /* a bounded queue is full: 503 with Retry-After */
	FAULT_HASH,     /* another thread computes a hash first: do it all again then */
};

/* Where a fault comes back to, and what it said. One for each thread; never shared. */
struct fault {
	jmp_buf back;
	bool armed;
	int held; /* library objects in hand: must be 0 whenever fault() is called */
	enum fault_kind kind;
	const char *file;
	int line;
	char what[256];
};

/* Calls work(arg). True when it returned, false when a fault ended it; kind, file, line and what then
 * say which. An attempt inside another one is allowed: the inner one catches. The only caller of setjmp. */
bool attempt(struct fault *, void (*work)(void *), void *arg);

/* Leaves to the innermost attempt(). Without one the process ends with the message on standard error.
 * what is cut at 255 bytes and never holds a secret: names and numbers only. */
#define fault(f, ...) fault_(f, FAULT_PROGRAM, __FILE__, __LINE__, __VA_ARGS__)

/* The same for another kind than FAULT_PROGRAM. */
#define fault_as(f, kind, ...) fault_(f, kind, __FILE__, __LINE__, __VA_ARGS__)

_Noreturn void fault_(struct fault *, enum fault_kind, const char *file, int line,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
