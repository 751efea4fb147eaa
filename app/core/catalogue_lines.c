/* catalogue_lines.c - an API's permissions and endpoints as lines of text. */
#include "core/catalogue_lines.h"

#include "base/buf.h"

enum { PARTS_MAX = 5, TEXT_MAX_BYTES = 4 << 20 };

struct lines {
	struct arena *arena;
	str rest;
	size_t max; /* of elements */
	int64_t number;
	struct line_wrong *wrongs;
	struct catalogue_lines *read;
};

static size_t
count_lines(str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.at[i] == '\n';
	return n;
}

static struct lines
lines_begin(struct arena *a, str text, size_t max, struct catalogue_lines *read)
{
	size_t n = count_lines(text);

	*read = (struct catalogue_lines){ .line = NEW(a, int64_t, n) };
	return (struct lines){ a, text, max, 0, NEW(a, struct line_wrong, n), read };
}

/* The next line that is not blank; false at the end. */
static bool
lines_next(struct lines *lines, str *line)
{
	while (lines->rest.n) {
		*line = str_trim(str_cut(lines->rest, '\n', &lines->rest));
		lines->number++;
		if (line->n)
			return true;
	}
	return false;
}

static void
line_wrong(struct lines *lines, str words)
{
	lines->wrongs[lines->read->wrongs.n++] = (struct line_wrong){ lines->number, words };
	lines->read->wrongs.at = lines->wrongs;
}

/* Whether there is room for what this line says. */
static bool
line_taken(struct lines *lines)
{
	if (lines->read->n == lines->max) {
		line_wrong(
		    lines, fmt(lines->arena, "An API has at most %zu of these.", lines->max));
		lines->rest = (str){ 0 };
		return false;
	}
	lines->read->line[lines->read->n++] = lines->number;
	return true;
}

/* How many parts there are between the separators, blank ones left out where that is the blank; one more than
 * PARTS_MAX is PARTS_MAX + 1. */
static size_t
split(str line, char by, str *parts)
{
	size_t n = 0;

	while (line.n) {
		str part = str_trim(str_cut(line, by, &line));

		if (part.n == 0 && by == ' ')
			continue;
		if (n == PARTS_MAX)
			return PARTS_MAX + 1;
		parts[n++] = part;
	}
	return n;
}

/* ---- permissions */

static const str permission_form =
    STR_INIT("Write a permission as: word | name | reads or writes | includes word.");

/* "includes read"; false when it is something else. */
static bool
read_includes(str text, str *word)
{
	static const str begin = STR_INIT("includes ");

	if (!str_starts(text, begin))
		return false;
	*word = str_trim(str_part(text, begin.n, text.n));
	return word->n > 0;
}

static bool
read_permission(str line, struct api_permission *p)
{
	str parts[PARTS_MAX];
	size_t n = split(line, '|', parts);

	*p = (struct api_permission){ 0 };
	if (n < 3 || n > 4 || (n == 4 && !read_includes(parts[3], &p->includes)))
		return false;
	p->word = parts[0];
	p->name = parts[1];
	p->only_reads = str_eq(parts[2], S("reads"));
	return p->only_reads || str_eq(parts[2], S("writes"));
}

struct api_permissions
permission_lines_read(struct arena *a, str text, struct catalogue_lines *read)
{
	struct lines lines = lines_begin(a, text, API_PERMISSIONS_MAX, read);
	struct api_permission *at = NEW(a, struct api_permission, API_PERMISSIONS_MAX), p;
	str line;

	while (lines_next(&lines, &line))
		if (!read_permission(line, &p))
			line_wrong(&lines, permission_form);
		else if (line_taken(&lines))
			at[read->n - 1] = p;
	return (struct api_permissions){ at, read->n };
}

str
permission_lines_write(struct arena *a, const struct api *api)
{
	struct buf b = buf_new(a, TEXT_MAX_BYTES);

	for (size_t i = 0; i < api->permissions.n; i++) {
		const struct api_permission *p = &api->permissions.at[i];

		buf_fmt(&b, "%s%.*s | %.*s | %s", i ? "\n" : "", STR(p->word), STR(p->name),
		    p->only_reads ? "reads" : "writes");
		if (p->includes.n)
			buf_fmt(&b, " | includes %.*s", STR(p->includes));
	}
	return buf_str(&b);
}

/* ---- endpoints */

static const str endpoint_form =
    STR_INIT("Write an endpoint as: METHOD /path permission, with key behind it where the key "
	     "alone will do, or: METHOD /path open.");

/* Without its own API before it. */
static str
short_word(struct arena *a, str api, str permission)
{
	str own = fmt(a, "%.*s:", STR(api));

	return str_starts(permission, own) ? str_part(permission, own.n, permission.n) : permission;
}

static bool
read_endpoint(struct arena *a, str api, str line, struct api_endpoint *e)
{
	str parts[PARTS_MAX];
	size_t n = split(line, ' ', parts);

	if (n < 3 || n > 4)
		return false;
	*e = (struct api_endpoint){ .method = parts[0], .path = parts[1] };
	if (str_eq(parts[2], S("open"))) {
		e->needs = parts[2];
		return n == 3;
	}
	e->needs = n == 3 ? S("secret") : parts[3];
	e->permission = short_word(a, api, parts[2]);
	return e->permission.n > 0 && (n == 3 || str_eq(e->needs, S("key")));
}

struct api_endpoints
endpoint_lines_read(struct arena *a, str api, str text, struct catalogue_lines *read)
{
	struct lines lines = lines_begin(a, text, API_ENDPOINTS_MAX, read);
	struct api_endpoint *at = NEW(a, struct api_endpoint, API_ENDPOINTS_MAX), e;
	str line;

	while (lines_next(&lines, &line))
		if (!read_endpoint(a, api, line, &e))
			line_wrong(&lines, endpoint_form);
		else if (line_taken(&lines))
			at[read->n - 1] = e;
	return (struct api_endpoints){ at, read->n };
}

str
endpoint_lines_write(struct arena *a, const struct api *api)
{
	struct buf b = buf_new(a, TEXT_MAX_BYTES);

	for (size_t i = 0; i < api->endpoints.n; i++) {
		const struct api_endpoint *e = &api->endpoints.at[i];

		buf_fmt(&b, "%s%.*s %.*s ", i ? "\n" : "", STR(e->method), STR(e->path));
		if (e->permission.n == 0)
			buf_add(&b, S("open"));
		else
			buf_fmt(&b, "%.*s:%.*s%s", STR(api->word), STR(e->permission),
			    str_eq(e->needs, S("key")) ? " key" : "");
	}
	return buf_str(&b);
}
