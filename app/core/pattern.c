/* pattern.c - the path of an endpoint, and which addresses it stands for. */
#include "core/pattern.h"

#include "core/address.h"

enum { NAME_MAX_CHARS = 40 };

enum segment_kind
segment_kind(str segment)
{
	if (str_starts(segment, S("{")))
		return SEGMENT_NAMED;
	return str_eq(segment, S("*")) ? SEGMENT_REST : SEGMENT_LITERAL;
}

bool
segment_next(str *rest, str *segment)
{
	str after = str_part(*rest, 1, rest->n);

	if (rest->n == 0)
		return false;
	*segment = str_part(after, 0, str_find_char(after, '/'));
	*rest = str_part(after, segment->n, after.n);
	return true;
}

/* "{name}" without its braces; empty when it is not of that form. */
static str
name_of(str segment)
{
	str name = str_part(segment, 1, segment.n - 2);

	if (segment.n < 3 || !str_ends(segment, S("}")) || name.n > NAME_MAX_CHARS)
		return (str){ 0 };
	for (size_t i = 0; i < name.n; i++) {
		char c = name.at[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!letter && (i == 0 || (c != '-' && c != '_')))
			return (str){ 0 };
	}
	return name;
}

/* Whether the same {name} stands in the rest too. */
static bool
named_again(str named, str rest)
{
	str segment;

	while (segment_next(&rest, &segment))
		if (str_eq(segment, named))
			return true;
	return false;
}

static str
segment_wrong(struct arena *a, str segment, str rest)
{
	switch (segment_kind(segment)) {
	case SEGMENT_NAMED:
		if (name_of(segment).n == 0)
			return fmt(a,
			    "\"%.*s\" is not {name}: a to z, 0 to 9, - and _ in braces, alone in "
			    "its "
			    "segment.",
			    STR(segment));
		if (named_again(segment, rest))
			return fmt(a, "%.*s stands in it twice.", STR(segment));
		return (str){ 0 };
	case SEGMENT_REST:
		return rest.n ? S("* stands for the rest, so it is the last segment.") : (str){ 0 };
	case SEGMENT_LITERAL:
		break;
	}
	if (segment.n == 0)
		return rest.n ? S("Two slashes stand side by side in it.") : (str){ 0 };
	if (str_find_char(segment, '*') < segment.n)
		return S("* stands for whole segments, so it is alone in its own.");
	if (!segment_canonical(a, segment))
		return fmt(
		    a, "\"%.*s\" is not a segment as callers have to write it.", STR(segment));
	return (str){ 0 };
}

str
pattern_wrong(struct arena *a, str pattern)
{
	str rest = pattern, segment, wrong = { 0 };
	size_t n = 0;

	if (!str_starts(pattern, S("/")))
		return S("A path begins with a slash.");
	if (pattern.n > PATTERN_MAX)
		return fmt(a, "A path has at most %d characters.", PATTERN_MAX);
	while (wrong.n == 0 && segment_next(&rest, &segment)) {
		wrong = segment_wrong(a, segment, rest);
		n++;
	}
	if (wrong.n == 0 && n > PATTERN_SEGMENTS_MAX)
		return fmt(a, "A path has at most %d segments.", PATTERN_SEGMENTS_MAX);
	return wrong;
}

bool
pattern_match(str pattern, str path, struct pattern_ids *ids)
{
	struct pattern_ids found = { 0 };
	str want, got;

	if (str_eq(pattern, path) && str_find_char(pattern, '{') == pattern.n) {
		*ids = found;
		return true;
	}
	while (segment_next(&pattern, &want)) {
		enum segment_kind kind = segment_kind(want);

		if (!segment_next(&path, &got) || (got.n == 0 && kind != SEGMENT_LITERAL))
			return false;
		if (kind == SEGMENT_REST)
			path = (str){ 0 };
		else if (kind == SEGMENT_LITERAL && !str_eq(want, got))
			return false;
		if (str_eq(want, S("{account}")))
			found.account = got;
		else if (str_eq(want, S("{workspace}")))
			found.workspace = got;
	}
	if (path.n != 0)
		return false;
	*ids = found;
	return true;
}

int
pattern_order(str pattern, str other)
{
	str segment, other_segment;

	for (;;) {
		bool more = segment_next(&pattern, &segment);
		bool other_more = segment_next(&other, &other_segment);

		if (!more || !other_more)
			return (int)other_more - (int)more;
		if (segment_kind(segment) != segment_kind(other_segment))
			return (int)segment_kind(segment) - (int)segment_kind(other_segment);
	}
}

bool
pattern_same(struct arena *a, str pattern, str other)
{
	str segment, other_segment;

	if (str_ends(pattern, S("/")))
		pattern.n--;
	if (str_ends(other, S("/")))
		other.n--;
	if (pattern_order(pattern, other) != 0)
		return false;
	while (segment_next(&pattern, &segment) && segment_next(&other, &other_segment))
		if (segment_kind(segment) == SEGMENT_LITERAL &&
		    !str_eq(address_loose(a, segment), address_loose(a, other_segment)))
			return false;
	return true;
}
