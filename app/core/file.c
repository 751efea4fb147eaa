/* file.c - a whole file as a text. */
#define _GNU_SOURCE
#include "core/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 1 << 20 };

/* Reads size bytes or to the end; -1 when a read fails. */
static ssize_t
read_all(int fd, char *at, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, at + n, size - n);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

str
file_read(struct arena *a, str path)
{
	int fd = open(str_c(a, path), O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *at;
	ssize_t n;

	if (fd < 0)
		return (str){ 0 };
	if (fstat(fd, &st) != 0 || st.st_size > FILE_MAX_BYTES) {
		close(fd);
		fault(a->fault, "%.*s is larger than %d bytes", STR(path), FILE_MAX_BYTES);
	}
	at = NEW(a, char, (size_t)st.st_size + 1);
	n = read_all(fd, at, (size_t)st.st_size);
	close(fd);
	if (n < 0)
		fault(a->fault, "%.*s cannot be read", STR(path));
	return (str){ at, (size_t)n };
}
