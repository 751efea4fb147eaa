/* fixture.c - the organization of a test, its people and keys, and what words in braces stand for. */
#include "pages/runner.h"

#include "base/random.h"
#include "core/person.h"
#include "core/rotation.h"
#include "crypto/base64.h"
#include "http/url.h"
#include "sql.h"

enum { SESSION_CHARS = 43, EXPANDED_MAX_BYTES = 4 << 20 };

static const struct {
	const char *word, *name;
	enum role role;
} roles[WHOS] = {
	[WHO_NOBODY] = { "nobody", "", ROLE_NONE },
	[WHO_MEMBER] = { "member", "Ben Okafor", ROLE_MEMBER },
	[WHO_COMPLIANCE_ADMIN] = { "compliance_admin", "Cora Lindqvist", ROLE_COMPLIANCE_ADMIN },
	[WHO_ADMIN] = { "admin", "Ann Marsh", ROLE_ADMIN },
	[WHO_OPERATOR] = { "operator", "Olga Petrov", ROLE_NONE },
	[WHO_DEACTIVATED] = { "deactivated", "Dan Gray", ROLE_ADMIN },
};

const char *
who_word(enum who who)
{
	return roles[who].word;
}

bool
who_of(str word, enum who *who)
{
	for (*who = WHO_NOBODY; *who < WHOS; (*who)++)
		if (str_eq(word, str_of(roles[*who].word)))
			return true;
	return false;
}

/* ---- words */

void
word_set(struct test *t, str name, str value)
{
	size_t i = 0;

	while (i < t->words_n && !str_eq(t->words[i].name, name))
		i++;
	if (i == sizeof t->words / sizeof t->words[0])
		fault(&t->world->fault, "more words than %zu", i);
	t->words[i] = (struct pair){ str_copy(t->arena, name), str_copy(t->arena, value) };
	if (i == t->words_n)
		t->words_n++;
}

static bool
word_get(struct test *t, str name, str *value)
{
	str rest;
	enum who who;

	if (str_starts(name, S("code:")))
		return fixture_code(t, str_part(name, 5, name.n), value);
	if (who_of(str_cut(name, '.', &rest), &who))
		fixture_person(t, who);
	for (size_t i = 0; i < t->words_n; i++)
		if (str_eq(t->words[i].name, name)) {
			*value = t->words[i].value;
			return true;
		}
	return false;
}

/* {x*100} and {%e9}. */
static bool
spelled(struct test *t, str inner, str *value)
{
	str times, what = str_cut(inner, '*', &times);
	struct buf b = buf_new(t->arena, EXPANDED_MAX_BYTES);
	int64_t n;

	if (str_starts(inner, S("%")))
		return url_decode(t->arena, inner, false, value);
	if (!str_int(times, &n))
		return false;
	for (int64_t i = 0; i < n; i++)
		buf_add(&b, what);
	*value = buf_str(&b);
	return true;
}

static str
quoted(struct arena *a, str s)
{
	struct buf b = buf_new(a, 2 * s.n + 2);

	buf_add_char(&b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.at[i] == '\'' || s.at[i] == '\\')
			buf_add_char(&b, '\\');
		buf_add_char(&b, s.at[i]);
	}
	buf_add_char(&b, '\'');
	return buf_str(&b);
}

/* As it must be written where it is used. */
static str
written(struct arena *a, str value, enum words_for use)
{
	switch (use) {
	case WORDS_FORM:
		return url_encode(a, value);
	case WORDS_SQL:
		return quoted(a, value);
	case WORDS_PLAIN:
		break;
	}
	return value;
}

/* Whether it is a word in braces, and not the beginning of a JSON object. */
static bool
is_word(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] == '"' || s.at[i] == ' ' || s.at[i] == '{' || s.at[i] == '\n')
			return false;
	return s.n > 0;
}

str
words(struct test *t, str text, enum words_for use)
{
	struct buf b = buf_new(t->arena, EXPANDED_MAX_BYTES);

	while (text.n) {
		str rest, value, before = str_cut(text, '{', &rest);
		size_t end = str_find_char(rest, '}');
		str inner = str_part(rest, 0, end);

		buf_add(&b, before);
		if (before.n == text.n)
			break;
		if (end == rest.n || !is_word(inner)) {
			buf_add_char(&b, '{');
			text = rest;
			continue;
		}
		if (word_get(t, inner, &value))
			value = written(t->arena, value, use);
		else if (!spelled(t, inner, &value))
			fault(&t->world->fault, "nothing is called {%.*s}", STR(inner));
		buf_add(&b, value);
		text = str_part(rest, end + 1, rest.n);
	}
	return buf_str(&b);
}

/* ---- the organization and its people */

static void
set_part(struct test *t, str name, const char *part, str value)
{
	word_set(t, fmt(t->arena, "%.*s.%s", STR(name), part), value);
}

static int64_t
organization_make(struct test *t, str name, str *id)
{
	struct request rq = world_begin(t->world, t->now);
	int64_t org = organization_create(&rq, name, id);

	world_end(&rq);
	*id = str_copy(t->arena, *id);
	return org;
}

int64_t
fixture_org(struct test *t, bool foreign)
{
	str id;

	if (foreign && !t->other_org)
		t->other_org = organization_make(t, S("Southwind Trading"), &id);
	return foreign ? t->other_org : t->org;
}

void
fixture_begin(struct test *t, struct world *w)
{
	str id, nobody = str_of(roles[WHO_NOBODY].word);
	int64_t number = w->tests++;

	arena_wipe(&w->test, 0);
	t->world = w;
	t->arena = &w->test;
	t->now = clock_now();
	t->remote = fmt(t->arena, "10.%d.%d.9", (int)(number / 250 % 250), (int)(number % 250));
	arena_wipe(&w->request, 0);
	/* Many tests are one minute: each has the rate of refused sign-ins to itself. */
	world_sql(w, t->arena, S("DELETE FROM sign_in_refusal"));
	fixture_catalogue(t);
	t->org = organization_make(t, S("Northwind Trading"), &id);
	word_set(t, S("org"), id);
	word_set(t, S("org.row"), fmt(t->arena, "%d", (int)t->org));
	word_set(t, S("url"), w->settings->url);
	word_set(t, S("remote"), t->remote);
	fixture_as(t, nobody);
}

static void
person_words(struct test *t, enum who who)
{
	const struct fixture_person *p = &t->people[who];
	str role = str_of(roles[who].word);

	word_set(t, role, p->id);
	set_part(t, role, "name", p->name);
	set_part(t, role, "email", p->email);
	set_part(t, role, "password", p->password);
	set_part(t, role, "user", fmt(t->arena, "%d", (int)p->user));
	set_part(t, role, "person", fmt(t->arena, "%d", (int)p->person));
}

/* An operator without an organization: the person is made as a user of it, who then goes. */
static void
only_operator(struct test *t, const struct fixture_person *p)
{
	world_sql(
	    t->world, t->arena, fmt(t->arena, "DELETE FROM user WHERE id = %d", (int)p->user));
	world_sql(t->world, t->arena,
	    fmt(t->arena, "UPDATE person SET operator_tenure_id = NULL WHERE id = %d",
		(int)p->person));
}

const struct fixture_person *
fixture_person(struct test *t, enum who who)
{
	struct fixture_person *p = &t->people[who];
	struct person_wish wish = { .is_operator = who == WHO_OPERATOR,
		.role = who == WHO_OPERATOR ? ROLE_MEMBER : roles[who].role };
	struct request rq;

	if (who == WHO_NOBODY)
		return NULL;
	if (p->person)
		return p;
	p->name = wish.name = str_of(roles[who].name);
	p->email = wish.email =
	    fmt(t->arena, "%s.%d@example.test", roles[who].word, (int)t->world->tests);
	p->password = wish.password =
	    fmt(t->arena, "pass of %.*s", STR(random_base62(t->arena, 16)));
	rq = world_begin(t->world, t->now);
	p->user = person_join(&rq, t->org, &wish);
	p->person = sql_person_by_email(rq.db, .email = p->email)->person;
	world_end(&rq);
	p->id = world_sql(t->world, t->arena,
	    fmt(t->arena, "SELECT public_id FROM user WHERE id = %d", (int)p->user));
	if (who == WHO_OPERATOR) {
		only_operator(t, p);
		p->user = 0;
	}
	person_words(t, who);
	return p;
}

static void
sign_in_as(struct test *t, enum who who, struct visitor *v)
{
	const struct fixture_person *p = fixture_person(t, who);
	str token = random_base62(t->arena, SESSION_CHARS);
	struct digest hash = digest_sha256(token);
	struct request rq;

	if (!p)
		return;
	rq = world_begin(t->world, t->now);
	sql_session_add(rq.db, .token_hash = DIGEST_STR(hash),
	    .public_id = random_base62(t->arena, 10), .person = p->person, .user = p->user,
	    .environment = S("production"), .remote = t->remote, .program = S("Test"),
	    .now = t->now);
	world_end(&rq);
	v->cookies[v->n++] = (struct pair){ S("keydesk"), token };
	if (who == WHO_DEACTIVATED)
		world_sql(t->world, t->arena,
		    fmt(t->arena, "UPDATE user SET status = 'deactivated' WHERE id = %d",
			(int)p->user));
}

void
fixture_as(struct test *t, str name)
{
	size_t i = 0;
	enum who who;

	while (i < t->visitors_n && !str_eq(t->visitors[i].name, name))
		i++;
	if (i == sizeof t->visitors / sizeof t->visitors[0])
		fault(&t->world->fault, "more visitors than %zu", i);
	t->visitor = &t->visitors[i];
	if (i < t->visitors_n)
		return;
	t->visitors_n++;
	*t->visitor = (struct visitor){ .name = str_copy(t->arena, name) };
	if (who_of(name, &who))
		sign_in_as(t, who, t->visitor);
}

/* ---- keys */

/* What follows "Basic" (RFC 7617), padding included. */
static str
basic(struct arena *a, const struct client_made *made)
{
	str pair = fmt(a, "%.*s:%.*s", STR(made->client_id), STR(made->secret));
	char *at = NEW(a, char, BASE64_CHARS(pair.n) + 3);
	size_t n = base64_write(BASE64_PLAIN, pair, at);

	while (n % 4)
		at[n++] = '=';
	return (str){ at, n };
}

void
fixture_key_words(struct test *t, str name, const struct client_made *made)
{
	word_set(t, name, made->id);
	set_part(t, name, "client_id", made->client_id);
	set_part(t, name, "secret", made->secret);
	set_part(t, name, "sid", str_part(made->secret, 10, 10));
	set_part(t, name, "hint", str_part(made->secret, made->secret.n - 4, 4));
	set_part(t, name, "basic", basic(t->arena, made));
}

/* The words of the key stay those of the old secret. */
static void
rotate(struct test *t, str name, int64_t org, str id)
{
	struct request rq = world_begin(t->world, t->now);
	struct rotation_wish wish = { .id = id, .overlap = DAY };
	struct client_made made;

	rq.org = org;
	if (rotation_start(&rq, &wish, &made) != ROTATED)
		fault(&t->world->fault, "%.*s could not be rotated", STR(name));
	set_part(t, name, "new", made.secret);
	set_part(t, name, "new_sid", str_part(made.secret, 10, 10));
	set_part(t, name, "new_hint", str_part(made.secret, made.secret.n - 4, 4));
	world_end(&rq);
}

static void
make_key(struct test *t, const struct fixture_key *key)
{
	const struct fixture_person *maker = fixture_person(t, WHO_ADMIN);
	struct actor actor = {
		.person = maker->person, .user = maker->user, .email = maker->email
	};
	struct client_wish wish = { .environment = key->environment, .name = key->label };
	struct client_made made;
	int64_t org = fixture_org(t, key->foreign);
	struct request rq = world_begin(t->world, t->now - key->days * DAY);

	rq.org = org;
	if (!key->foreign) {
		rq.actor = &actor;
		rq.me = maker->user;
	}
	if (key->scoped ? !fixture_scoped(t, &rq, key, &made)
			: client_create(&rq, &wish, &made) != MADE_NEW)
		fault(&t->world->fault, "no key %.*s could be made", STR(key->name));
	if (key->stored)
		client_stored(&rq, made.id);
	if (key->used)
		sql_demo_used(
		    rq.db, .id = made.id, .at = t->now - 4 * MINUTE, .remote = S("198.51.100.7"));
	if (key->deactivated)
		client_activate(&rq, made.id, false);
	world_end(&rq);
	fixture_key_words(t, key->name, &made);
	if (key->rotating)
		rotate(t, key->name, rq.org, made.id);
}

void
fixture_key(struct test *t, const struct fixture_key *key)
{
	if (key->additional)
		fixture_additional(t, key);
	else if (key->pending)
		fixture_pending(t, key);
	else
		make_key(t, key);
}
