/* ring.c - what depends on each key of the key ring. */
#include "core/ring.h"

#include "crypto/base64.h"

/* What LIKE finds the hashes by that have this key's pepper: crypto/argon2.c writes its number so. */
static str
hashed_under(struct request *rq, int number)
{
	char text[BASE64_CHARS(2)];
	size_t n = base64_write(BASE64_PLAIN, fmt(rq->arena, "%d", number), text);

	return fmt(rq->arena, "%%,keyid=%.*s$%%", (int)n, text);
}

const struct ring_use_row *
ring_use(struct request *rq, int number)
{
	return sql_ring_use(rq->db, .number = number, .hashed = hashed_under(rq, number));
}

struct ring_secrets_rows
ring_secrets(struct request *rq, int number, int64_t after)
{
	return sql_ring_secrets(rq->db, .number = number, .hashed = hashed_under(rq, number),
	    .after = after, .count = RING_PAGE);
}
