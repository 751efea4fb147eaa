/* general.c - tests made from the route table: tenancy, access, forged forms, the password asked for again. */
#include "pages/general.h"

#include "base/random.h"
#include "routes.h"

struct about
about_of(size_t i)
{
	const struct route *route = &routes[i / GENERAL_KINDS];
	bool second = i % GENERAL_KINDS, both = route->object == CLIENT;
	bool either = route->object == PLACE || route->object == REPLACEMENT_ITEM;
	enum object object = !second || either ? route->object : both ? SCOPED : NO_OBJECT;

	return (struct about){ route, object, object == SCOPED || (second && either) };
}

bool
about_allows(const struct about *about, enum who who)
{
	bool may;

	cell_of(about, who, &may);
	return may;
}

/* The route's address with an id or token put in. */
static str
address_of(struct arena *a, const struct route *route, str id)
{
	str pattern = str_of(route->pattern);
	size_t at = str_find_char(pattern, ':');
	str rest = str_part(pattern, at, pattern.n);
	size_t end = str_find_char(rest, '/');
	bool token = str_starts(rest, S(":token"));

	if (at == pattern.n)
		return pattern;
	return fmt(a, "%.*s%.*s%.*s%s", STR(str_part(pattern, 0, at)),
	    STR(token ? S("0123456789012345678901234567890123456789012") : id),
	    STR(str_part(rest, end, rest.n)),
	    str_ends(pattern, S("/withdraw"))  ? "?api=profile"
	    : str_ends(pattern, S("/entitle")) ? "?api=data"
					       : "");
}

struct question
about_question(struct test *t, const struct route *route, str id)
{
	struct question q = { .method = route->method == POST ? S("POST") : S("GET"),
		.address = address_of(t->arena, route, id) };

	if (route->method == POST)
		q.body =
		    fmt(t->arena, "stored=1&name=x&version=1&api=profile&once=%.*s&confirm=%.*s",
			STR(random_base62(t->arena, 22)), STR(id));
	return q;
}

static bool
to_sign_in(const struct reply *reply)
{
	str there = reply_find(reply, S("Location"));

	return reply->status == 303 &&
	       (str_eq(there, S("/sign-in")) || str_starts(there, S("/sign-in?next=")));
}

/* ---- access: each address as each role */

static bool
says(const struct test *t, str words)
{
	return str_find(t->text, words) < t->text.n;
}

static void
access_as(struct test *t, size_t i)
{
	struct about about = about_of(i / WHOS);
	enum who who = (enum who)(i % WHOS);
	str ours = about_object(t, &about, who, false);
	struct question q;
	const char *line;
	bool may;
	str state;

	line = cell_of(&about, who, &may);
	if (!line)
		complain(t, "no line of the table of who may do what has this address");
	fixture_as(t, str_of(who_word(who)));
	q = about_question(t, about.route, ours);
	state = check_state(t);
	ask(t, &q);
	if (may) {
		if (t->reply.status == 403 || to_sign_in(&t->reply))
			complain(t, "it is refused (%s)", line);
		else if (!cell_answered(&about, who, t->reply.status))
			complain(
			    t, "it is let in, and the answer is %d (%s)", t->reply.status, line);
		return;
	}
	if (who == WHO_NOBODY || who == WHO_DEACTIVATED ? !to_sign_in(&t->reply)
							: t->reply.status != 403)
		complain(t, "it is not refused (%s)", line);
	if (t->reply.status == 403 && !says(t, S(" do this")))
		complain(t, "nobody says who could (%s)", line);
	if (!str_eq(state, check_state(t)))
		complain(t, "something was written");
}

/* ---- forged forms */

static void
forged_form(struct test *t, const struct about *about, enum who who, struct question q)
{
	str state = check_state(t);

	ask(t, &q);
	if (about_allows(about, who) ? t->reply.status != 403
				     : t->reply.status != 403 && !to_sign_in(&t->reply))
		complain(t, "a forged form is not refused as %s", who_word(who));
	if (!str_eq(state, check_state(t)))
		complain(t, "something was written");
}

static void
forged_forms(struct test *t, size_t i)
{
	struct about about = about_of(i);
	struct question page = { .method = S("GET"), .address = S("/sign-in") }, q, forged;
	str another, ours;

	fixture_as(t, S("somebody else"));
	ask(t, &page);
	another = str_part(t->text, str_find(t->text, S("name=\"csrf\" value=\"")) + 19, 43);
	for (enum who who = WHO_NOBODY; who < WHOS; who++) {
		fixture_as(t, str_of(who_word(who)));
		if (who == WHO_NOBODY || about.object == SESSION || about.object == SECRET)
			ours = about_object(t, &about, who, false);
		q = forged = about_question(t, about.route, ours);
		forged.no_csrf = true;
		forged_form(t, &about, who, forged);
		forged = q;
		forged.csrf = another;
		forged_form(t, &about, who, forged);
		forged = q;
		forged.origin = S("https://elsewhere.test");
		forged_form(t, &about, who, forged);
		forged.origin = S("null");
		forged_form(t, &about, who, forged);
		forged = q;
		forged.no_origin = true;
		forged.params[forged.params_n++] =
		    (struct pair){ S("HTTP_SEC_FETCH_SITE"), S("same-site") };
		forged_form(t, &about, who, forged);
	}
}

/* ---- the password, asked for again: by each route that says so, of each role that it lets through */

static void
ask_with(struct test *t, const struct route *route, str id, str proof)
{
	struct question q = about_question(t, route, id);

	q.body = fmt(t->arena, "%.*s&proof=%.*s", STR(q.body), STR(proof));
	ask(t, &q);
}

static void
refused_proof(struct test *t, const char *what, str words)
{
	if (t->reply.status != 422 || !says(t, S("name=\"proof\"")) || !says(t, words))
		complain(t, "%s is not asked for the password", what);
}

static void
proof_as(struct test *t, const struct about *about, enum who who)
{
	const struct route *route = about->route;
	str id = about_object(t, about, who, false), state, password;

	fixture_as(t, str_of(who_word(who)));
	password = fixture_person(t, who)->password;
	world_sql(t->world, t->arena, S("UPDATE session SET proven_at = '2020-01-01'"));
	state = check_state(t);
	ask_with(t, route, id, (str){ 0 });
	refused_proof(t, "without one", S(": Type your password to go on."));
	ask_with(t, route, id, S("not+it"));
	refused_proof(t, "with a wrong one", S(": This is not your password."));
	if (!str_eq(state, check_state(t)))
		complain(t, "something was done without the password");
	ask_with(t, route, id, password);
	if (says(t, S("id=\"e-proof\"")))
		complain(t, "the right password does not do");
	ask_with(t, route, id, (str){ 0 });
	if (route->proof == PROOF_LATELY && says(t, S("id=\"f-proof\"")))
		complain(t, "it is asked for twice");
}

static void
proof(struct test *t, size_t i)
{
	struct about about = about_of(i);

	for (enum who who = WHO_NOBODY; who < WHOS && !t->failed; who++)
		if (about_allows(&about, who))
			proof_as(t, &about, who);
}

/* ---- all of them */

static void
each_about(struct arena *a, void (*run)(void *, const struct general *), void *arg, size_t i)
{
	struct about about = about_of(i);
	const struct route *r = about.route;
	str route = fmt(a, "%s %s%s", r->method == POST ? "POST" : "GET", r->pattern,
	    i % GENERAL_KINDS ? " (scoped)" : "");
	struct general general = { fmt(a, "tenancy: %.*s", STR(route)), general_tenancy, i };

	if (about.object != NO_OBJECT && about.object != DATA)
		run(arg, &general);
	if (about.object == CLIENT || about.object == SCOPED || about.object == SECRET) {
		general = (struct general){ fmt(a, "kinds: %.*s", STR(route)), general_kinds, i };
		run(arg, &general);
	}
	if (about.object == SECRET) {
		general = (struct general){ fmt(a, "owners: %.*s", STR(route)), general_owners, i };
		run(arg, &general);
	}
	if (r->method == POST && r->may != PROGRAM) {
		general = (struct general){ fmt(a, "forms: %.*s", STR(route)), forged_forms, i };
		run(arg, &general);
	}
	if (r->proof) {
		general = (struct general){ fmt(a, "proof: %.*s", STR(route)), proof, i };
		run(arg, &general);
	}
	for (enum who who = WHO_NOBODY; who < WHOS; who++) {
		general = (struct general){ fmt(a, "access: %.*s as %s", STR(route), who_word(who)),
			access_as, i * WHOS + who };
		run(arg, &general);
	}
}

void
general_each(struct arena *a, void (*run)(void *, const struct general *), void *arg)
{
	const struct general others[] = {
		{ S("forms: an honest one without an Origin"), general_honest_form, 0 },
		{ S("proof: tried again, nothing is hashed twice"), general_tried_again, 0 },
		{ S("forged: 1,000 secrets ask nothing"), general_forged_secrets, 0 },
		{ S("faults: an arena that is full"), general_small_arena, 0 },
	};

	for (size_t i = 0; i < GENERAL_KINDS * routes_n; i++)
		if (i % GENERAL_KINDS == 0 || about_of(i).object != NO_OBJECT)
			each_about(a, run, arg, i);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		run(arg, &others[i]);
}
