/* mustache.c - shows a template: runs the operations that linking has made of it. */
#include "html/mustache_parts.h"

#include "base/clock.h"

#include <string.h>

enum {
	ROOM_BYTES = 4096,  /* asked for at a time */
	ESCAPE_CHUNK = 512, /* bytes of a text for which room is made at a time */
	ESCAPE_BYTES = 8,   /* written for one of them: &quot; and what is overwritten after it */
	INT_BYTES = 20,     /* -9223372036854775808 */
	TIME_BYTES = 96,    /* both forms and their element, years of four digits */
};

/* The text that is being built, held so that most additions need no call. */
struct output {
	struct buf *buf;
	char *at, *end; /* where the next byte goes, and where the room ends */
};

/* Where a list is: its element, and the end of its last one. */
struct frame {
	const char *at, *end;
};

/* Makes room for `need` bytes, better for `want`. */
static void
output_room(struct output *o, size_t need, size_t want)
{
	struct buf *b = o->buf;

	if (o->at)
		b->n = (size_t)(o->at - b->at);
	o->at = buf_room(b, want <= b->limit - b->n ? want : need);
	o->end = b->at + (b->room < b->limit ? b->room : b->limit);
}

static inline void
output_need(struct output *o, size_t n)
{
	if (n > (size_t)(o->end - o->at))
		output_room(o, n, n + ROOM_BYTES);
}

/* How much more the text may become. */
static size_t
output_left(const struct output *o)
{
	return o->buf->limit - (size_t)(o->at - o->buf->at);
}

static void
output_add(struct output *o, str s)
{
	if (s.n == 0)
		return;
	output_need(o, s.n);
	memcpy(o->at, s.at, s.n);
	o->at += s.n;
}

/* Most literals are short, and a copy of constant size is one or two instructions: a third of the time
 * of a page of 13 kB. What it copies too much is overwritten by what follows. */
static inline void
output_literal(struct output *o, str s)
{
	if (s.n > MUSTACHE_SHORT_BYTES || o->end - o->at < MUSTACHE_SHORT_BYTES) {
		output_add(o, s);
		return;
	}
	memcpy(o->at, s.at, MUSTACHE_SHORT_BYTES);
	o->at += s.n;
}

/* ---- Text ---- */

/* The quotes too, so that a text can end neither an attribute nor an element. */
static const unsigned char escape_of[256] = {
	['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5
};
static const struct {
	char at[ESCAPE_BYTES];
	size_t n;
} escapes[] = { { "", 0 }, { "&amp;", 5 }, { "&lt;", 4 }, { "&gt;", 4 }, { "&quot;", 6 },
	{ "&#39;", 5 } };

/* Writes the text escaped; there are ESCAPE_BYTES of room for each of its bytes. Where that ends. */
static char *
escape(char *to, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char which = escape_of[(unsigned char)from[i]];

		if (which == 0) {
			*to++ = from[i];
			continue;
		}
		memcpy(to, escapes[which].at, ESCAPE_BYTES);
		to += escapes[which].n;
	}
	return to;
}

/* The same byte by byte, close to the limit, where room for the longest escapes may be too much. */
static void
output_text_exactly(struct output *o, str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char which = escape_of[(unsigned char)s.at[i]];

		output_add(
		    o, which ? (str){ escapes[which].at, escapes[which].n } : str_part(s, i, 1));
	}
}

static void
output_text(struct output *o, str s)
{
	while (s.n) {
		str part = str_part(s, 0, ESCAPE_CHUNK);
		size_t most = part.n * ESCAPE_BYTES;

		if (most > (size_t)(o->end - o->at) && most > output_left(o)) {
			output_text_exactly(o, part);
		} else {
			output_need(o, most);
			o->at = escape(o->at, part.at, part.n);
		}
		s = str_part(s, part.n, s.n);
	}
}

/* ---- Numbers and times ---- */

static void
output_int(struct output *o, int64_t value)
{
	char digits[INT_BYTES], *at = digits + sizeof digits;
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do
		*--at = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0)
		*--at = '-';
	output_add(o, (str){ at, (size_t)(digits + sizeof digits - at) });
}

static char *
put(char *to, str s)
{
	memcpy(to, s.at, s.n);
	return to + s.n;
}

/* A number of just so many digits. */
static char *
put_digits(char *to, int value, size_t n)
{
	for (size_t i = n; i-- > 0; value /= 10)
		to[i] = (char)('0' + value % 10);
	return to + n;
}

/* As clock_iso() and clock_for_people() have it; printf would take ten times as long as the rest. */
static char *
put_iso(char *to, const struct clock_parts *p)
{
	to = put(put_digits(to, p->year, 4), S("-"));
	to = put(put_digits(to, p->month, 2), S("-"));
	to = put(put_digits(to, p->day, 2), S("T"));
	to = put(put_digits(to, p->hour, 2), S(":"));
	to = put(put_digits(to, p->minute, 2), S(":"));
	return put(put_digits(to, p->second, 2), S("Z"));
}

static char *
put_for_people(char *to, const struct clock_parts *p)
{
	static const char months[] = " Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";

	to = put_digits(to, p->day, p->day < 10 ? 1 : 2);
	to = put(to, (str){ &months[4 * (p->month - 1)], 5 });
	to = put(put_digits(to, p->year, 4), S(", "));
	to = put(put_digits(to, p->hour, 2), S(":"));
	return put(put_digits(to, p->minute, 2), S(" UTC"));
}

static void
output_time(struct output *o, int64_t time, bool element)
{
	struct clock_parts p;
	char text[TIME_BYTES], *end = text;

	if (time == 0)
		return;
	p = clock_split(time);
	if (p.year < 1000 || p.year > 9999)
		return; /* nothing was ever made then, and ISO 8601 has no such year */
	if (element)
		end = put(end, S("<time datetime=\""));
	end = put_iso(end, &p);
	if (element)
		end = put(put_for_people(put(end, S("\">")), &p), S("</time>"));
	output_add(o, (str){ text, (size_t)(end - text) });
}

/* ---- Operations ---- */

/* Whether the list has a first element, which then is the frame. */
static bool
each_begin(struct frame *frame, struct shape_list list, size_t step)
{
	frame->at = list.at;
	frame->end = list.n ? frame->at + list.n * step : frame->at;
	return list.n != 0;
}

static bool
each_next(struct frame *frame, size_t step)
{
	frame->at += step;
	return frame->at != frame->end;
}

static void
run(const struct mustache *m, struct output *output, struct frame *frames)
{
	const struct operation *o = m->operations;

	for (;; o++) {
		const char *at = frames[o->frame].at;
		bool go = false;

		output_literal(output, (str){ m->literals + o->literal, o->literal_n });
		switch (o->code) {
		case OPERATION_LITERAL:
			break;
		case OPERATION_TEXT:
			output_text(output, SHAPE_TEXT_OF(at, o));
			break;
		case OPERATION_RAW:
			output_add(output, SHAPE_TEXT_OF(at, o));
			break;
		case OPERATION_INT:
			output_int(output, SHAPE_INT_OF(at, o));
			break;
		case OPERATION_TIME:
		case OPERATION_TIME_ISO:
			output_time(output, SHAPE_INT_OF(at, o), o->code == OPERATION_TIME);
			break;
		case OPERATION_IF_INT:
			go = (SHAPE_INT_OF(at, o) != 0) != o->when;
			break;
		case OPERATION_IF_FLAG:
			go = SHAPE_FLAG_OF(at, o) != o->when;
			break;
		case OPERATION_IF_TEXT:
			go = (SHAPE_TEXT_OF(at, o).n != 0) != o->when;
			break;
		case OPERATION_IF_LIST:
			go = (SHAPE_LIST_OF(at, o).n != 0) != o->when;
			break;
		case OPERATION_EACH:
			go = !each_begin(&frames[o->into], SHAPE_LIST_OF(at, o), o->step);
			break;
		case OPERATION_NEXT:
			go = each_next(&frames[o->into], o->step);
			break;
		case OPERATION_END:
			return;
		}
		if (go)
			o = m->operations + o->to - 1;
	}
}

void
mustache_show(const struct mustache *m, struct buf *b, const void *data, const void *body_data)
{
	struct output output = { .buf = b };
	struct frame frames[MUSTACHE_FRAMES];

	frames[0].at = data;
	frames[1].at = body_data;
	output_room(&output, 0, m->expected);
	run(m, &output, frames);
	b->n = (size_t)(output.at - b->at);
}
