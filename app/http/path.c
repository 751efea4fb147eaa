/* path.c - does an address match a route's pattern? */
#include "http/path.h"

static bool
is_base62(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
all_base62(str part)
{
	for (size_t i = 0; i < part.n; i++)
		if (!is_base62(part.at[i]))
			return false;
	return true;
}

static bool
is_id(str part)
{
	return part.n == PATH_ID_CHARS && all_base62(part);
}

static bool
is_decision(str part)
{
	return part.n == PATH_DECISION_CHARS && str_starts(part, S("kdd_")) &&
	       all_base62(str_part(part, S("kdd_").n, part.n));
}

static bool
is_token(str part)
{
	if (part.n != PATH_TOKEN_CHARS)
		return false;
	for (size_t i = 0; i < part.n; i++)
		if (!is_base62(part.at[i]) && part.at[i] != '-' && part.at[i] != '_')
			return false;
	return true;
}

/* Takes "/part" from the front of *rest. False at its end, or when it does not begin with a slash. */
static bool
next_part(str *rest, str *part)
{
	str after;

	if (rest->n == 0 || rest->at[0] != '/')
		return false;
	after = str_part(*rest, 1, rest->n);
	*part = str_part(after, 0, str_find_char(after, '/'));
	*rest = str_part(after, part->n, after.n);
	return true;
}

/* Whether the part of an address is one that the pattern's part stands for. */
static bool
part_matches(str want, str got)
{
	if (str_eq(want, S(":id")))
		return is_id(got);
	if (str_eq(want, S(":token")))
		return is_token(got);
	if (str_eq(want, S(":decision")))
		return is_decision(got);
	return str_eq(want, got);
}

bool
path_match(str pattern, str path, str *id, str *token)
{
	str want, got, found_id = { 0 }, found_token = { 0 };

	while (next_part(&pattern, &want)) {
		if (!next_part(&path, &got) || !part_matches(want, got))
			return false;
		if (str_eq(want, S(":id")))
			found_id = got;
		else if (str_eq(want, S(":token")) || str_eq(want, S(":decision")))
			found_token = got;
	}
	if (pattern.n != 0 || path.n != 0)
		return false;
	*id = found_id;
	*token = found_token;
	return true;
}

static bool
parts_overlap(str part, str other)
{
	if (str_eq(part, other))
		return true;
	if (str_eq(part, S(":id")))
		return is_id(other);
	if (str_eq(part, S(":token")))
		return is_token(other);
	if (str_eq(part, S(":decision")))
		return is_decision(other);
	return false;
}

bool
path_overlap(str pattern, str other)
{
	str part, other_part;

	while (next_part(&pattern, &part))
		if (!next_part(&other, &other_part) ||
		    (!parts_overlap(part, other_part) && !parts_overlap(other_part, part)))
			return false;
	return pattern.n == 0 && other.n == 0;
}
