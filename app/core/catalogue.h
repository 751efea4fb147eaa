/* catalogue.h - the catalogue: which APIs there are, what may be done with each, and which call needs what.
 *
 * It is one value: read whole, changed whole (catalogue_change.h), written as a file (catalogue_file.h). Rows
 * of schema/0010_catalogue.sql; catalogue.version rises with every change.
 */
#ifndef CORE_CATALOGUE_H
#define CORE_CATALOGUE_H

#include "base/shape.h"
#include "http/request.h"

/* What there may be of each. All of it is in memory where it is read, several times over where it is changed:
 * the largest fits into the memory of a request, 4 MB by default. */
enum {
	APIS_MAX = 200,
	API_PERMISSIONS_MAX = 50,
	API_ENDPOINTS_MAX = 500,
	PERMISSIONS_MAX = 2000,
	ENDPOINTS_MAX = 2000,
};

/* 'read' of the API 'profile' is profile:read. includes is the word of the weaker permission that it
 * contains, or empty. */
SHAPE(api_permission, text(word), text(name), flag(only_reads), text(includes));

/* needs: 'secret', 'key' or 'open'; permission is a word, and empty where nobody is asked who they are. */
SHAPE(api_endpoint, text(method), text(path), text(needs), text(permission));

/* level: 'organization', 'account' or 'workspace'; choice: 'one' or 'many'. */
SHAPE(api, text(word), text(name), text(description), text(level), text(choice),
    list(permissions, api_permission), list(endpoints, api_endpoint));

SHAPE(catalogue, list(apis, api));

/* As the database has it, in its order. The texts are in the arena. */
struct catalogue catalogue_read(struct request *);

/* The API of that word, or NULL; the permission of that word, or NULL. */
const struct api *catalogue_api(const struct catalogue *, str word);
const struct api_permission *api_permission_of(const struct api *, str word);

/* Who holds an API: how many organizations are entitled to it, and how many credentials have been given
 * something of it, deleted ones left out; and how many have been given that permission. CATALOGUE_COUNT_MAX
 * means that many or more: a count costs the same however many there are. */
enum { CATALOGUE_COUNT_MAX = 1000 };
struct catalogue_held {
	int64_t organizations, credentials;
};
struct catalogue_held catalogue_held(struct request *, str word);
int64_t catalogue_permission_held(struct request *, str api, str permission);

/* Such a count in words: "1 credential", "12 credentials", "1000 or more credentials". */
str catalogue_count_words(struct arena *, int64_t n, const char *one, const char *many);

#endif
