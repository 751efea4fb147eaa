/* file.h - a whole file as a text. */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "base/str.h"

/* The file's content, in the arena; at is NULL when it cannot be opened. More than 1 MiB, or a read that
 * fails half way, is a fault. */
str file_read(struct arena *, str path);

#endif
