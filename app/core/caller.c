/* caller.c - what a caller says of itself, made fit to be kept and shown. */
#include "core/caller.h"

#include "base/buf.h"
#include "core/shared_use.h"

enum {
	RUN_MAX = 47
}; /* a secret has 43 + 17 characters after its id, a token's signature 86; a SHA-1 has 40 */

static bool
in_run(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_' || c == '+' || c == '/' || c == '=' || c == '-';
}

static size_t
run_length(str text)
{
	size_t n = 0;

	while (n < text.n && in_run(text.at[n]))
		n++;
	return n;
}

/* What is to be shown of a run. */
static size_t
shown_of(str run)
{
	size_t secret = str_find(run, S("kds_"));

	if (secret < run.n)
		return secret;
	return run.n > RUN_MAX ? 0 : run.n;
}

static void
add_run(struct buf *out, str run)
{
	size_t shown = shown_of(run), room = USE_PROGRAM_MAX - out->n;

	buf_add(out, str_part(run, 0, shown < room ? shown : room));
	if (shown < run.n && shown < room)
		buf_add(out, S("[...]"));
}

str
caller_program(struct arena *a, str user_agent)
{
	struct buf out = buf_new(a, USE_PROGRAM_MAX + 16);
	str left = str_trim(user_agent);

	while (left.n && out.n < USE_PROGRAM_MAX) {
		char c = left.at[0];
		size_t n = run_length(left);

		if (n)
			add_run(&out, str_part(left, 0, n));
		else
			buf_add_char(&out, c >= ' ' && c <= '~' ? c : '?');
		left = str_part(left, n ? n : 1, left.n);
	}
	return str_trim(str_part(buf_str(&out), 0, USE_PROGRAM_MAX));
}
