/* general_objects.c - what is not there for whoever asks: for general.c. */
#include "pages/general.h"

#include "base/random.h"
#include "http/path.h"

/* What is nobody's in particular: whoever may see one may see all. */
static bool
common(const struct route *route)
{
	return route->object == ORGANIZATION || route->object == API;
}

str
about_absent(struct test *t, const struct route *route)
{
	if (route->object == DECISION)
		return fmt(
		    t->arena, "kdd_1%.*s", STR(random_base62(t->arena, PATH_DECISION_CHARS - 5)));
	return random_base62(t->arena, PATH_ID_CHARS);
}

/* ---- tenancy: another organization's object is as if it were not there */

static str
answer_about(struct test *t, const struct route *route, str id)
{
	struct question q = about_question(t, route, id);
	str text, rest;
	struct buf b = buf_new(t->arena, 2 << 20);

	ask(t, &q);
	text = reply_normal(t, t->text);
	for (size_t at; (at = str_find(text, id)) < text.n; text = rest) {
		buf_add(&b, str_part(text, 0, at));
		buf_add(&b, S("ID"));
		rest = str_part(text, at + id.n, text.n);
	}
	buf_add(&b, text);
	return buf_str(&b);
}

void
general_tenancy(struct test *t, size_t i)
{
	struct about about = about_of(i);
	str absent = about_absent(t, about.route), theirs, foreign, unknown;

	theirs = about_object(t, &about, WHO_NOBODY, true);
	for (enum who who = WHO_NOBODY; who < WHOS && !t->failed; who++) {
		if (common(about.route) && about_allows(&about, who))
			continue;
		fixture_as(t, str_of(who_word(who)));
		answer_about(t, about.route, absent); /* a first visit sets a cookie */
		unknown = answer_about(t, about.route, absent);
		foreign = answer_about(t, about.route, theirs);
		if (!str_eq(unknown, foreign))
			complain(
			    t, "as %s, another organization's answers differently", who_word(who));
		if (about_allows(&about, who) && t->reply.status != 404)
			complain(t, "as %s, it is not 404", who_word(who));
	}
}

/* ---- kinds: what is of another kind than the route is about is as if it were not there */

static void
unknown_as(struct test *t, const struct about *about, enum who who, str id)
{
	str absent = random_base62(t->arena, 10), unknown;

	fixture_as(t, str_of(who_word(who)));
	answer_about(t, about->route, absent); /* a first visit sets a cookie */
	unknown = answer_about(t, about->route, absent);
	if (!str_eq(unknown, answer_about(t, about->route, id)))
		complain(t, "as %s, it answers differently", who_word(who));
	if (about_allows(about, who) && t->reply.status != 404)
		complain(t, "as %s, it is not 404", who_word(who));
}

void
general_kinds(struct test *t, size_t i)
{
	struct about about = about_of(i), other = { about.route, CLIENT, false };
	bool secret = about.object == SECRET;
	str key = secret ? about_object(t, &other, WHO_ADMIN, false) : (str){ 0 }, scoped = key;

	other = (struct about){ about.route, SCOPED, true };
	if (secret)
		scoped = about_object(t, &other, WHO_ADMIN, false);
	other = (struct about){ about.route, SECRET, false };
	for (enum who who = WHO_MEMBER; who <= WHO_ADMIN && !t->failed; who++) {
		unknown_as(t, &about, who, secret ? key : about_object(t, &other, who, false));
		if (secret)
			unknown_as(t, &about, who, scoped);
	}
}

/* ---- owners: an additional secret of somebody else */

/* To another member it is not there; whoever may see it is shown no text. */
void
general_owners(struct test *t, size_t i)
{
	struct about about = about_of(i);
	str theirs = about_object(t, &about, WHO_COMPLIANCE_ADMIN, false);
	struct question q;

	unknown_as(t, &about, WHO_MEMBER, theirs);
	fixture_as(t, S("admin"));
	q = about_question(t, about.route, theirs);
	ask(t, &q);
	if (t->reply.reveals || t->reply.status == 404)
		complain(t, "an admin is shown a text, or nothing");
	fixture_as(t, S("compliance_admin"));
	q = about_question(t, about.route, about_object(t, &about, WHO_ADMIN, false));
	ask(t, &q);
	if (t->reply.reveals || t->reply.status == 404)
		complain(t, "a compliance admin is shown a text, or nothing");
}
