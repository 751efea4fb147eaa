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

	memcpy(outer, f->back, sizeof outer);
	f->kind = FAULT_NONE;
	if (setjmp(f->back) == 0) {
		f->armed = true;
		work(arg);
	}
	memcpy(f->back, outer, sizeof outer);
	f->armed = was_armed;
	return f->kind == FAULT_NONE;
}

void
fault_(struct fault *f, enum fault_kind kind, const char *file, int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(f->what, sizeof f->what, format, args);
	va_end(args);
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
