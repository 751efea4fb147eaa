/* wipe.c - overwrites memory, also that which libraries give back; and lends them some.
 *
 * libmariadb copies the inputs of a statement into a packet, libfcgi keeps parameters, libcrypto its
 * contexts: each of them frees without a thought for what it held. There is no hook for it: M_PERTURB of
 * glibc 2.36 passes over blocks of up to 1,032 bytes, which wait in a cache of the thread. So free() and
 * realloc() are defined here, before the C library's. They call its own under the names that it has for
 * this.
 *
 * malloc() is here too, for lend_begin(): libfcgi asks for some fifty blocks for each request, and all threads of a
 * worker share one heap and its lock. With 8 threads on two cores a quarter of a request's CPU time went there
 * (November 2026); to take the next bytes of its arena is ten instructions.
 */
#define _GNU_SOURCE
#include "base/wipe.h"

#include "base/arena.h"

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

/* ---- what is lent: before each block stands how long it is */

/* What this thread takes from just now; no arena when it does not. */
static _Thread_local struct {
	struct arena *arena;
	size_t keep;
} lender;

void
lend_begin(struct arena *a, size_t keep)
{
	lender.arena = a;
	lender.keep = keep;
}

void
lend_end(void)
{
	lender.arena = NULL;
}

#ifndef FREE_IS_THEIRS

#include <stdlib.h>

enum { LENT_HEAD_BYTES = alignof(max_align_t) };

void *__libc_malloc(size_t);
void __libc_free(void *);

static bool
is_lent(const void *block)
{
	const struct arena *a = lender.arena;
	const char *at = block;

	return a && at >= a->at && at < a->at + a->size;
}

/* NULL when there is not enough left. */
static void *
lend(struct arena *a, size_t size)
{
	size_t aside = lender.keep + LENT_HEAD_BYTES + alignof(max_align_t);
	size_t room = a->size - a->used;
	char *at;

	if (room < aside || room - aside < size)
		return NULL;
	at = arena_new(a, 1, alignof(max_align_t), LENT_HEAD_BYTES + size);
	memcpy(at, &size, sizeof size);
	return at + LENT_HEAD_BYTES;
}

static size_t
size_of(void *block)
{
	size_t size;

	if (!is_lent(block))
		return malloc_usable_size(block);
	memcpy(&size, (char *)block - LENT_HEAD_BYTES, sizeof size);
	return size;
}

/* ---- instead of the C library's */

void *
malloc(size_t size)
{
	void *at = lender.arena ? lend(lender.arena, size) : NULL;

	return at ? at : __libc_malloc(size);
}

/* What was lent is overwritten with its arena. */
void
free(void *ptr)
{
	if (!ptr || is_lent(ptr))
		return;
	explicit_bzero(ptr, malloc_usable_size(ptr));
	__libc_free(ptr);
}

/* Never moved by the C library, which would leave a copy. As its own does, it frees what is to have no
 * bytes. */
void *
realloc(void *ptr, size_t size)
{
	size_t had = ptr ? size_of(ptr) : 0;
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
