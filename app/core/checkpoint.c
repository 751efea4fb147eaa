/* checkpoint.c - how far each chain of the audit log had come, in the log, out of the database's reach. */
#include "core/checkpoint.h"

#include "base/log.h"
#include "core/measure.h"
#include "crypto/keyring.h"
#include "sql.h"

#include <inttypes.h>
#include <string.h>

enum { PAGE = 500, ROOM_AT_FIRST = 64, HEADS_MAX_BYTES = 700, MARK_BYTES = 8 };

static const str word = STR_INIT("checkpoint"), heads = STR_INIT("heads=");

static str
check_of(struct arena *a, const struct digest *key, str covered)
{
	struct digest mac = digest_hmac(DIGEST_STR(*key), S("checkpoint line "), covered);

	return digest_hex(a, DIGEST_STR(mac));
}

/* ---- writing */

/* A chain as it was logged last. Of its HMAC the beginning: this is for noticing, not for proof. */
struct known {
	int64_t org, seq;
	char mark[MARK_BYTES];
	bool seen;   /* in this round */
	bool behind; /* in the round before it had gone back */
};

struct checkpoints {
	struct known *at; /* in the order of org */
	size_t n, room;
};

/* What is logged in one call. */
struct writing {
	struct desk *desk;
	struct arena *arena;
	struct buf heads;
	size_t n; /* of them */
};

static void
log_heads(struct writing *w)
{
	const struct keyring *ring = w->desk->keyring;
	struct log_line line;
	size_t from;

	if (w->n == 0)
		return;
	log_begin(&line, "checkpoint");
	from = line.n - word.n;
	log_int(
	    &line, "at", clock_now()); /* after they were read: what they name was there by then */
	log_int(&line, "machine", w->desk->settings->machine);
	log_int(&line, "key", ring->active);
	log_text(&line, "heads", buf_str(&w->heads));
	log_text(&line, "check",
	    check_of(
		w->arena, &ring->keys[ring->active].audit, (str){ line.at + from, line.n - from }));
	log_end(&line);
	w->heads.n = w->n = 0;
}

static void
add_head(struct writing *w, const struct checkpoint_heads_row *head)
{
	buf_fmt(&w->heads, "%s%" PRId64 ":%" PRId64 ":%.*s", w->n ? "," : "", head->org, head->seq,
	    STR(head->mac));
	if (++w->n == CHECKPOINT_HEADS)
		log_heads(w);
}

static void
say_back(const struct writing *w, const struct known *known, int64_t now_at)
{
	struct log_line line;

	log_begin(&line, "audit-went-back");
	log_int(&line, "organization", known->org);
	log_int(&line, "machine", w->desk->settings->machine);
	log_int(&line, "from", known->seq);
	log_int(&line, "to", now_at);
	log_end(&line);
}

static void
mark_of(char mark[MARK_BYTES], str mac)
{
	memset(mark, 0, MARK_BYTES);
	if (mac.n)
		memcpy(mark, mac.at, mac.n < MARK_BYTES ? mac.n : MARK_BYTES);
}

/* Room for one more before place i. */
static struct known *
insert(struct checkpoints *c, struct arena *start, size_t i)
{
	if (c->n == c->room) {
		size_t room = c->room ? 2 * c->room : ROOM_AT_FIRST;
		struct known *at = NEW(start, struct known, room);

		if (c->n)
			memcpy(at, c->at, c->n * sizeof *at);
		c->at = at;
		c->room = room;
	}
	memmove(c->at + i + 1, c->at + i, (c->n - i) * sizeof *c->at);
	c->n++;
	return &c->at[i];
}

/* Whether that is to be believed: the second time in a row. A node of a cluster that we have just changed
 * to may be a moment behind the one that is gone. */
static bool
is_back(const struct writing *w, struct known *known, int64_t now_at)
{
	bool twice = known->behind;

	known->behind = !twice;
	if (twice)
		say_back(w, known, now_at);
	return twice;
}

/* Whether the head is another one than was logged last; remembers it. */
static bool
has_moved(const struct writing *w, struct known *known, const struct checkpoint_heads_row *head)
{
	char mark[MARK_BYTES];
	bool same;

	mark_of(mark, head->mac);
	same = known->seq == head->seq && memcmp(known->mark, mark, MARK_BYTES) == 0;
	known->seen = true;
	if (!same && head->seq <= known->seq && !is_back(w, known, head->seq))
		return false;
	known->behind = false;
	known->seq = head->seq;
	memcpy(known->mark, mark, MARK_BYTES);
	return !same;
}

/* What is known of that chain; a new one is before its first entry. *i goes along both lists. */
static struct known *
find_known(const struct writing *w, int64_t org, size_t *i)
{
	struct checkpoints *c = w->desk->checkpoints;

	while (*i < c->n && c->at[*i].org < org)
		++*i;
	if (*i == c->n || c->at[*i].org != org)
		*insert(c, w->desk->start, *i) = (struct known){ .org = org, .seq = INT64_MIN };
	return &c->at[*i];
}

/* Says of each chain that is no more that it has gone, and forgets it. */
static void
forget_gone(struct writing *w)
{
	struct checkpoints *c = w->desk->checkpoints;
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!c->at[i].seen && is_back(w, &c->at[i], 0))
			continue;
		c->at[kept] = c->at[i];
		c->at[kept++].seen = false;
	}
	c->n = kept;
}

static void
look_at_page(struct writing *w, struct checkpoint_heads_rows page, size_t *i)
{
	for (size_t k = 0; k < page.n; k++)
		if (has_moved(w, find_known(w, page.at[k].org, i), &page.at[k]))
			add_head(w, &page.at[k]);
}

void
checkpoint_write(struct desk *desk, struct arena *arena)
{
	struct writing w = { .desk = desk, .arena = arena };
	struct checkpoint_heads_rows page;
	int64_t after = INT64_MIN;
	size_t i = 0;

	if (!desk->checkpoints)
		desk->checkpoints = NEW(desk->start, struct checkpoints, 1);
	w.heads = buf_new(arena, HEADS_MAX_BYTES);
	buf_room(&w.heads, HEADS_MAX_BYTES);
	do {
		size_t mark = arena_mark(arena);

		page = sql_checkpoint_heads(
		    desk->db, .machine = desk->settings->machine, .after = after, .count = PAGE);
		look_at_page(&w, page, &i);
		if (page.n)
			after = page.at[page.n - 1].org;
		log_heads(&w);
		arena_wipe(arena, mark);
	} while (page.n == PAGE);
	forget_gone(&w);
	measure_done(shared_measures(desk->shared), WORK_CHECKPOINTS);
}

/* ---- reading */

/* Where the checkpoint's words begin, and in *rest what is before them; line.n when it is none. A text in
 * quotes may say anything, so there is none before it. */
static size_t
begins_at(str line)
{
	size_t at = str_find(line, S(" checkpoint at="));
	str before = str_part(line, 0, at), last = before;

	while (str_find_char(last, ' ') < last.n)
		str_cut(last, ' ', &last);
	if (at == line.n || str_find_char(before, '"') < before.n || !str_starts(last, S("pid=")))
		return line.n;
	return at + 1;
}

/* "NAME=NUMBER " at the beginning of *rest, which is then what follows. */
static bool
take_number(str *rest, str name, int64_t *value)
{
	str field = str_cut(*rest, ' ', rest);

	return str_starts(field, name) && str_int(str_part(field, name.n, field.n), value);
}

/* What was written by add_head(): its HMAC has been checked. */
static bool
read_heads(str text, struct checkpoint *into)
{
	while (text.n && into->n < CHECKPOINT_HEADS) {
		str rest = str_cut(text, ',', &text);
		str org = str_cut(rest, ':', &rest), seq = str_cut(rest, ':', &rest);
		struct checkpoint_head *head = &into->heads[into->n++];

		if (!str_int(org, &head->org) || !str_int(seq, &head->seq))
			return false;
		head->mac = rest;
	}
	return text.n == 0;
}

enum checkpoint_line
checkpoint_read(struct arena *a, const struct keyring *ring, str line, struct checkpoint *into)
{
	static const str end = STR_INIT(" check=");
	size_t from = begins_at(line), to, mark = arena_mark(a);
	str rest, covered;
	const struct digest *key;
	int64_t number = 0;
	bool good;

	*into = (struct checkpoint){ 0 };
	if (from == line.n)
		return CHECKPOINT_NONE;
	line = str_trim(str_part(line, from, line.n));
	to = str_find(line, end);
	covered = str_part(line, 0, to);
	rest = str_part(covered, word.n + 1, covered.n);
	if (!take_number(&rest, S("at="), &into->at) ||
	    !take_number(&rest, S("machine="), &into->machine) ||
	    !take_number(&rest, S("key="), &number) || number < 0 || number > KEYRING_MAX)
		return CHECKPOINT_BAD;
	key = keyring_audit(ring, (int)number);
	good = key && str_eq(str_part(line, to + end.n, line.n), check_of(a, key, covered)) &&
	       str_starts(rest, heads) && read_heads(str_part(rest, heads.n, rest.n), into);
	arena_wipe(a, mark);
	return good ? CHECKPOINT_GOOD : CHECKPOINT_BAD;
}
