/* arena.c - memory that ends with the request. */
#define _GNU_SOURCE
#include "base/arena.h"

#include "base/wipe.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void
arena_open(struct arena *a, struct fault *f, size_t size)
{
	*a = (struct arena){ .fault = f };
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		fault(f, "no memory for an arena of %zu bytes", size);
	madvise(at, size, MADV_DONTDUMP);
	a->at = at;
	a->size = size;
}

void
arena_close(struct arena *a)
{
	arena_wipe(a, 0);
	if (a->at)
		munmap(a->at, a->size);
	*a = (struct arena){ 0 };
}

static size_t
aligned(size_t at, size_t align)
{
	return (at + align - 1) & ~(align - 1);
}

void *
arena_new(struct arena *a, size_t size, size_t align, size_t n)
{
	size_t start = aligned(a->used, align), bytes;

	if (__builtin_mul_overflow(size, n, &bytes) || start > a->size || bytes > a->size - start)
		fault(a->fault, "the arena of %zu bytes is full: %zu used, %zu x %zu asked",
		    a->size, a->used, n, size);
	a->used = start + bytes;
	return a->at + start;
}

size_t
arena_mark(const struct arena *a)
{
	return a->used;
}

void
arena_wipe(struct arena *a, size_t mark)
{
	if (a->top < a->used)
		a->top = a->used;
	if (a->used > mark)
		wipe(a->at + mark, a->used - mark);
	a->used = mark;
}

void *
arena_keep(struct arena *a, size_t mark, void *at, size_t n)
{
	size_t start = aligned(mark, alignof(max_align_t));

	memmove(a->at + start, at, n);
	arena_wipe(a, start + n);
	return a->at + start;
}

void
arena_rest(struct arena *a, size_t keep)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	arena_wipe(a, 0);
	keep = (keep + page - 1) / page * page;
	if (a->top > keep && madvise(a->at + keep, a->top - keep, MADV_DONTNEED) == 0)
		a->top = keep;
}
