/* mustache_parts.h - what the files of the template engine share; mustache.h is for everybody else.
 *
 * mustache_parse.c makes tokens of a template's text, mustache_link.c turns tokens into operations,
 * asking mustache_html.c where in the HTML each of them stands, and mustache.c runs the operations.
 */
#ifndef HTML_MUSTACHE_PARTS_H
#define HTML_MUSTACHE_PARTS_H

#include "html/mustache.h"

enum {
	MUSTACHE_DEPTH = 64,     /* sections and partials within each other */
	MUSTACHE_FRAMES = 32,    /* the two roots, and lists within each other */
	MUSTACHE_TOKENS = 20000, /* linked in all: recursion without an end may also be broad */
	MUSTACHE_EXPECTED_BYTES = 4096, /* of output, besides the literals */
	MUSTACHE_SHORT_BYTES = 32,      /* a literal that is copied at once */
	MUSTACHE_BYTES = 4 << 20,       /* of literal text after linking, and of a partial's text */
};

/* A place in a template, for what a fault says. */
struct mustache_where {
	struct fault *fault;
	str file; /* without .mustache */
	int line;
};

/* Faults with "FILE.mustache:LINE: what". */
_Noreturn void mustache_wrong(const struct mustache_where *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- mustache_parse.c ---- */

enum token_kind {
	TOKEN_LITERAL,
	TOKEN_NAME,     /* {{name}} */
	TOKEN_RAW,      /* {{{name}}} and {{&name}} */
	TOKEN_SECTION,  /* {{#name}} */
	TOKEN_INVERTED, /* {{^name}} */
	TOKEN_CLOSE,    /* {{/name}} */
	TOKEN_PARTIAL,  /* {{>name}} */
};

struct token {
	enum token_kind kind;
	int line;
	str text;   /* the literal text, or the name */
	str indent; /* of a partial that stands alone in its line: the blanks before it */
	size_t end; /* of a section: which token closes it */
};

struct tokens {
	const struct token *at;
	size_t n;
	int lines;
};

/* The tokens of a template, views of its text. Comments and delimiters are gone, lines that hold only
 * a tag as well, every section has its end. Faults on a tag or a section that is not closed. */
struct tokens mustache_parse(struct arena *, str file, str text);

/* The text with indent before each of its lines, as a partial that stands alone in a line needs it. */
str mustache_indent(struct arena *, str text, str indent);

/* ---- mustache_html.c ---- */

enum html_state {
	HTML_TEXT,
	HTML_OPEN,        /* after < or </ */
	HTML_NAME,        /* in an element's name */
	HTML_TAG,         /* in a tag, between attributes */
	HTML_ATTRIBUTE,   /* in an attribute's name */
	HTML_AFTER_NAME,  /* after it and a blank */
	HTML_EQUALS,      /* after = */
	HTML_VALUE,       /* in an attribute's value */
	HTML_DECLARATION, /* <!doctype ...> */
	HTML_COMMENT,
};

enum html_attribute { HTML_ATTRIBUTE_PLAIN, HTML_ATTRIBUTE_ADDRESS, HTML_ATTRIBUTE_METHOD };
enum html_element {
	HTML_ELEMENT_PLAIN,
	HTML_ELEMENT_FORM,
	HTML_ELEMENT_SCRIPT,
	HTML_ELEMENT_STYLE
};

/* Where in the HTML the template has come to. A plain value: a section keeps a copy of how it began. */
struct html {
	struct mustache_where where;
	bool strict; /* otherwise it only follows and refuses nothing */

	enum html_state state;
	int tags, values; /* how many have begun: which one this is */
	char name[16];    /* being read, in lower case; what is longer is cut, name_n is not */
	size_t name_n;

	enum html_element element; /* of the tag */
	enum html_element inside;  /* script or style, whose text is no HTML */
	bool ending;               /* it is an end tag */
	bool glued;                /* no blank yet after a name or a value */

	enum html_attribute attribute;
	char quote;         /* of its value; a blank when there is none */
	bool address_start; /* nothing yet that fixes where the address leads */
	size_t dashes;      /* at the end of a comment, at the start of a declaration */

	bool tag_posts; /* this form's tag says method="post" */
	bool form, form_posts, form_token;
	struct mustache_where form_where;
};

/* A piece of literal text, a name to be shown, the partial {{>csrf}}, the end of all. */
void html_text(struct html *, str text);
void html_show(struct html *, enum shape_kind);
void html_csrf(struct html *);
void html_end(struct html *);

/* The beginning of a section, and its end with how it had begun: it may be shown or left out or shown
 * several times, and what follows must mean the same. */
struct html html_section(struct html *);
void html_section_end(struct html *, const struct html *begun);

/* ---- mustache.c ---- */

enum operation_code {
	OPERATION_LITERAL, /* nothing but its literal */
	OPERATION_TEXT,    /* a str, escaped */
	OPERATION_RAW,     /* a str as it is */
	OPERATION_INT,
	OPERATION_TIME,     /* in a <time> element */
	OPERATION_TIME_ISO, /* in an attribute */
	OPERATION_IF_INT,   /* goes to `to` when the test does not come out as `when` */
	OPERATION_IF_FLAG,
	OPERATION_IF_TEXT,
	OPERATION_IF_LIST,
	OPERATION_EACH, /* a list: its first element becomes frame `into`; goes to `to` without one */
	OPERATION_NEXT, /* the next element, `step` bytes on; goes to `to` when there is one */
	OPERATION_END,
};

/* First the literal is shown, then the rest is done. frame and offset say where the datum is. */
struct operation {
	enum operation_code code;
	uint8_t frame, into;
	bool when;
	uint32_t literal, literal_n; /* within mustache.literals */
	uint32_t offset;
	uint32_t to;
	uint32_t step;
};

struct mustache {
	const struct operation *operations;
	const char *literals; /* and MUSTACHE_SHORT_BYTES that may be read after them */
	size_t expected;      /* bytes of output to make room for at first */
};

#endif
