/* token_scope.c - the claim scope of tokens: what a caller may do, as words. */
#include "base/buf.h"
#include "core/token.h"
#include "core/token_words.h"
#include "sql.h"

/* In the claim scope: no permission, each of which has a colon. */
static const str nothing = STR_INIT("none");

/* The permissions of a caller; all are those of an account key. One of the two lists is empty. With nowhere set those
 * that are of use on workspaces only do not count. */
struct held {
	struct strs all;
	struct token_permissions_granted_rows some;
	bool nowhere;
};

static struct held
held_by(struct request *rq, const struct caller *caller)
{
	struct held held = { 0 };

	if (!caller->all) {
		held.some = sql_token_permissions_granted(rq->db, .org = caller->org,
		    .client = caller->client, .only_reads = caller->only_reads);
		return held;
	}
	held.all = token_words_of(rq, caller->catalogue, caller->org);
	return held;
}

/* False when it does not fit any more. */
static bool
scope_add(struct buf *scope, str word)
{
	if (scope->n + 1 + word.n > TOKEN_SCOPE_BYTES)
		return false;
	if (scope->n)
		buf_add_char(scope, ' ');
	buf_add(scope, word);
	return true;
}

static bool
holds(const struct held *held, str word)
{
	for (size_t i = 0; i < held->all.n; i++)
		if (str_eq(held->all.at[i], word))
			return true;
	for (size_t i = 0; i < held->some.n; i++)
		if (str_eq(held->some.at[i].word, word))
			return !held->nowhere || !held->some.at[i].picked;
	return false;
}

/* The 600 words of a grant that are read at most are over the limit: the shortest has three bytes, and a blank. */
str
token_scope(struct request *rq, const struct caller *caller)
{
	struct buf scope = buf_new(rq->arena, TOKEN_SCOPE_BYTES);
	struct held held = held_by(rq, caller);
	bool fits = true;

	for (size_t i = 0; i < held.all.n && fits; i++)
		fits = scope_add(&scope, held.all.at[i]);
	for (size_t i = 0; i < held.some.n && fits; i++)
		fits = scope_add(&scope, held.some.at[i].word);
	/* Empty would narrow nothing: for another than an account key the words that fit are the narrower ones. */
	if (!caller->all)
		return scope.n ? buf_str(&scope) : nothing;
	return fits ? buf_str(&scope) : (str){ 0 };
}

bool
token_scope_lists(str scope, str word)
{
	while (scope.n)
		if (str_eq(str_cut(scope, ' ', &scope), word))
			return true;
	return false;
}

bool
token_scope_narrowed(struct request *rq, const struct caller *caller, str wanted, str *scope)
{
	struct buf narrow = buf_new(rq->arena, TOKEN_SCOPE_BYTES);
	struct held held = held_by(rq, caller);
	str rest = wanted;

	*scope = (str){ 0 };
	if (str_ends(wanted, S(" ")))
		return false;
	while (rest.n) {
		str word = str_cut(rest, ' ', &rest);

		if (!holds(&held, word))
			return false;
		if (!token_scope_lists(buf_str(&narrow), word) && !scope_add(&narrow, word))
			return false;
	}
	*scope = buf_str(&narrow);
	return narrow.n > 0;
}

/* Whether a credential that is held to places has any that is there. */
static bool
somewhere(struct request *rq, const struct caller *caller)
{
	return !caller->placed ||
	       sql_call_picked_workspace(
		   rq->db, .client = caller->client, .org = caller->org, .account = 0) ||
	       sql_call_picked_account(rq->db, .client = caller->client, .org = caller->org);
}

bool
token_scope_left(struct request *rq, const struct caller *caller, str claimed, str *scope)
{
	struct buf left = buf_new(rq->arena, TOKEN_SCOPE_BYTES);
	struct held held;
	str rest = claimed;

	*scope = (str){ 0 };
	if (!claimed.n && caller->all)
		*scope = token_scope(rq, caller);
	if (!claimed.n)
		return true;
	held = held_by(rq, caller);
	held.nowhere = !somewhere(rq, caller);
	while (rest.n) {
		str word = str_cut(rest, ' ', &rest);

		if (holds(&held, word))
			scope_add(&left, word);
	}
	*scope = buf_str(&left);
	return left.n > 0;
}
