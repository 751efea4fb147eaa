/* fault.c - a sample: here it may. */
#include <setjmp.h>

void
leave(void)
{
	longjmp(back, 1);
}
