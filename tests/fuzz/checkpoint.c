/* checkpoint.c - fuzzes app/core/checkpoint.c: what is read is just what was covered by its HMAC. */
#include "fuzz.h"

#include "core/checkpoint.c"

/* As it would have been written: what is read says the same. */
static void
check_read(struct arena *a, const struct checkpoint *c, str covered)
{
	str heads_at = str_part(covered, str_find(covered, heads), covered.n), again = heads;

	must(c->n <= CHECKPOINT_HEADS);
	for (size_t i = 0; i < c->n; i++)
		again = fmt(a, "%.*s%s%" PRId64 ":%" PRId64 ":%.*s", STR(again), i ? "," : "",
		    c->heads[i].org, c->heads[i].seq, STR(c->heads[i].mac));
	/* What only we could have written may have zeros before its numbers, or lack a mac with its colon. */
	must(again.n <= heads_at.n + c->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct digest key = { { 1, 2, 3 } };
	static struct keyring ring = { .active = 1 };
	str text = fuzz_copy(data, n), covered = text, line;
	struct arena *a = fuzz_arena();
	struct checkpoint c;
	size_t end;

	ring.keys[1].status = KEY_ACTIVE;
	ring.keys[1].audit = key;
	must(checkpoint_read(a, &ring, text, &c) != CHECKPOINT_GOOD);
	/* And with the HMAC that it would have, so that what is behind it is read. */
	end = str_find(covered, S(" check="));
	covered = str_trim(str_part(covered, 0, end));
	line = fmt(a, "pid=1 %.*s check=%.*s", STR(covered), STR(check_of(a, &key, covered)));
	if (checkpoint_read(a, &ring, line, &c) == CHECKPOINT_GOOD)
		check_read(a, &c, covered);
	fuzz_free(text);
	return 0;
}
