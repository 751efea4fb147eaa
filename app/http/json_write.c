/* json_write.c - a shape as JSON. */
#include "http/json.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <string.h>

/* U+2028 or U+2029: they end a line in JavaScript before 2019. */
static bool
is_separator(str s, size_t i)
{
	str three = str_part(s, i, 3);

	return str_eq(three, S("\xe2\x80\xa8")) || str_eq(three, S("\xe2\x80\xa9"));
}

/* How many bytes at s.at[i] stand for themselves in a string: 0 when they have to be escaped. */
static size_t
plain(str s, size_t i)
{
	unsigned char c = (unsigned char)s.at[i];

	if (c < 0x80)
		return c >= ' ' && !strchr("\"\\<>&\x7f", c);
	if (is_separator(s, i))
		return 0;
	for (size_t n = 2; n <= 4 && i + n <= s.n; n++)
		if (utf8_ok(str_part(s, i, n), false))
			return n;
	return 0;
}

void
json_write_text(struct buf *b, str s)
{
	buf_add_char(b, '"');
	for (size_t i = 0, n; i < s.n;) {
		size_t from = i;

		while (i < s.n && (n = plain(s, i)) != 0)
			i += n;
		buf_add(b, str_part(s, from, i - from));
		if (i == s.n)
			break;
		if (is_separator(s, i)) {
			buf_fmt(b, "\\u20%02x", (unsigned)(unsigned char)s.at[i + 2] - 0x80);
			i += 3;
			continue;
		}
		/* A byte that is no text becomes the sign for that, U+FFFD. */
		buf_fmt(b, "\\u%04x", (unsigned char)s.at[i] < 0x80 ? (unsigned)s.at[i] : 0xfffdu);
		i++;
	}
	buf_add_char(b, '"');
}

static void
write_list(struct buf *b, const struct shape *shape, struct shape_list list)
{
	buf_add_char(b, '[');
	for (size_t i = 0; i < list.n; i++) {
		if (i)
			buf_add_char(b, ',');
		json_write(b, shape, (const char *)list.at + i * shape->size);
	}
	buf_add_char(b, ']');
}

static void
write_many(struct buf *b, struct shape_list list)
{
	buf_add_char(b, '[');
	for (size_t i = 0; i < list.n; i++) {
		if (i)
			buf_add_char(b, ',');
		json_write_text(b, ((const str *)list.at)[i]);
	}
	buf_add_char(b, ']');
}

static void
write_member(struct buf *b, const struct shape_member *m, const void *data)
{
	switch (m->kind) {
	case SHAPE_INT:
		buf_fmt(b, "%" PRId64, SHAPE_INT_OF(data, m));
		break;
	case SHAPE_TEXT:
		json_write_text(b, SHAPE_TEXT_OF(data, m));
		break;
	case SHAPE_FLAG:
		buf_add(b, SHAPE_FLAG_OF(data, m) ? S("true") : S("false"));
		break;
	case SHAPE_TIME:
		if (SHAPE_INT_OF(data, m))
			json_write_text(b, shape_text(b->arena, m, data));
		else
			buf_add(b, S("null"));
		break;
	case SHAPE_PART:
		json_write(b, m->of, (const char *)data + m->offset);
		break;
	case SHAPE_LIST:
		write_list(b, m->of, SHAPE_LIST_OF(data, m));
		break;
	case SHAPE_MANY:
		write_many(b, SHAPE_LIST_OF(data, m));
		break;
	case SHAPE_NONE: /* not tested: SHAPE() makes no such member */
		break;
	}
}

void
json_write(struct buf *b, const struct shape *shape, const void *data)
{
	buf_add_char(b, '{');
	for (size_t i = 0; i < shape->n; i++) {
		if (i)
			buf_add_char(b, ',');
		json_write_text(b, shape->members[i].name);
		buf_add_char(b, ':');
		write_member(b, &shape->members[i], data);
	}
	buf_add_char(b, '}');
}
