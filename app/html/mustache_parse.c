/* mustache_parse.c - a template's text becomes tokens. */
#include "html/mustache_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct parser {
	struct arena *arena;
	struct mustache_where where; /* of the tag being read */
	str text;
	size_t at;
	str open, close; /* the delimiters */
	struct token *tokens;
	size_t n, room;
	size_t sections[MUSTACHE_DEPTH]; /* open ones, as tokens */
	size_t depth;
};

/* A tag as it stands in the text: from its first delimiter to after its second. */
struct tag {
	size_t from, to;
	char sigil; /* 0: {{name}}, '{': {{{name}}} */
	str inside;
};

void
mustache_wrong(const struct mustache_where *where, const char *format, ...)
{
	char what[160];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	fault(where->fault, "%.*s.mustache:%d: %s", STR(where->file), where->line, what);
}

static int
count_lines(str s)
{
	int lines = 0;

	for (size_t i = 0; i < s.n; i++)
		lines += s.at[i] == '\n';
	return lines;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct token *
token_new(struct parser *p, enum token_kind kind, str text)
{
	if (p->n == p->room) {
		size_t room = p->room ? p->room * 2 : 8;
		struct token *tokens = NEW(p->arena, struct token, room);

		if (p->n)
			memcpy(tokens, p->tokens, p->n * sizeof *tokens);
		p->tokens = tokens;
		p->room = room;
	}
	p->tokens[p->n] = (struct token){ .kind = kind, .line = p->where.line, .text = text };
	return &p->tokens[p->n++];
}

/* Blanks that lead back from `at` to the line's start, or SIZE_MAX when there is something else. */
static size_t
blanks_before(str text, size_t at)
{
	size_t n = 0;

	while (n < at && (text.at[at - n - 1] == ' ' || text.at[at - n - 1] == '\t'))
		n++;
	return n == at || text.at[at - n - 1] == '\n' ? n : SIZE_MAX;
}

/* Blanks and the line's end after `at`, or SIZE_MAX when there is something else. */
static size_t
blanks_after(str text, size_t at)
{
	size_t end = at;

	while (end < text.n && (text.at[end] == ' ' || text.at[end] == '\t'))
		end++;
	if (end < text.n && text.at[end] == '\r' && end + 1 < text.n && text.at[end + 1] == '\n')
		end++;
	if (end < text.n && text.at[end] != '\n')
		return SIZE_MAX;
	return (end < text.n ? end + 1 : end) - at;
}

/* Reads the tag that begins at p->at. */
static struct tag
read_tag(struct parser *p)
{
	str rest = str_part(p->text, p->at + p->open.n, p->text.n), ending = p->close;
	struct tag tag = { .from = p->at };
	size_t inside, sigil = 0;

	while (sigil < rest.n && is_blank(rest.at[sigil]))
		sigil++;
	if (sigil < rest.n && rest.at[sigil] && strchr("{&#^/>!=", rest.at[sigil]))
		tag.sigil = rest.at[sigil++];
	if (tag.sigil == '{' || tag.sigil == '=')
		ending = fmt(p->arena, "%c%.*s", tag.sigil == '{' ? '}' : '=', STR(p->close));

	inside = str_find(str_part(rest, sigil, rest.n), ending);
	if (sigil + inside >= rest.n)
		mustache_wrong(&p->where, "a tag without its '%.*s'", STR(ending));
	tag.inside = str_trim(str_part(rest, sigil, inside));
	tag.to = p->at + p->open.n + sigil + inside + ending.n;
	if (tag.inside.n == 0 && tag.sigil != '!')
		mustache_wrong(&p->where, "a tag without a name");
	return tag;
}

/* {{=<% %>=}} */
static void
set_delimiters(struct parser *p, str inside)
{
	size_t blank = 0;

	while (blank < inside.n && !is_blank(inside.at[blank]))
		blank++;
	p->open = str_part(inside, 0, blank);
	p->close = str_trim(str_part(inside, blank, inside.n));
	for (size_t i = 0; i < p->close.n; i++)
		if (is_blank(p->close.at[i]) || p->close.at[i] == '=')
			p->close.n = 0;
	if (p->close.n == 0 || str_find_char(p->open, '=') < p->open.n)
		mustache_wrong(&p->where, "delimiters are two words without '='");
}

static void
open_section(struct parser *p, enum token_kind kind, str name)
{
	if (p->depth == MUSTACHE_DEPTH)
		mustache_wrong(
		    &p->where, "more than %d sections within each other", MUSTACHE_DEPTH);
	p->sections[p->depth++] = p->n;
	token_new(p, kind, name);
}

static void
close_section(struct parser *p, str name)
{
	struct token *section;

	if (p->depth == 0)
		mustache_wrong(&p->where, "'%.*s' is closed but not open", STR(name));
	section = &p->tokens[p->sections[--p->depth]];
	if (!str_eq(section->text, name))
		mustache_wrong(&p->where, "'%.*s' is closed where '%.*s' of line %d is open",
		    STR(name), STR(section->text), section->line);
	section->end = p->n;
	token_new(p, TOKEN_CLOSE, name);
}

static void
add_tag(struct parser *p, const struct tag *tag, str indent)
{
	switch (tag->sigil) {
	case '{':
	case '&':
		token_new(p, TOKEN_RAW, tag->inside);
		break;
	case '#':
		open_section(p, TOKEN_SECTION, tag->inside);
		break;
	case '^':
		open_section(p, TOKEN_INVERTED, tag->inside);
		break;
	case '/':
		close_section(p, tag->inside);
		break;
	case '>':
		token_new(p, TOKEN_PARTIAL, tag->inside)->indent = indent;
		break;
	case '=':
		set_delimiters(p, tag->inside);
		break;
	case '!':
		break;
	default:
		token_new(p, TOKEN_NAME, tag->inside);
	}
}

/* One tag and the literal text before it. */
static void
parse_tag(struct parser *p, str literal)
{
	struct mustache_where start = p->where;
	struct tag tag;
	size_t before = SIZE_MAX, after = SIZE_MAX;
	str indent = { 0 };

	p->where.line += count_lines(literal);
	p->at += literal.n;
	tag = read_tag(p);
	if (tag.sigil && tag.sigil != '{' && tag.sigil != '&') {
		before = blanks_before(p->text, tag.from);
		after = blanks_after(p->text, tag.to);
	}
	p->at = tag.to;
	if (before != SIZE_MAX && after != SIZE_MAX) {
		indent = str_part(p->text, tag.from - before, before);
		literal.n -= before;
		p->at += after;
	}
	if (literal.n)
		token_new(p, TOKEN_LITERAL, literal)->line = start.line;
	add_tag(p, &tag, indent);
	p->where.line += count_lines(str_part(p->text, tag.from, p->at - tag.from));
}

struct tokens
mustache_parse(struct arena *a, str file, str text)
{
	struct parser p = { .arena = a,
		.where = { a->fault, file, 1 },
		.text = text,
		.open = S("{{"),
		.close = S("}}") };

	while (p.at < text.n) {
		str rest = str_part(text, p.at, text.n);
		size_t literal = str_find(rest, p.open);

		if (literal < rest.n) {
			parse_tag(&p, str_part(rest, 0, literal));
			continue;
		}
		token_new(&p, TOKEN_LITERAL, rest);
		p.where.line += count_lines(rest);
		p.at = text.n;
	}
	if (p.depth) {
		const struct token *section = &p.tokens[p.sections[p.depth - 1]];

		p.where.line = section->line;
		mustache_wrong(&p.where, "'%.*s' is open but not closed", STR(section->text));
	}
	return (struct tokens){ p.tokens, p.n, p.where.line };
}

str
mustache_indent(struct arena *a, str text, str indent)
{
	struct buf b = buf_new(a, MUSTACHE_BYTES);

	while (indent.n && text.n) {
		size_t line = str_find_char(text, '\n');

		buf_add(&b, indent);
		buf_add(&b, str_part(text, 0, line + 1));
		text = str_part(text, line + 1, text.n);
	}
	return indent.n ? buf_str(&b) : text;
}
