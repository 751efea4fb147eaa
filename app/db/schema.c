/* schema.c - the folder of schema files. */
#define _GNU_SOURCE
#include "db/schema.h"

#include "base/buf.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DIGITS = 4, /* of the number at the start of a file's name */
	MOST_FILES = 1000,
};

static bool
is_schema(const char *name)
{
	size_t n = strlen(name);

	return n > DIGITS && n < sizeof((struct schema_file *)0)->name &&
	       strspn(name, "0123456789") == DIGITS && name[DIGITS] == '_' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == n &&
	       str_ends(str_of(name), S(".sql"));
}

/* How many schema files there are, or -1 when there is no such folder. */
static int
scan_folder(const char *path, struct schema_file *files)
{
	DIR *folder = opendir(path);
	int n = 0;

	if (!folder)
		return -1;
	for (struct dirent *e = readdir(folder); e && n < MOST_FILES; e = readdir(folder)) {
		int64_t number = 0;

		if (!is_schema(e->d_name))
			continue;
		str_int((str){ e->d_name, DIGITS }, &number);
		files[n].number = (int)number;
		memcpy(files[n].name, e->d_name, strlen(e->d_name) + 1);
		n++;
	}
	closedir(folder);
	return n;
}

static int
by_number(const void *a, const void *b)
{
	const struct schema_file *left = a, *right = b;

	return left->number - right->number;
}

struct schema_files
schema_list(struct arena *a, const char *path)
{
	struct schema_file *files = NEW(a, struct schema_file, MOST_FILES);
	int n = scan_folder(path, files);

	if (n < 0)
		fault(a->fault, "%s is no folder that can be read", path);
	if (n == MOST_FILES)
		fault(a->fault, "%s holds %d schema files or more", path, n);
	qsort(files, (size_t)n, sizeof *files, by_number);
	for (int i = 1; i < n; i++)
		if (files[i].number == files[i - 1].number)
			fault(a->fault, "%s and %s have the same number", files[i - 1].name,
			    files[i].name);
	return (struct schema_files){ files, (size_t)n };
}

static ssize_t
load(const char *path, char *at, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, at, room);
	close(fd);
	return n;
}

str
schema_read(struct arena *a, const char *folder, const struct schema_file *file)
{
	const char *path = str_c(a, fmt(a, "%s/%s", folder, file->name));
	struct stat about = { 0 };
	char *at;
	ssize_t n;

	stat(path, &about);
	at = NEW(a, char, (size_t)about.st_size);
	n = load(path, at, (size_t)about.st_size);
	if (n < 0 || n != about.st_size)
		fault(a->fault, "%s cannot be read", path);
	return (str){ at, (size_t)n };
}

str
schema_statement(struct arena *a, const struct schema_file *file, str *rest)
{
	struct buf b = buf_new(a, rest->n + 1);

	while (rest->n) {
		str line = str_cut(*rest, '\n', rest), words = str_trim(line);

		if (str_starts(words, S("--")))
			continue;
		/* Nothing to run before the first word: a blank line, or a ; too many. */
		if (!b.n && (!words.n || str_eq(words, S(";"))))
			continue;
		buf_add(&b, line);
		buf_add_char(&b, '\n');
		if (str_ends(words, S(";"))) {
			str made = str_trim(buf_str(&b));
			return str_part(made, 0, made.n - 1);
		}
	}
	if (b.n)
		fault(a->fault, "%s: the last statement has no ; at its end", file->name);
	return (str){ 0 };
}
