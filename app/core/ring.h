/* ring.h - what depends on each key of the key ring. */
#ifndef CORE_RING_H
#define CORE_RING_H

#include "core/desk.h"
#include "http/request.h"
#include "sql.h"

/* How much would be refused without the key: secrets whose text it signs, those of other keys that are
 * hashed under it, passwords, signing keys, seeds of second factors and public keys sealed under it. Reads whole tables: for commands. */
const struct ring_use_row *ring_use(struct request *, int number);

/* The secrets that are refused without it, RING_PAGE at most, by row id above after: the last one's id
 * goes on. All of them stand in the database as working. */
enum { RING_PAGE = 200 };
struct ring_secrets_rows ring_secrets(struct request *, int number, int64_t after);

#endif
