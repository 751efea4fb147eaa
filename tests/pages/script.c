/* script.c - the lines of a page test: what each word says and does. */
#include "pages/runner.h"

#include <regex.h>

/* ---- what the next request has */

static void
add_param(struct test *t, str name, str value)
{
	struct question *q = &t->next;

	if (q->params_n == sizeof q->params / sizeof q->params[0])
		fault(&t->world->fault, "too many headers");
	q->params[q->params_n++] = (struct pair){ name, words(t, value, WORDS_PLAIN) };
}

static void
do_param(struct test *t, str rest)
{
	str value, name = str_cut(rest, ':', &value);

	add_param(t, name, str_trim(value));
}

/* A header, under the name that the web server gives it. */
static void
do_header(struct test *t, str rest)
{
	str value, name = str_cut(rest, ':', &value);
	char *at = NEW(t->arena, char, name.n + 5);

	for (size_t i = 0; i < name.n; i++) {
		char c = name.at[i];

		at[5 + i] = (char)(c == '-' ? '_' : c >= 'a' && c <= 'z' ? c - 32 : c);
	}
	for (size_t i = 0; i < 5; i++)
		at[i] = "HTTP_"[i];
	add_param(t, (str){ at, name.n + 5 }, str_trim(value));
}

static void
do_json(struct test *t, str rest)
{
	t->next.type = S("application/json");
	t->next.body = words(t, rest, WORDS_PLAIN);
}

static void
do_type(struct test *t, str rest)
{
	t->next.type = rest;
}

static void
do_host(struct test *t, str rest)
{
	t->next.host = rest;
}

static void
do_origin(struct test *t, str rest)
{
	t->next.origin = rest;
}

static void
do_no(struct test *t, str rest)
{
	t->next.no_csrf |= str_eq(rest, S("csrf"));
	t->next.no_origin |= str_eq(rest, S("origin"));
	t->next.no_database |= str_eq(rest, S("database"));
	t->next.no_permits |= str_eq(rest, S("permits"));
	t->next.no_node |= str_eq(rest, S("node"));
	t->next.no_limit |= str_eq(rest, S("limit"));
}

/* ---- asking */

static void
do_ask(struct test *t, str method, str rest)
{
	struct question q = t->next;
	str body, address = str_cut(rest, ' ', &body);

	body = str_trim(body);
	t->next = (struct question){ 0 };
	q.method = method;
	q.address = words(t, address, WORDS_PLAIN);
	if (body.n)
		q.body = words(t, body, q.type.n ? WORDS_PLAIN : WORDS_FORM);
	ask(t, &q);
}

static void
do_again(struct test *t, str rest)
{
	struct question q = t->last;

	(void)rest;
	ask(t, &q);
}

/* ---- what must be so */

static void
do_status(struct test *t, str rest)
{
	str location, text = str_cut(rest, ' ', &location);
	str there = reply_find(&t->reply, S("Location"));
	int64_t status = 0;

	location = words(t, str_trim(location), WORDS_PLAIN);
	if (!str_int(text, &status) || status != t->reply.status)
		complain(t, "the status is %d, not %.*s", t->reply.status, STR(text));
	if ((location.n || status == 303) && !str_eq(location, there))
		complain(t, "it leads to \"%.*s\"", STR(there));
}

static void
do_see(struct test *t, str rest)
{
	str text = words(t, rest, WORDS_PLAIN);

	if (str_find(t->text, text) == t->text.n)
		complain(t, "not there: %.*s", STR(text));
}

static void
do_not(struct test *t, str rest)
{
	str text = words(t, rest, WORDS_PLAIN);

	if (t->text.n == 0 || str_find(t->text, text) < t->text.n)
		complain(t, "there: %.*s", STR(text));
}

static void
do_same(struct test *t, str rest)
{
	(void)rest;
	if (t->before.n == 0 || !str_eq(reply_normal(t, t->before), reply_normal(t, t->text)))
		complain(t, "it differs from the reply before");
}

static void
do_sql(struct test *t, str rest)
{
	static const str arrow = STR_INIT(" -> ");
	size_t at = str_find(rest, arrow);
	str is =
	    world_sql(t->world, t->arena, words(t, str_trim(str_part(rest, 0, at)), WORDS_SQL));
	str expected = words(t, str_trim(str_part(rest, at + arrow.n, rest.n)), WORDS_PLAIN);

	if (at < rest.n && !str_eq(is, expected))
		complain(t, "the database says \"%.*s\", not \"%.*s\"", STR(is), STR(expected));
}

/* How many entries the last request has added, and which, in order. */
static void
do_audit(struct test *t, str rest)
{
	str acts, number = str_cut(rest, ' ', &acts), is;
	int64_t n = 0, count = 0;

	is = world_sql(t->world, t->arena,
	    fmt(t->arena, "SELECT act FROM audit_entry WHERE id > %d ORDER BY id",
		(int)t->entries));
	for (str left = is, word; left.n; count++) {
		word = str_cut(left, ';', &left);
		(void)word;
	}
	if (!str_int(number, &n) || n != count)
		complain(t, "%d audit entries: %.*s", (int)count, STR(is));
	acts = str_trim(acts);
	if (acts.n && !str_eq(acts, is))
		complain(t, "the audit entries are %.*s", STR(is));
}

/* Keeps what the first group of a regular expression finds in the last reply. */
static void
do_take(struct test *t, str rest)
{
	str pattern, name = str_cut(rest, ' ', &pattern);
	const char *text = str_c(t->arena, t->text);
	regex_t compiled;
	regmatch_t found[2];
	int error = regcomp(&compiled, str_c(t->arena, str_trim(pattern)), REG_EXTENDED);

	if (error == 0) {
		error = regexec(&compiled, text, 2, found, 0);
		regfree(&compiled);
	}
	if (error != 0 || found[1].rm_so < 0) {
		complain(t, "not found: %.*s", STR(pattern));
		return;
	}
	word_set(t, name,
	    str_part(t->text, (size_t)found[1].rm_so, (size_t)(found[1].rm_eo - found[1].rm_so)));
}

/* ---- lines */

static const struct {
	str word;
	void (*run)(struct test *, str rest);
} table[] = {
	{ STR_INIT("param"), do_param },
	{ STR_INIT("header"), do_header },
	{ STR_INIT("json"), do_json },
	{ STR_INIT("type"), do_type },
	{ STR_INIT("host"), do_host },
	{ STR_INIT("origin"), do_origin },
	{ STR_INIT("no"), do_no },
	{ STR_INIT("again"), do_again },
	{ STR_INIT("->"), do_status },
	{ STR_INIT("see"), do_see },
	{ STR_INIT("not"), do_not },
	{ STR_INIT("same"), do_same },
	{ STR_INIT("sql"), do_sql },
	{ STR_INIT("audit"), do_audit },
	{ STR_INIT("take"), do_take },
};

static bool
is_method(str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.at[i] < 'A' || word.at[i] > 'Z')
			return false;
	return word.n > 0;
}

static void
run_line(struct test *t, str line)
{
	str rest, word = str_cut(line, ' ', &rest);

	rest = str_trim(rest);
	if (is_method(word)) {
		do_ask(t, word, rest);
		return;
	}
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (str_eq(word, table[i].word)) {
			table[i].run(t, rest);
			return;
		}
	if (!script_given(t, word, rest))
		complain(t, "nothing is called \"%.*s\"", STR(word));
}

void
script_run(struct test *t, str lines)
{
	while (lines.n && !t->failed) {
		str line = str_trim(str_cut(lines, '\n', &lines));

		t->line++;
		if (line.n && line.at[0] != '#')
			run_line(t, line);
	}
	if (t->reply.status == 0)
		complain(t, "this test asks nothing");
}
