/* catalogue_file.h - the catalogue as a file: JSON that people edit and keep under version control.
 *
 *      { "apis": [ { "word": "profile", "name": "Profile API", "description": "...",
 *          "level": "organization" | "account" | "workspace", "choice": "one" | "many",
 *          "permissions": [ { "word": "read", "name": "Read-only", "only_reads": true,
 *              "includes": "..." } ],
 *          "endpoints": [ { "method": "GET", "path": "/profile/v1/{workspace}",
 *              "needs": "secret" | "key" | "open", "permission": "read" } ] } ] }
 *
 * The file is the whole catalogue, in its order. What is optional is left out when it is empty: description,
 * includes, and the permission of an endpoint that is open.
 */
#ifndef CORE_CATALOGUE_FILE_H
#define CORE_CATALOGUE_FILE_H

#include "core/catalogue.h"
#include "http/json.h"

enum { CATALOGUE_FILE_MAX_BYTES = 1 << 20 };

/* The catalogue that the text says, in the arena. What is wrong with it is noted, all of it: its form, and
 * what catalogue_check() finds. Worth something only when nothing was noted. */
struct catalogue catalogue_file_read(struct arena *, str text, struct json_wrongs *);

/* The text, in the arena: reading it gives the same catalogue, and writing that the same bytes. */
str catalogue_file_write(struct arena *, const struct catalogue *);

/* The default catalogue, catalogue.json beside the migrations: loaded into a catalogue that has no APIs, and
 * audited in the installation's chain. How many APIs that were; 0 when there are some already. Faults when
 * the file is not there or not good. */
size_t catalogue_begin(struct request *, str schema_folder);

#endif
