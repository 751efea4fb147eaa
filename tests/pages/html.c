/* html.c - is a page well-formed? Stricter than browsers are: each element is closed where it was opened,
 * attributes are quoted and stand once, ids are unique, what points at an id finds it, a paragraph holds
 * no block, no form or link is inside another, a form that posts holds its token. */
#include "pages/runner.h"

enum { DEPTH_MAX = 64, NAMES_MAX = 600, CSRF_CHARS = 43 };

struct html {
	struct arena *a;
	str rest; /* what is not read yet */
	str open[DEPTH_MAX];
	size_t depth;
	str ids[NAMES_MAX], points[NAMES_MAX];
	size_t ids_n, points_n;
	bool posts, token; /* inside a form that posts; its token was seen */
	str wrong;
};

/* One start tag, while it is read. */
struct tag {
	str name;
	str attributes[32];
	size_t n;
	bool post, csrf, value;
};

static void
refuse(struct html *h, const char *what, str about)
{
	if (h->wrong.n == 0)
		h->wrong = fmt(h->a, "%s: %.*s", what, STR(str_part(about, 0, 100)));
}

/* Whether the blank-parted list holds the word. */
static bool
listed(const char *list, str word)
{
	str rest = str_of(list);

	while (rest.n)
		if (str_eq(str_cut(rest, ' ', &rest), word))
			return true;
	return false;
}

static bool
inside(const struct html *h, str name)
{
	for (size_t i = 0; i < h->depth; i++)
		if (str_eq(h->open[i], name))
			return true;
	return false;
}

/* ---- text */

/* "&amp;" or "&#39;": what stands between is a short name or number. */
static bool
is_reference(str s)
{
	size_t end = str_find_char(s, ';');

	for (size_t i = 1; i < end; i++) {
		char c = s.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    !(i == 1 && c == '#'))
			return false;
	}
	return end > 1 && end < s.n && end < 10;
}

static void
check_text(struct html *h, str text)
{
	for (size_t i = 0; i < text.n; i++) {
		str from = str_part(text, i, text.n);

		if (text.at[i] == '<')
			refuse(h, "a < in a text", from);
		if (text.at[i] == '&' && !is_reference(from))
			refuse(h, "an & that begins no reference", from);
	}
}

/* ---- attributes */

static void
note(struct html *h, str *names, size_t *n, str name)
{
	if (*n == NAMES_MAX)
		refuse(h, "too many ids", name);
	else
		names[(*n)++] = name;
}

static void
note_id(struct html *h, str id)
{
	for (size_t i = 0; i < h->ids_n; i++)
		if (str_eq(h->ids[i], id))
			refuse(h, "an id that stands twice", id);
	note(h, h->ids, &h->ids_n, id);
}

static void
note_points(struct html *h, str name, str value)
{
	if (str_eq(name, S("href")) && str_starts(value, S("#")))
		note(h, h->points, &h->points_n, str_part(value, 1, value.n));
	if (!listed("for aria-labelledby aria-describedby data-copy", name))
		return;
	while (value.n)
		note(h, h->points, &h->points_n, str_cut(value, ' ', &value));
}

static void
take_attribute(struct html *h, struct tag *tag, str name, str value)
{
	for (size_t i = 0; i < tag->n; i++)
		if (str_eq(tag->attributes[i], name))
			refuse(h, "an attribute that stands twice", name);
	if (tag->n == sizeof tag->attributes / sizeof tag->attributes[0]) {
		refuse(h, "too many attributes", tag->name);
		return;
	}
	tag->attributes[tag->n++] = name;
	check_text(h, value);
	if (str_starts(name, S("on")) || str_eq(name, S("style")))
		refuse(h, "an attribute that the policy forbids", name);
	if (str_eq(name, S("id")))
		note_id(h, value);
	note_points(h, name, value);
	tag->post |= str_eq(name, S("method")) && str_eq(value, S("post"));
	tag->csrf |= str_eq(name, S("name")) && str_eq(value, S("csrf"));
	tag->value |= str_eq(name, S("value")) && value.n == CSRF_CHARS;
}

/* The next attribute off the tag's text; false at its end. */
static bool
next_attribute(struct html *h, struct tag *tag, str *rest)
{
	size_t n = 0;
	str name, value = { 0 };

	*rest = str_trim(*rest);
	while (n < rest->n && rest->at[n] != '=' && rest->at[n] != ' ' && rest->at[n] != '\n')
		n++;
	if (n == 0) {
		if (rest->n)
			refuse(h, "an attribute without a name", *rest);
		return false;
	}
	name = str_part(*rest, 0, n);
	*rest = str_part(*rest, n, rest->n);
	if (str_starts(*rest, S("="))) {
		if (!str_starts(*rest, S("=\""))) {
			refuse(h, "an attribute without quotes", name);
			return false;
		}
		value = str_cut(str_part(*rest, 2, rest->n), '"', rest);
	}
	take_attribute(h, tag, name, value);
	return true;
}

/* ---- tags */

static void
open_tag(struct html *h, const struct tag *tag)
{
	static const char blocks[] = "p div ul ol dl table form h1 h2 h3 section header nav main "
				     "footer aside details fieldset pre article";

	if (inside(h, S("p")) && listed(blocks, tag->name))
		refuse(h, "a block inside a paragraph", tag->name);
	if (listed("form a button label", tag->name) && inside(h, tag->name))
		refuse(h, "an element inside one of its kind", tag->name);
	if (inside(h, S("a")) && listed("button input textarea select form", tag->name))
		refuse(h, "something to click inside a link", tag->name);
	if (str_eq(tag->name, S("form"))) {
		h->posts = tag->post;
		h->token = false;
	}
	h->token |= str_eq(tag->name, S("input")) && tag->csrf && tag->value;
	if (listed("area base br col embed hr img input link meta source track wbr", tag->name))
		return;
	if (h->depth == DEPTH_MAX)
		refuse(h, "too deep", tag->name);
	else
		h->open[h->depth++] = tag->name;
}

static void
close_tag(struct html *h, str name)
{
	if (h->depth == 0 || !str_eq(h->open[h->depth - 1], name)) {
		refuse(h, "closed where it was not open", name);
		return;
	}
	h->depth--;
	if (str_eq(name, S("form")) && h->posts && !h->token)
		refuse(h, "a form without its token", name);
}

/* What stands between < and >; a > inside quotes does not end it. */
static str
cut_tag(struct html *h)
{
	bool quoted = false;
	size_t i = 0;
	str tag;

	while (i < h->rest.n && (quoted || h->rest.at[i] != '>')) {
		quoted ^= h->rest.at[i] == '"';
		i++;
	}
	if (i == h->rest.n)
		refuse(h, "a tag that does not end", h->rest);
	tag = str_part(h->rest, 0, i);
	h->rest = str_part(h->rest, i + 1, h->rest.n);
	return tag;
}

static void
read_tag(struct html *h)
{
	str text = cut_tag(h), rest = text;
	struct tag tag = { 0 };
	size_t n = 0;

	if (str_starts(text, S("/"))) {
		close_tag(h, str_part(text, 1, text.n));
		return;
	}
	while (n < text.n && ((text.at[n] >= 'a' && text.at[n] <= 'z') ||
				 (text.at[n] >= '0' && text.at[n] <= '9')))
		n++;
	if (n == 0) {
		refuse(h, "a tag without a name", text);
		return;
	}
	tag.name = str_part(text, 0, n);
	rest = str_part(text, n, text.n);
	while (next_attribute(h, &tag, &rest))
		;
	open_tag(h, &tag);
}

static void
check_points(struct html *h)
{
	for (size_t i = 0; i < h->points_n; i++) {
		size_t k = 0;

		while (k < h->ids_n && !str_eq(h->ids[k], h->points[i]))
			k++;
		if (k == h->ids_n)
			refuse(h, "it is pointed at and not there", h->points[i]);
	}
}

str
html_wrong(struct arena *a, str page)
{
	static const str begin = STR_INIT("<!doctype html>\n");
	struct html *h = NEW(a, struct html, 1);

	h->a = a;
	h->rest = str_part(page, begin.n, page.n);
	if (!str_starts(page, begin))
		refuse(h, "it does not begin with", begin);
	while (h->rest.n && h->wrong.n == 0) {
		str text = str_cut(h->rest, '<', &h->rest);

		check_text(h, text);
		if (h->rest.n)
			read_tag(h);
	}
	if (h->depth && h->wrong.n == 0)
		refuse(h, "not closed at the end", h->open[h->depth - 1]);
	check_points(h);
	return h->wrong;
}
