/* wipe.c - overwrites memory, also that which libraries give back.
 *
 * libmariadb copies the inputs of a statement into a packet, libfcgi keeps parameters, libcrypto its
 * contexts: each of them frees without a thought for what it held. There is no hook for it: M_PERTURB of
 * glibc 2.36 passes over blocks of up to 1,032 bytes, which wait in a cache of the thread. So free() and
 * realloc() are defined here, before the C library's. They call its own under the names that it has for
 * this, and the 24 kB that libfcgi frees for a request take less than a microsecond.
 */
#define _GNU_SOURCE
#include "base/wipe.h"

#include <malloc.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FREE_IS_THEIRS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FREE_IS_THEIRS 1
#endif
#endif

enum { STACK_BYTES = 32 * 1024 };

void
wipe(void *at, size_t bytes)
{
	explicit_bzero(at, bytes);
}

void
wipe_freed(void *block)
{
#ifdef FREE_IS_THEIRS
	explicit_bzero(block, malloc_usable_size(block));
#else
	(void)block;
#endif
}

__attribute__((noinline)) void
wipe_stack(void)
{
	char frames[STACK_BYTES];

	explicit_bzero(frames, sizeof frames);
}

#ifndef FREE_IS_THEIRS

#include <stdlib.h>

void __libc_free(void *);

void
free(void *ptr)
{
	if (ptr)
		explicit_bzero(ptr, malloc_usable_size(ptr));
	__libc_free(ptr);
}

/* Never moved by the C library, which would leave a copy. As its own does, it frees what is to have no
 * bytes. */
void *
realloc(void *ptr, size_t size)
{
	size_t had = ptr ? malloc_usable_size(ptr) : 0;
	void *to = NULL;

	if (ptr && size != 0 && size <= had)
		return ptr;
	if (!ptr || size != 0)
		to = malloc(size + !size);
	if (to && had != 0)
		memcpy(to, ptr, had);
	if (to || size == 0)
		free(ptr);
	return to;
}

#endif
