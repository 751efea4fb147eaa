/* schema.h - the folder of schema files: which there are, and the statements in one. For migrate.c. */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include "base/str.h"

struct schema_file {
	int number;
	char name[100];
};

struct schema_files {
	const struct schema_file *at;
	size_t n;
};

/* The files NNNN_*.sql of the folder at path (small letters, digits, _ - and . in their names), by number; at
 * most 1000. In the arena. A missing folder, or two files with one number, is a fault. */
struct schema_files schema_list(struct arena *, const char *path);

/* What the file holds. In the arena. */
str schema_read(struct arena *, const char *folder, const struct schema_file *);

/* Takes the next statement, without the ; that ends it, from what is left of the file's text. Empty when
 * there is none. A line that begins with -- is a comment. A last statement without ; is a fault. */
str schema_statement(struct arena *, const struct schema_file *, str *rest);

#endif
