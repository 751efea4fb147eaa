/* catalogue_lines.h - an API's permissions and endpoints as lines of text, for a form.
 *
 *      read | Read-only | reads                            WORD | NAME | reads or writes
 *      write | Read-write | writes | includes read         and what it includes, if something
 *
 *      GET /profile/v1/users/{user} profile:read           METHOD PATH PERMISSION
 *      GET /profile/v1/schema profile:read key             the key alone will do
 *      GET /profile/v1/status open                         nobody is asked who they are
 *
 * A permission may be written without its API. Blank lines are passed over.
 */
#ifndef CORE_CATALOGUE_LINES_H
#define CORE_CATALOGUE_LINES_H

#include "core/catalogue.h"

/* What is wrong with a line, numbered from 1. */
SHAPE(line_wrong, int(line), text(words));

/* What lines were read: how many, the number of each, and which are wrong. What is wrong has no element. */
struct catalogue_lines {
	size_t n;
	int64_t *line; /* of each element that was read */
	struct line_wrongs wrongs;
};

/* The elements, in the arena. More lines than an API may have are wrong from there on. */
struct api_permissions permission_lines_read(struct arena *, str text, struct catalogue_lines *);
struct api_endpoints
endpoint_lines_read(struct arena *, str api, str text, struct catalogue_lines *);

/* The text of which the same are read. */
str permission_lines_write(struct arena *, const struct api *);
str endpoint_lines_write(struct arena *, const struct api *);

#endif
