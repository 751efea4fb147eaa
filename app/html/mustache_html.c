/* mustache_html.c - follows the HTML of a template as it is linked, and refuses what is not safe there.
 *
 * It is no parser of all HTML, but the reverse: it refuses what a careful author does not write, until
 * what is left has one meaning (HTML Standard, section 13.2.5, tokenization). Escaping makes a text
 * harmless between tags and in a quoted attribute; so these are the only places where a name may stand.
 */
#include "html/mustache_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void __attribute__((format(printf, 2, 3))) refuse(struct html *h, const char *format, ...)
{
	char what[128];
	va_list args;

	if (!h->strict)
		return;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	mustache_wrong(&h->where, "%s", what);
}

static bool
html_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void
name_add(struct html *h, char c)
{
	if (h->name_n < sizeof h->name)
		h->name[h->name_n] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	h->name_n++;
}

static bool
name_is(const struct html *h, const char *name)
{
	return h->name_n <= sizeof h->name && str_eq((str){ h->name, h->name_n }, str_of(name));
}

/* ---- Elements ---- */

static void
element_named(struct html *h)
{
	h->element = name_is(h, "form")     ? HTML_ELEMENT_FORM
	             : name_is(h, "script") ? HTML_ELEMENT_SCRIPT
	             : name_is(h, "style")  ? HTML_ELEMENT_STYLE
	                                    : HTML_ELEMENT_PLAIN;
	if (h->inside != HTML_ELEMENT_PLAIN && h->element != h->inside)
		refuse(h, "script and style stand in files of their own");
	h->tag_posts = false;
}

static void
form_begins(struct html *h)
{
	if (h->form)
		refuse(h, "a form within the form of line %d", h->form_where.line);
	h->form = true;
	h->form_posts = h->tag_posts;
	h->form_token = false;
	h->form_where = h->where;
}

static void
form_ends(struct html *h)
{
	if (h->form_posts && !h->form_token) {
		h->where = h->form_where;
		refuse(h, "a form with method=\"post\" needs {{>csrf}}");
	}
	h->form = h->form_posts = h->form_token = false;
}

static void
tag_ends(struct html *h)
{
	bool raw = h->element == HTML_ELEMENT_SCRIPT || h->element == HTML_ELEMENT_STYLE;

	h->state = HTML_TEXT;
	if (raw)
		h->inside = h->ending ? HTML_ELEMENT_PLAIN : h->element;
	else if (h->element == HTML_ELEMENT_FORM && h->ending)
		form_ends(h);
	else if (h->element == HTML_ELEMENT_FORM)
		form_begins(h);
}

/* ---- Attributes ---- */

static void
attribute_named(struct html *h)
{
	/* Those whose value is an address that a browser goes to, loads or sends to. */
	static const char *const addresses[] = { "href", "src", "action", "formaction", "poster",
		"srcset", "imagesrcset", "xlink:href", "data", "ping", "manifest", "background" };
	static const char *const refused[] = { "style", "srcdoc", "formmethod" };

	h->attribute = name_is(h, "method") ? HTML_ATTRIBUTE_METHOD : HTML_ATTRIBUTE_PLAIN;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
		if (name_is(h, addresses[i]))
			h->attribute = HTML_ATTRIBUTE_ADDRESS;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		if (name_is(h, refused[i]))
			refuse(h, "the attribute '%s' is not allowed", refused[i]);
	if (h->name_n > 2 && h->name[0] == 'o' && h->name[1] == 'n')
		refuse(
		    h, "an on... attribute: the Content-Security-Policy forbids scripts in pages");
}

static void
value_begins(struct html *h, char quote)
{
	h->state = HTML_VALUE;
	h->values++;
	h->quote = quote;
	h->address_start = h->attribute == HTML_ATTRIBUTE_ADDRESS;
	h->name_n = 0; /* a method's value is read as a name: post */
}

static void
value_ends(struct html *h)
{
	if (h->attribute == HTML_ATTRIBUTE_METHOD && name_is(h, "post"))
		h->tag_posts = true;
	h->state = HTML_TAG;
	h->glued = true;
}

/* ---- One character in each state ---- */

static void
in_text(struct html *h, char c)
{
	if (c == '<') {
		h->state = HTML_OPEN;
		h->ending = false;
		h->tags++;
	} else if (h->inside != HTML_ELEMENT_PLAIN && !html_is_blank(c)) {
		refuse(h, "script and style stand in files of their own");
	}
}

static void
in_open(struct html *h, char c)
{
	if (c == '/' && !h->ending) {
		h->ending = true;
	} else if (is_letter(c) && (h->ending || h->inside == HTML_ELEMENT_PLAIN)) {
		h->state = HTML_NAME;
		h->name_n = 0;
		name_add(h, c);
	} else if (c == '!' && !h->ending && h->inside == HTML_ELEMENT_PLAIN) {
		h->state = HTML_DECLARATION;
		h->dashes = 0;
	} else {
		refuse(h, "a '<' that begins no tag: write &lt;");
		h->state = c == '<' ? HTML_OPEN : HTML_TEXT;
	}
}

static void
in_name(struct html *h, char c)
{
	if (!html_is_blank(c) && c != '/' && c != '>') {
		name_add(h, c);
		return;
	}
	element_named(h);
	h->state = HTML_TAG;
	h->glued = false;
	if (c == '>')
		tag_ends(h);
}

static void
in_tag(struct html *h, char c)
{
	if (html_is_blank(c) || c == '/') {
		h->glued = false;
	} else if (c == '>') {
		tag_ends(h);
	} else {
		if (c == '=' || c == '"' || c == '\'' || c == '<')
			refuse(h, "%c where an attribute's name or > is expected", c);
		if (h->glued)
			refuse(h, "no blank before an attribute");
		h->state = HTML_ATTRIBUTE;
		h->name_n = 0;
		name_add(h, c);
	}
}

static void
in_attribute(struct html *h, char c)
{
	if (!html_is_blank(c) && c != '=' && c != '>' && c != '/') {
		name_add(h, c);
		return;
	}
	attribute_named(h);
	h->glued = false;
	if (c == '>')
		tag_ends(h);
	else
		h->state = c == '=' ? HTML_EQUALS : c == '/' ? HTML_TAG : HTML_AFTER_NAME;
}

static void
in_equals(struct html *h, char c)
{
	if (html_is_blank(c))
		return;
	if (c == '"' || c == '\'') {
		value_begins(h, c);
		return;
	}
	refuse(h, "an attribute's value without quotes");
	value_begins(h, ' ');
	if (c == '>')
		tag_ends(h);
}

static void
in_value(struct html *h, char c)
{
	if (c == h->quote || (h->quote == ' ' && html_is_blank(c))) {
		value_ends(h);
	} else if (h->quote == ' ' && c == '>') {
		value_ends(h);
		tag_ends(h);
	} else {
		/* "//" and "/\" lead to another host as "https://" does, and a browser strips blanks, so
		 * a text after nothing but these still says where the address leads. */
		if (!html_is_blank(c) && c != '/' && c != '\\')
			h->address_start = false;
		name_add(h, c);
	}
}

static void
in_declaration(struct html *h, char c)
{
	if (c == '>') {
		h->state = HTML_TEXT;
	} else if (c == '-' && h->dashes < 2) {
		h->dashes++;
		if (h->dashes == 2)
			h->state = HTML_COMMENT; /* with two dashes: <!--> is a whole comment */
	} else {
		h->dashes = 2;
	}
}

static void
in_comment(struct html *h, char c)
{
	if (c == '>' && h->dashes >= 2)
		h->state = HTML_TEXT;
	h->dashes = c == '-' ? h->dashes + 1 : 0;
}

static void
in_after_name(struct html *h, char c)
{
	if (html_is_blank(c))
		return;
	h->state = c == '=' ? HTML_EQUALS : HTML_TAG;
	if (c != '=')
		in_tag(h, c);
}

void
html_text(struct html *h, str text)
{
	static void (*const step[])(struct html *, char) = {
		[HTML_TEXT] = in_text,
		[HTML_OPEN] = in_open,
		[HTML_NAME] = in_name,
		[HTML_TAG] = in_tag,
		[HTML_ATTRIBUTE] = in_attribute,
		[HTML_AFTER_NAME] = in_after_name,
		[HTML_EQUALS] = in_equals,
		[HTML_VALUE] = in_value,
		[HTML_DECLARATION] = in_declaration,
		[HTML_COMMENT] = in_comment,
	};

	for (size_t i = 0; i < text.n; i++) {
		step[h->state](h, text.at[i]);
		h->where.line += text.at[i] == '\n';
	}
}

/* ---- What is no literal text ---- */

void
html_show(struct html *h, enum shape_kind kind)
{
	if (h->state == HTML_VALUE && h->attribute == HTML_ATTRIBUTE_METHOD)
		refuse(h, "a form's method is written out");
	else if (h->state == HTML_VALUE && h->address_start && kind == SHAPE_TEXT)
		refuse(h, "a text may not begin an address: write out the path before it");
	else if (h->state == HTML_EQUALS)
		refuse(h, "an attribute's value without quotes");
	else if (h->inside != HTML_ELEMENT_PLAIN)
		refuse(h, "script and style stand in files of their own");
	else if (h->state == HTML_COMMENT)
		refuse(h, "a comment holds literal text only: leave it out with {{! }}");
	else if (h->state != HTML_VALUE && h->state != HTML_TEXT)
		refuse(h, "a name in a tag stands in an attribute's value");
	if (kind == SHAPE_INT)
		h->address_start = false; /* a text or a time may be empty */
}

void
html_csrf(struct html *h)
{
	if (h->state == HTML_TEXT)
		h->form_token = true;
}

void
html_end(struct html *h)
{
	if (h->state != HTML_TEXT || h->inside != HTML_ELEMENT_PLAIN)
		refuse(h, "ends within a tag, a comment, a script or a style");
	if (h->form) {
		h->where = h->form_where;
		refuse(h, "a form that does not end");
	}
}

/* A section's tag ends the name before it. In a comment, dashes of two pieces could come together. */
static void
settle(struct html *h)
{
	if (h->state == HTML_NAME)
		element_named(h);
	else if (h->state == HTML_ATTRIBUTE)
		attribute_named(h);
	else if (h->state == HTML_OPEN || h->state == HTML_EQUALS || h->state == HTML_DECLARATION)
		refuse(h, "a section in the middle of a tag's or an attribute's name");
	else if (h->state == HTML_VALUE && h->attribute == HTML_ATTRIBUTE_METHOD)
		refuse(h, "a form's method is written out");
	else if (h->state == HTML_COMMENT)
		refuse(h, "a comment holds literal text only: leave it out with {{! }}");
	h->glued |= h->state == HTML_NAME || h->state == HTML_ATTRIBUTE;
	if (h->state == HTML_NAME || h->state == HTML_ATTRIBUTE || h->state == HTML_AFTER_NAME)
		h->state = HTML_TAG;
}

struct html
html_section(struct html *h)
{
	settle(h);
	return *h;
}

void
html_section_end(struct html *h, const struct html *begun)
{
	settle(h);
	if (h->state != begun->state || h->inside != begun->inside || h->form != begun->form ||
	    h->form_posts != begun->form_posts ||
	    (h->state != HTML_TEXT && h->tags != begun->tags) ||
	    (h->state == HTML_VALUE && h->values != begun->values))
		refuse(h, "a section ends where it began: in the same tag, attribute and form");

	/* Of the two ways here, the one that promises less counts. */
	h->glued |= begun->glued;
	h->address_start |= begun->address_start;
	h->tag_posts |= begun->tag_posts;
	h->form_token &= begun->form_token;
}
