/* mustache_link.c - resolves every name of a template once, into a flat array of operations. */
#include "html/mustache_parts.h"

#include <string.h>

/* One level of the stack of contexts. */
struct scope {
	const struct scope *outer;
	const struct shape *shape; /* NULL: it is a scalar, and has no name but "." */
	enum shape_kind self;      /* the scalar's kind */
	uint8_t frame;
	size_t offset; /* in the frame, of the shape's struct or of the scalar */
};

/* Where a name leads; SHAPE_NONE: nowhere. */
struct place {
	enum shape_kind kind;
	uint8_t frame;
	size_t offset;
	const struct shape *of;
};

struct linker {
	struct arena *arena;
	const struct mustache_link *link;
	struct html html; /* html.where is also the place that faults name */
	struct operation *operations;
	size_t n, room;
	struct buf literals;
	size_t pending; /* where in literals the next operation's begins */
	uint8_t frames; /* in use here */
	size_t depth;   /* of sections and partials, here */
	int steps;      /* tokens linked so far */
	bool in_body;
	str name; /* of the template that is being linked */
	struct tokens tokens;
};

static void link_tokens(struct linker *, const struct scope *, size_t from, size_t to);

/* ---- Names ---- */

/* Faults when strict: the misses of the specification are the mistakes of the console. */
static struct place
miss(struct linker *l, const struct shape *shape, str name)
{
	if (l->link->strict)
		mustache_wrong(&l->html.where, "%.*s has no '%.*s'", STR(shape->name), STR(name));
	return (struct place){ 0 };
}

static struct place
resolve(struct linker *l, const struct scope *scope, str name)
{
	bool dot = str_eq(name, S("."));
	str rest = { 0 }, first = dot ? name : str_cut(name, '.', &rest);
	const struct scope *named = scope;
	const struct shape_member *m = NULL;
	size_t offset;

	if (dot && !scope->shape)
		return (struct place){ scope->self, scope->frame, scope->offset, NULL };
	while (!named->shape && named->outer)
		named = named->outer; /* until the innermost shape; the outermost scope has one */
	for (scope = named; scope; scope = dot ? NULL : scope->outer)
		if (scope->shape && (m = shape_find(scope->shape, first)))
			break;
	if (!m)
		return miss(l, named->shape, first);

	offset = scope->offset + m->offset;
	while (rest.n) {
		const struct shape *part = m->kind == SHAPE_PART ? m->of : NULL;

		first = str_cut(rest, '.', &rest);
		if (!part || !(m = shape_find(part, first)))
			return miss(l, part ? part : scope->shape, part ? first : name);
		offset += m->offset;
	}
	return (struct place){ m->kind, scope->frame, offset, m->of };
}

/* ---- Operations ---- */

/* Adds an operation, which first shows the literal text that has come together since the one before. */
static size_t
emit(struct linker *l, struct operation o)
{
	if (l->n == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		struct operation *operations = NEW(l->arena, struct operation, room);

		if (l->n)
			memcpy(operations, l->operations, l->n * sizeof *operations);
		l->operations = operations;
		l->room = room;
	}
	o.literal = (uint32_t)l->pending;
	o.literal_n = (uint32_t)(l->literals.n - l->pending);
	l->pending = l->literals.n;
	l->operations[l->n] = o;
	return l->n++;
}

/* Where an operation can go to: what was literal until here belongs to the way without it. */
static uint32_t
target(struct linker *l)
{
	if (l->pending < l->literals.n)
		emit(l, (struct operation){ .code = OPERATION_LITERAL });
	return (uint32_t)l->n;
}

/* ---- Tokens ---- */

static void
link_show(struct linker *l, const struct token *token, const struct scope *scope)
{
	struct place place = resolve(l, scope, token->text);
	struct operation o = { .frame = place.frame, .offset = (uint32_t)place.offset };
	bool element = l->html.state != HTML_VALUE;

	if (l->link->strict && token->kind == TOKEN_RAW)
		mustache_wrong(&l->html.where, "'%.*s' would not be escaped: write {{%.*s}}",
		    STR(token->text), STR(token->text));
	html_show(&l->html, place.kind);
	switch (place.kind) {
	case SHAPE_TEXT:
		o.code = token->kind == TOKEN_RAW ? OPERATION_RAW : OPERATION_TEXT;
		break;
	case SHAPE_INT:
		o.code = OPERATION_INT;
		break;
	case SHAPE_TIME:
		o.code = element ? OPERATION_TIME : OPERATION_TIME_ISO;
		break;
	case SHAPE_NONE:
	case SHAPE_FLAG:
	case SHAPE_PART:
	case SHAPE_LIST:
	case SHAPE_MANY:
		if (l->link->strict)
			mustache_wrong(&l->html.where, "'%.*s' has no text of its own: {{#%.*s}}",
			    STR(token->text), STR(token->text));
		return;
	}
	emit(l, o);
}

/* What is between a section's tags. */
static void
link_inside(struct linker *l, const struct token *section, const struct scope *scope)
{
	size_t from = (size_t)(section - l->tokens.at) + 1;

	link_tokens(l, scope, from, section->end);
}

/* A section that is shown at most once: when the datum is there, or when it is not. */
static void
link_if(struct linker *l, const struct token *section, const struct scope *scope,
    const struct place *place)
{
	struct scope inner = { scope, NULL, place->kind, place->frame, place->offset };
	struct operation o = { .frame = place->frame,
		.when = section->kind == TOKEN_SECTION,
		.offset = (uint32_t)place->offset };
	size_t branch;
	uint32_t to;

	if (place->kind == SHAPE_FLAG)
		o.code = OPERATION_IF_FLAG;
	else if (place->kind == SHAPE_INT || place->kind == SHAPE_TIME)
		o.code = OPERATION_IF_INT;
	else
		o.code = place->kind == SHAPE_TEXT ? OPERATION_IF_TEXT : OPERATION_IF_LIST;
	branch = emit(l, o);
	link_inside(l, section, o.when ? &inner : scope);
	to = target(l); /* may move the operations, so it comes before */
	l->operations[branch].to = to;
}

/* A section that is shown once for each. */
static void
link_each(struct linker *l, const struct token *section, const struct scope *scope,
    const struct place *place)
{
	struct scope inner = { scope, place->of, SHAPE_TEXT, l->frames, 0 };
	size_t step = place->kind == SHAPE_MANY ? sizeof(str) : place->of->size, each;

	if (l->frames == MUSTACHE_FRAMES)
		mustache_wrong(
		    &l->html.where, "more than %d lists within each other", MUSTACHE_FRAMES - 2);
	each = emit(l, (struct operation){ .code = OPERATION_EACH,
			   .frame = place->frame,
			   .into = l->frames,
			   .offset = (uint32_t)place->offset,
			   .step = (uint32_t)step });
	l->frames++;
	link_inside(l, section, &inner);
	l->frames--;
	emit(l, (struct operation){ .code = OPERATION_NEXT,
		    .into = l->frames,
		    .to = (uint32_t)each + 1,
		    .step = (uint32_t)step });
	l->operations[each].to = (uint32_t)l->n;
}

static void
link_section(struct linker *l, const struct token *section, const struct scope *scope)
{
	struct place place = resolve(l, scope, section->text);
	struct scope part = { scope, place.of, SHAPE_NONE, place.frame, place.offset };
	bool shown = section->kind == TOKEN_SECTION;
	struct html begun = html_section(&l->html);

	if (place.kind == SHAPE_NONE || (place.kind == SHAPE_LIST && !place.of)) {
		/* Never there, so neither is what is inside. That also ends a recursion. */
		if (!shown)
			link_inside(l, section, scope);
	} else if (place.kind == SHAPE_PART) {
		if (shown)
			link_inside(l, section, &part);
	} else if (shown && (place.kind == SHAPE_LIST || place.kind == SHAPE_MANY)) {
		link_each(l, section, scope, &place);
	} else {
		link_if(l, section, scope, &place);
	}
	l->html.where =
	    (struct mustache_where){ l->arena->fault, l->name, l->tokens.at[section->end].line };
	html_section_end(&l->html, &begun);
}

/* A whole template, at this place. */
static void
link_template(struct linker *l, const struct scope *scope, str name, str text)
{
	str outer_name = l->name;
	struct tokens outer_tokens = l->tokens;

	l->name = name;
	l->tokens = mustache_parse(l->arena, name, text);
	link_tokens(l, scope, 0, l->tokens.n);
	l->html.where = (struct mustache_where){ l->arena->fault, name, l->tokens.lines };
	l->name = outer_name;
	l->tokens = outer_tokens;
}

static str
source_read(struct linker *l, str name)
{
	return l->link->source->read(l->link->source->arg, l->arena, name);
}

static void
link_partial(struct linker *l, const struct token *token, const struct scope *scope)
{
	const struct mustache_link *link = l->link;
	struct scope body_scope = { scope, link->body_shape, SHAPE_NONE, 1, 0 };
	bool body = link->body.n && !l->in_body && str_eq(token->text, S("body"));
	str name = body ? link->body : token->text, text = source_read(l, name);

	if (str_eq(name, S("csrf")))
		html_csrf(&l->html);
	if (!text.at && (body || link->strict))
		mustache_wrong(&l->html.where, "there is no %.*s.mustache", STR(name));
	if (!text.at)
		return;
	l->in_body |= body;
	link_template(
	    l, body ? &body_scope : scope, name, mustache_indent(l->arena, text, token->indent));
	l->in_body &= !body;
}

static void
link_token(struct linker *l, const struct token *token, const struct scope *scope)
{
	switch (token->kind) {
	case TOKEN_LITERAL:
		buf_add(&l->literals, token->text);
		html_text(&l->html, token->text);
		break;
	case TOKEN_NAME:
	case TOKEN_RAW:
		link_show(l, token, scope);
		break;
	case TOKEN_SECTION:
	case TOKEN_INVERTED:
		link_section(l, token, scope);
		break;
	case TOKEN_PARTIAL:
		link_partial(l, token, scope);
		break;
	case TOKEN_CLOSE:
		break; /* not tested: link_tokens() goes on behind a section's end */
	}
}

static void
link_tokens(struct linker *l, const struct scope *scope, size_t from, size_t to)
{
	l->depth++;
	for (size_t i = from; i < to; i++) {
		const struct token *token = &l->tokens.at[i];

		l->html.where = (struct mustache_where){ l->arena->fault, l->name, token->line };
		if (l->depth > MUSTACHE_DEPTH)
			mustache_wrong(&l->html.where,
			    "more than %d sections and partials within each other", MUSTACHE_DEPTH);
		if (++l->steps > MUSTACHE_TOKENS)
			mustache_wrong(
			    &l->html.where, "more than %d tags and texts in all", MUSTACHE_TOKENS);
		link_token(l, token, scope);
		if (token->kind == TOKEN_SECTION || token->kind == TOKEN_INVERTED)
			i = token->end;
	}
	l->depth--;
}

/* Operations and literals in one piece: all else that linking took is given back. */
static const struct mustache *
packed(struct linker *l, size_t mark)
{
	size_t operations = l->n * sizeof *l->operations;
	size_t bytes = sizeof(struct mustache) + operations + l->literals.n + MUSTACHE_SHORT_BYTES;
	char *at = arena_new(l->arena, 1, alignof(max_align_t), bytes);
	struct mustache *m;

	memcpy(at + sizeof *m, l->operations, operations);
	if (l->literals.n)
		memcpy(at + sizeof *m + operations, l->literals.at, l->literals.n);
	at = arena_keep(l->arena, mark, at, bytes);
	m = (struct mustache *)at;
	m->operations = (const struct operation *)(at + sizeof *m);
	m->literals = at + sizeof *m + operations;
	m->expected = l->literals.n + MUSTACHE_EXPECTED_BYTES;
	return m;
}

const struct mustache *
mustache_link(struct arena *a, const struct mustache_link *link)
{
	size_t mark = arena_mark(a);
	struct scope scope = { NULL, link->shape, SHAPE_NONE, 0, 0 };
	struct linker l = { .arena = a,
		.link = link,
		.html = { .where = { a->fault, link->name, 1 }, .strict = link->strict },
		.literals = buf_new(a, MUSTACHE_BYTES),
		.frames = 2 };
	str text = source_read(&l, link->name);

	if (!text.at)
		fault(a->fault, "there is no %.*s.mustache", STR(link->name));
	link_template(&l, &scope, link->name, text);
	html_end(&l.html);
	emit(&l, (struct operation){ .code = OPERATION_END });
	return packed(&l, mark);
}
