/* ask.c - a request of a visitor, and its reply. */
#include "pages/runner.h"

#include "base/random.h"
#include "core/decision.h"
#include "serve.h"

enum { PARAMS_MAX = 40, ONCE_CHARS = 22 };

/* ---- cookies */

static str
cookie_header(struct test *t)
{
	struct buf b = buf_new(t->arena, 8192);

	for (size_t i = 0; i < t->visitor->n; i++)
		buf_fmt(&b, "%s%.*s=%.*s", i ? "; " : "", STR(t->visitor->cookies[i].name),
		    STR(t->visitor->cookies[i].value));
	return buf_str(&b);
}

static void
cookie_keep(struct test *t, str header)
{
	struct visitor *v = t->visitor;
	str attributes, value, pair = str_cut(header, ';', &attributes);
	str name = str_cut(pair, '=', &value);
	bool gone = str_find(attributes, S("Max-Age=0")) < attributes.n;
	size_t i = 0;

	while (i < v->n && !str_eq(v->cookies[i].name, name))
		i++;
	if (gone) {
		if (i < v->n)
			v->cookies[i] = v->cookies[--v->n];
		return;
	}
	if (i == sizeof v->cookies / sizeof v->cookies[0])
		fault(&t->world->fault, "more cookies than %zu", i);
	v->cookies[i] = (struct pair){ str_copy(t->arena, name), str_copy(t->arena, value) };
	if (i == v->n)
		v->n++;
}

/* ---- the request */

static void
param(struct test *t, struct pair *params, size_t *n, struct pair pair)
{
	if (*n == PARAMS_MAX)
		fault(&t->world->fault, "too many parameters");
	params[(*n)++] = pair;
}

/* As the web server of `make run` has it: what is no question about a call asks who the caller is. */
static bool
asks_about_a_call(const struct question *q)
{
	for (size_t i = 0; i < q->params_n; i++)
		if (str_eq(q->params[i].name, S("KEYDESK_ASK")) ||
		    str_eq(q->params[i].name, S("KEYDESK_URI")))
			return true;
	return false;
}

/* FCGI_ROLE is what libfcgi says of a request's role: here it stands for it. */
static bool
authorizes(const struct question *q)
{
	for (size_t i = 0; i < q->params_n; i++)
		if (str_eq(q->params[i].name, S("FCGI_ROLE")))
			return str_eq(q->params[i].value, S("AUTHORIZER"));
	return false;
}

static void
fill(struct test *t, const struct question *q, struct request *rq)
{
	struct pair *params = NEW(t->arena, struct pair, PARAMS_MAX);
	size_t n = 0;

	param(t, params, &n, (struct pair){ S("REQUEST_METHOD"), q->method });
	param(t, params, &n, (struct pair){ S("REQUEST_URI"), q->address });
	param(t, params, &n, (struct pair){ S("REMOTE_ADDR"), t->remote });
	param(t, params, &n,
	    (struct pair){ S("HTTP_HOST"), q->host.n ? q->host : t->world->settings->host });
	param(t, params, &n, (struct pair){ S("HTTP_COOKIE"), cookie_header(t) });
	if (q->type.n)
		param(t, params, &n, (struct pair){ S("CONTENT_TYPE"), q->type });
	if (q->origin.n)
		param(t, params, &n, (struct pair){ S("HTTP_ORIGIN"), q->origin });
	if (!asks_about_a_call(q))
		param(t, params, &n, (struct pair){ S("KEYDESK_ASK"), S("caller") });
	for (size_t i = 0; i < q->params_n; i++)
		param(t, params, &n, q->params[i]);
	*rq = (struct request){ .arena = &t->world->request,
		.now = t->now,
		.number = random_base62(t->arena, 16),
		.body = q->body,
		.authorizes = authorizes(q),
		.params = params,
		.params_n = n };
}

str
reply_find(const struct reply *reply, str header)
{
	for (const struct header *h = reply->headers; h; h = h->next)
		if (str_eq(h->name, header))
			return h->value;
	return (str){ 0 };
}

static str
reply_text_of(struct test *t, const struct reply *reply, bool head)
{
	struct buf b = buf_new(t->arena, 2 << 20);

	buf_fmt(&b, "Status: %d\n", reply->status);
	if (reply->type.n)
		buf_fmt(&b, "Content-Type: %.*s\n", STR(reply->type));
	for (const struct header *h = reply->headers; h; h = h->next)
		buf_fmt(&b, "%.*s: %.*s\n", STR(h->name), STR(h->value));
	buf_add_char(&b, '\n');
	if (!head)
		buf_add(&b, reply->body);
	return buf_str(&b);
}

/* The text with the whole of a stream behind it, as it would be sent. */
static str
with_stream(struct test *t, struct desk *desk)
{
	struct arena *a = &t->world->request;
	struct buf all = buf_new(t->arena, 4 << 20);
	size_t mark = arena_mark(a);
	struct serve_piece piece = { 0 };

	buf_add(&all, t->text);
	while (!piece.last && serve_more(desk, &t->rq, t->reply.stream, &piece)) {
		buf_add(&all, piece.text);
		arena_wipe(a, mark);
	}
	return buf_str(&all);
}

void
ask_raw(struct test *t, const struct question *q)
{
	struct world *w = t->world;
	struct desk desk = *w->desk;

	arena_wipe(&w->request, 0);
	fill(t, q, &t->rq);
	if (!request_parse(&t->rq))
		fault(&w->fault, "fastcgi.c would not let this address through");
	if (q->no_database || q->no_node)
		desk.db = q->no_database ? w->nowhere : w->partly;
	if (q->no_permits)
		desk.permits = w->full;
	if (t->settings)
		desk.settings = t->settings;
	t->reply = serve(&desk, &t->rq);
	t->rq.desk = w->desk;
	t->text = reply_text_of(t, &t->reply, t->rq.head);
	if (t->reply.stream)
		t->text = with_stream(t, w->desk);
	t->log = world_logged(w, t->arena);
	for (const struct header *h = t->reply.headers; h; h = h->next)
		if (str_eq(h->name, S("Set-Cookie")))
			cookie_keep(t, h->value);
}

/* ---- the token of forms: read from a page, as a browser would, and again when the cookies differ */

static str
token_in(struct test *t)
{
	static const str field = STR_INIT("name=\"csrf\" value=\"");
	size_t at = str_find(t->text, field);
	str rest;

	return str_copy(t->arena, str_cut(str_part(t->text, at + field.n, t->text.n), '"', &rest));
}

static str
csrf_of(struct test *t)
{
	struct visitor *v = t->visitor;
	struct question page = { .method = S("GET"), .address = S("/") };

	if (v->csrf.n && str_eq(v->csrf_cookies, cookie_header(t)))
		return v->csrf;
	ask_raw(t, &page);
	if (t->reply.status == 303) {
		str there = str_copy(t->arena, reply_find(&t->reply, S("Location")));

		page.address = str_eq(there, S("/profile/factor")) ? there : S("/sign-in");
		ask_raw(t, &page);
	}
	v->csrf = token_in(t);
	v->csrf_cookies = cookie_header(t);
	return v->csrf;
}

static bool
for_program(struct test *t, const struct question *q)
{
	struct request rq = { .method = POST, .arena = t->arena };
	const struct route *route;
	bool elsewhere;
	str rest;

	rq.path = str_cut(q->address, '?', &rest);
	route = route_find(t->world->desk->routes, t->world->desk->routes_n, &rq, &elsewhere);
	return route && route->may == PROGRAM;
}

/* What a browser adds to a form. */
static void
add_form(struct test *t, struct question *q)
{
	static const str form = STR_INIT("application/x-www-form-urlencoded");
	str csrf;

	if (!q->type.n)
		q->type = form;
	if (!q->origin.n && !q->no_origin)
		q->origin = t->world->settings->url;
	if (q->no_csrf || !str_eq(q->type, form))
		return;
	csrf = q->csrf.n ? q->csrf : csrf_of(t);
	/* What makes something sends its form's one-time number; a test may give one, or an empty one. */
	if (str_find(q->body, S("once=")) == q->body.n)
		q->body = fmt(t->arena, "%.*s%sonce=%.*s", STR(q->body), q->body.n ? "&" : "",
		    STR(random_base62(t->arena, ONCE_CHARS)));
	q->body = fmt(t->arena, "%.*s%scsrf=%.*s", STR(q->body), q->body.n ? "&" : "", STR(csrf));
}

void
ask(struct test *t, const struct question *asked)
{
	struct question q = *asked;
	int64_t entries = 0;
	str state;

	t->before = t->text;
	if (str_eq(q.method, S("POST")) && !for_program(t, &q))
		add_form(t, &q);
	state = check_state(t);
	str_int(world_sql(t->world, t->arena, S("SELECT COALESCE(MAX(id), 0) FROM audit_entry")),
	    &entries);
	t->entries = entries;
	ask_raw(t, &q);
	t->last = q;
	t->last.no_csrf = true; /* sent again, the body is as it was */
	check_reply(t, state);
	/* The cookie stays, and the next page has the token of another organization. */
	if (t->reply.status == 303 && str_ends(q.address, S("/enter")))
		t->visitor->csrf = (str){ 0 };
}

/* ---- comparing */

/* s, in which everything between before and the next quote is taken out. */
static str
without(struct arena *a, str s, str before)
{
	struct buf b = buf_new(a, s.n + 1);

	while (s.n) {
		size_t at = str_find(s, before);

		if (at == s.n) {
			buf_add(&b, s);
			break;
		}
		buf_add(&b, str_part(s, 0, at + before.n));
		s = str_part(s, at + before.n, s.n);
		s = str_part(s, str_find_char(s, '"'), s.n);
	}
	return buf_str(&b);
}

static str
replaced(struct arena *a, str s, str old)
{
	struct buf b = buf_new(a, s.n + 1);

	while (old.n && s.n) {
		size_t at = str_find(s, old);

		buf_add(&b, str_part(s, 0, at));
		if (at == s.n)
			break;
		buf_add_char(&b, '#');
		s = str_part(s, at + old.n, s.n);
	}
	return old.n ? buf_str(&b) : s;
}

static str
number_in(str text)
{
	static const str name = STR_INIT("X-Request-Number: ");
	size_t at = str_find(text, name);
	str rest;

	return at < text.n ? str_cut(str_part(text, at + name.n, text.n), '\n', &rest) : (str){ 0 };
}

/* No two decision ids are alike; each is as long. */
static str
without_decisions(struct arena *a, str text)
{
	str before = S("kdd_"), rest = text;
	struct buf out = buf_new(a, text.n + 1);

	for (size_t at; (at = str_find(rest, before)) < rest.n;) {
		bool whole = decision_like(str_part(rest, at, DECISION_CHARS));

		buf_add(&out, str_part(rest, 0, at + before.n));
		rest = str_part(rest, at + (whole ? DECISION_CHARS : before.n), rest.n);
	}
	buf_add(&out, rest);
	return buf_str(&out);
}

str
reply_normal(struct test *t, str text)
{
	text = without_decisions(t->arena, text);
	return without(t->arena, replaced(t->arena, text, number_in(text)), S("value=\""));
}
