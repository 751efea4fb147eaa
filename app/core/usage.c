/* usage.c - when and from where a secret was last used. */
#include "core/usage.h"

#include "sql.h"

void
usage_write(struct db *db, const struct shared_use *uses, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sql_usage_note(db, .secret = uses[i].secret, .at = uses[i].last_used_at,
		    .remote = str_of(uses[i].remote), .calls = uses[i].calls);
}
