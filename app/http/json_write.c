/* json_write.c - a shape as JSON. */
#include "http/json.h"

#include "base/utf8.h"

#include <inttypes.h>

/* U+2028 or U+2029: they end a line in JavaScript before 2019. */
static bool
is_separator(str s, size_t i)
{
	str three = str_part(s, i, 3);

	return str_eq(three, S("\xe2\x80\xa8")) || str_eq(three, S("\xe2\x80\xa9"));
}

/* Whether a character of ASCII stands for itself in a string. Those of HTML do not, wherever the JSON is put. By two words
 * of bits, as most answers are long tokens: strchr() took 20 us for those of /auth. */
static bool
ascii_plain(unsigned char c)
{
	static const uint64_t escaped[] = {
		UINT32_MAX | 1ull << '"' | 1ull << '&' | 1ull << '<' | 1ull << '>',
		1ull << ('\\' - 64) | 1ull << (0x7f - 64),
	};

	return c < 0x80 && !(escaped[c / 64] >> c % 64 & 1);
}

/* How many bytes the character beyond ASCII at s.at[i] has; 0 when it has to be escaped. */
static size_t
wide_plain(str s, size_t i)
{
	if (is_separator(s, i))
		return 0;
	for (size_t n = 2; n <= 4 && i + n <= s.n; n++)
		if (utf8_ok(str_part(s, i, n), false))
			return n;
	return 0;
}

/* Where the first character from s.at[i] on is that has to be escaped, or s.n. */
static size_t
plain_to(str s, size_t i)
{
	size_t wide = 1;

	while (wide) {
		while (i < s.n && ascii_plain((unsigned char)s.at[i]))
			i++;
		wide = i < s.n && (unsigned char)s.at[i] >= 0x80 ? wide_plain(s, i) : 0;
		i += wide;
	}
	return i;
}

void
json_write_text(struct buf *b, str s)
{
	buf_add_char(b, '"');
	for (size_t i = 0; i < s.n;) {
		size_t from = i;

		i = plain_to(s, i);
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

/* Its brace stands where the other one ended, and is the comma between the two. */
void
json_write_more(struct buf *b, const struct shape *shape, const void *data)
{
	size_t end = --b->n;

	json_write(b, shape, data);
	b->at[end] = ',';
}
