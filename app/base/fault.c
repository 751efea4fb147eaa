/* fault.c - leave at once, to one place. */
#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
attempt(struct fault *f, void (*work)(void *), void *arg)
{
	jmp_buf outer;
	bool was_armed = f->armed;
	volatile bool returned = false; /* kind will not do: an attempt inside may have set it */

	memcpy(outer, f->back, sizeof outer);
	f->kind = FAULT_NONE;
	if (setjmp(f->back) == 0) {
		f->armed = true;
		work(arg);
		returned = true;
	}
	memcpy(f->back, outer, sizeof outer);
	f->armed = was_armed;
	return returned;
}

void
fault_(struct fault *f, enum fault_kind kind, const char *file, int line, const char *format, ...)
{
	char what[sizeof f->what]; /* the new words may quote the old ones */
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	memcpy(f->what, what, sizeof what);
	f->kind = kind;
	f->file = file;
	f->line = line;

	if (f->held != 0 || !f->armed) {
		fprintf(stderr, "keydesk: %s:%d: %s%s\n", file, line, f->what,
		    f->held != 0 ? " (with library memory in hand)" : "");
		abort();
	}
	longjmp(f->back, 1);
}
