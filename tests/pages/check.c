/* check.c - what holds for every reply, and how a failure is said. */
#include "pages/runner.h"

#include <stdarg.h>
#include <stdio.h>

/* With style, script and icon, compressed as they are sent (8 kB), a page is not over 60 kB. */
enum { SHOWN_BYTES = 1500, PAGE_BYTES = 52000 };

/* Where a secret's text has its public id, and how long that is: core/secret.h. */
enum { SID_AT = 10, SID_CHARS = 10 };

/* What a reader needs of a failed page: its head and what stands in its main part, without tags. */
static void
show_reply(str text)
{
	size_t main = str_find(text, S("<main")), n = 0;
	bool tag = false, blank = true;

	printf("%.*s\n", STR(str_part(text, 0, str_find(text, S("\n\n")))));
	if (main == text.n)
		main = str_find(text, S("\n\n"));
	for (size_t i = main; i < text.n && n < SHOWN_BYTES; i++) {
		char c = text.at[i] == '\n' ? ' ' : text.at[i];

		tag = tag || c == '<';
		if (!tag && (c != ' ' || !blank)) {
			putchar(c);
			n++;
			blank = c == ' ';
		}
		tag = tag && c != '>';
	}
	putchar('\n');
}

void
complain(struct test *t, const char *format, ...)
{
	va_list args;

	if (t->failed)
		return;
	t->failed = true;
	printf("%s:%d: %.*s: ", t->file, t->line, STR(t->heading));
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	show_reply(t->text);
	printf("%.*s\n", STR(t->log));
}

/* Counts and versions of what people and programs could change: in the organizations of the test row by
 * row, elsewhere what was added; last how often somebody acted. A refused password may be recorded. Reads only by keys, because it is asked
 * twice for each request. */
str
check_state(struct test *t)
{
	return world_sql(t->world, t->arena,
	    fmt(t->arena,
		"SELECT"
		" (SELECT CONCAT_WS('/', COUNT(*), SUM(version), COUNT(place), COUNT(deleted_at))"
		"    FROM client WHERE organization_id IN (x.ours, x.theirs)),"
		" (SELECT CONCAT_WS('/', COUNT(*), SUM(version), COUNT(hash), COUNT(stored_at),"
		"    COUNT(current_of)) FROM secret WHERE organization_id IN (x.ours, x.theirs)),"
		" (SELECT SUM(version) FROM organization WHERE id IN (x.ours, x.theirs)),"
		" (SELECT CONCAT_WS('/', SUM(u.version), SUM(p.version)) FROM user u"
		"    JOIN person p ON p.id = u.person_id WHERE u.organization_id = x.ours),"
		" (SELECT CONCAT_WS('/', COUNT(*), SUM(s.environment = 'integration')) FROM user u"
		"    JOIN session s ON s.person_id = u.person_id WHERE u.organization_id = x.ours),"
		" (SELECT MAX(id) FROM client), (SELECT MAX(id) FROM secret),"
		" (SELECT MAX(id) FROM organization), (SELECT MAX(id) FROM user),"
		" (SELECT MAX(id) FROM person), (SELECT MAX(id) FROM session),"
		" (SELECT MAX(id) FROM exposure), (SELECT COUNT(*) FROM form_once),"
		" (SELECT CONCAT_WS('/', COUNT(*), COUNT(used_at)) FROM setup_link),"
		" (SELECT CONCAT_WS('/', MAX(id), COUNT(used_at), COUNT(withdrawn_at))"
		"    FROM invitation),"
		" (SELECT CONCAT_WS('/', MAX(id), COUNT(open_for)) FROM password_reset),"
		" (SELECT CONCAT_WS('/', COUNT(*), COUNT(declined_at)) FROM entitlement_wish),"
		" (SELECT COUNT(*) FROM entitlement),"
		" (SELECT COUNT(*) FROM installation), (SELECT COUNT(*) FROM signing_key),"
		" (SELECT id FROM audit_entry WHERE act NOT IN ("
		"    'sign-in.refused', 'proof.refused', 'person.codes-spent')"
		"    ORDER BY id DESC LIMIT 1),"
		" (SELECT SUM(acts) FROM user WHERE organization_id = x.ours)"
		" FROM (SELECT %d AS ours, %d AS theirs) x",
		(int)t->org, (int)t->other_org));
}

static bool
holds(str text, str words)
{
	return str_find(text, words) < text.n;
}

static bool
program(const struct test *t)
{
	const struct desk *desk = t->rq.desk;

	if (t->rq.route || !desk)
		return t->rq.route && t->rq.route->may == PROGRAM;
	return route_is_for_programs(desk->routes, desk->routes_n, t->rq.path);
}

/* What an Authorizer lets through is answered by somebody else, with headers of their own: it has variables, and what is
 * left of a limit. Nobody else gets a variable, which a web server would believe. */
static bool
variables_only(struct test *t)
{
	bool authorized = t->rq.authorizes && t->reply.status == 200;

	for (const struct header *h = t->reply.headers; h; h = h->next) {
		bool variable = str_starts(h->name, S("Variable-"));

		if (variable && !authorized)
			complain(t, "a variable for a web server: %.*s", STR(h->name));
		if (authorized && !variable && !str_starts(h->name, S("RateLimit")))
			complain(
			    t, "a header beside the answer of another one: %.*s", STR(h->name));
	}
	return authorized;
}

static void
check_headers(struct test *t)
{
	static const str people[] = { STR_INIT("X-Request-Number"),
		STR_INIT("X-Content-Type-Options"), STR_INIT("Content-Security-Policy"),
		STR_INIT("X-Frame-Options"), STR_INIT("Referrer-Policy"),
		STR_INIT("Permissions-Policy"), STR_INIT("Cross-Origin-Opener-Policy"),
		STR_INIT("Cross-Origin-Resource-Policy") };
	size_t n = program(t) ? 2 : sizeof people / sizeof people[0];
	str cache = reply_find(&t->reply, S("Cache-Control"));

	if (variables_only(t))
		return;
	for (size_t i = 0; i < n; i++)
		if (reply_find(&t->reply, people[i]).n == 0)
			complain(t, "there is no header %.*s", STR(people[i]));
	if (!str_eq(cache, S("no-store")) && !(program(t) && str_starts(cache, S("public"))))
		complain(t, "Cache-Control is \"%.*s\"", STR(cache));
	for (const struct header *h = t->reply.headers; h; h = h->next)
		if (str_eq(h->name, S("Set-Cookie")) &&
		    (!holds(h->value, S("HttpOnly")) || !holds(h->value, S("SameSite=Lax"))))
			complain(t, "a cookie that scripts or other sites could use");
}

/* Whoever is shown a secret is noted as having seen it, by the transaction that made it. */
static void
check_exposure(struct test *t)
{
	size_t at = str_find(t->text, S("kds_"));
	str sid = str_part(t->text, at + SID_AT, SID_CHARS);

	if (at < t->text.n &&
	    !str_eq(world_sql(t->world, t->arena,
			fmt(t->arena,
			    "SELECT COUNT(*) FROM exposure e JOIN secret s ON s.id = e.secret_id "
			    "WHERE s.sid = '%.*s' AND e.user_id = %d",
			    STR(sid), (int)t->rq.me)),
		S("1")))
		complain(t, "a secret is shown, and nobody is noted as having seen it");
}

/* A secret is in the reply that reveals it and nowhere else; a password is nowhere at all. */
static void
check_secrets(struct test *t)
{
	static const str begin[] = { STR_INIT("kds_live_"), STR_INIT("kds_test_") };

	for (size_t i = 0; i < 2; i++) {
		if (!t->reply.reveals && holds(t->text, begin[i]))
			complain(t, "a secret is in the reply");
		if (holds(t->log, begin[i]))
			complain(t, "a secret is in the log");
	}
	if (t->reply.reveals)
		check_exposure(t);
	if (t->reply.reveals && t->reply.status != 200)
		complain(t, "a reveal with another status than 200");
	for (int who = 0; who < WHOS; who++)
		if (t->people[who].password.n && (holds(t->text, t->people[who].password) ||
						     holds(t->log, t->people[who].password)))
			complain(t, "a password is in the reply or in the log");
}

/* What a browser keeps as a file, and shows to nobody. */
static bool
is_file(const struct reply *reply)
{
	for (const struct header *h = reply->headers; h; h = h->next)
		if (str_eq(h->name, S("Content-Disposition")))
			return str_starts(h->value, S("attachment; filename="));
	return false;
}

static void
check_body(struct test *t)
{
	str wrong;

	if (str_starts(t->reply.type, S("text/html"))) {
		wrong = html_wrong(t->arena, t->reply.body);
		if (wrong.n)
			complain(t, "the page is not well-formed: %.*s", STR(wrong));
		if (t->reply.body.n > PAGE_BYTES && !t->last.no_limit)
			complain(t, "the page has %zu bytes", t->reply.body.n);
	} else if (!program(t) && t->reply.status != 303 && !is_file(&t->reply)) {
		complain(t, "a person is answered with %.*s", STR(t->reply.type));
	}
	if (t->reply.status == 303 && t->reply.body.n)
		complain(t, "a redirection with a body");
}

/* Which status a people's address may answer: reading 200, 303 or a refusal, changing also 422. */
static void
check_status(struct test *t)
{
	static const int known[] = { 200, 303, 400, 401, 403, 404, 405, 409, 415, 421, 422, 429,
		500, 503 };
	bool found = false;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		found |= t->reply.status == known[i];
	if (!found || (t->reply.status == 422 && t->rq.method != POST))
		complain(t, "the status is %d", t->reply.status);
	if (t->reply.status == 500 && !holds(t->log, S("fault")))
		complain(t, "a 500 that is not in the log");
}

static str
without_last(str s)
{
	while (s.n && s.at[s.n - 1] != ' ')
		s.n--;
	return s;
}

/* A form that is shown again has been an act; every other refusal is as if it had not been asked. */
static bool
same_state(const struct test *t, str before, str after)
{
	if (t->reply.status == 422)
		return str_eq(without_last(before), without_last(after));
	return str_eq(before, after);
}

void
check_reply(struct test *t, str state)
{
	check_status(t);
	check_headers(t);
	check_body(t);
	check_secrets(t);
	if ((t->reply.status >= 400 || t->rq.method != POST) &&
	    !same_state(t, state, check_state(t)))
		complain(t, "%s, and yet something was written",
		    t->rq.method == POST ? "refused" : "only read");
}
