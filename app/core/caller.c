/* caller.c - what a caller says of itself, made fit to be kept and shown. */
#include "core/caller.h"

#include "core/shared_use.h"

#include <string.h>

enum {
	RUN_MAX = 47
}; /* a secret has 43 + 17 characters after its id, a token's signature 86; a SHA-1 has 40 */

static const str hidden = STR_INIT("[...]");

static bool
in_run(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '-' && c <= '9' && c != '.') || c == '_' || c == '+' || c == '=';
}

static size_t
run_length(str text)
{
	size_t n = 0;

	while (n < text.n && in_run(text.at[n]))
		n++;
	return n;
}

/* How much is to be shown of a run. */
static size_t
shown_of(str run)
{
	size_t secret = memchr(run.at, '_', run.n) ? str_find(run, S("kds_")) : run.n;

	return secret > RUN_MAX
	           ? 0
	           : secret; /* what stands before one may be one without its beginning */
}

/* What is written, with room for more than is kept. */
struct written {
	char *at;
	size_t n;
};

static void
add_run(struct written *out, str run)
{
	size_t shown = shown_of(run), room = USE_PROGRAM_MAX - out->n;
	str seen = str_part(run, 0, shown < room ? shown : room);

	memcpy(out->at + out->n, seen.at, seen.n);
	out->n += seen.n;
	if (shown < run.n && shown < room) {
		memcpy(out->at + out->n, hidden.at, hidden.n);
		out->n += hidden.n;
	}
}

str
caller_program(struct arena *a, str user_agent)
{
	struct written out = { NEW(a, char, USE_PROGRAM_MAX + hidden.n), 0 };
	str left = str_trim(user_agent);

	while (left.n && out.n < USE_PROGRAM_MAX) {
		char c = left.at[0];
		size_t n = run_length(left);

		if (n)
			add_run(&out, str_part(left, 0, n));
		else
			out.at[out.n++] = c >= ' ' && c <= '~' ? c : '?';
		left = str_part(left, n ? n : 1, left.n);
	}
	return str_trim((str){ out.at, out.n < USE_PROGRAM_MAX ? out.n : USE_PROGRAM_MAX });
}
