/* proof.c - dangerous acts ask for the password again. */
#include "site/proof.h"

#include "core/actor.h"
#include "core/audit.h"
#include "core/desk.h"
#include "core/person.h"
#include "core/throttle.h"
#include "db/db.h"
#include "http/form.h"
#include "site/session.h"
#include "sql.h"

static const char field[] = "proof";

static bool
proven_lately(const struct request *rq)
{
	int64_t minutes = rq->desk->settings->proof_minutes;

	return rq->now <= rq->actor->proven_at + minutes * MINUTE;
}

struct proof_asked
proof_of(const struct request *rq)
{
	return (struct proof_asked){ .asked = rq->actor && !rq->before.proven && !proven_lately(rq),
		.label = rq->route && rq->route->proof == PROOF_NOW ? S("Current password")
		                                                    : S("Your password"),
		.error = rq->before.proof_error,
		.minutes = rq->desk->settings->proof_minutes };
}

/* The sentence for a password that does not do; empty for the right one. */
static str
refusal(struct request *rq, str password)
{
	str email = rq->actor->email, device = device_get(rq);

	if (password.n == 0)
		return S("Type your password to go on.");
	if (!throttle_count(rq, email, device))
		return S("Too many attempts from here. Wait ten minutes, then try again.");
	if (!person_knows(rq, password)) {
		rq->before.wrong = true;
		return S("This is not your password.");
	}
	throttle_clear(rq, email, device);
	sql_session_proven(rq->db, .session = rq->actor->session, .now = rq->now);
	return (str){ 0 };
}

void
proof_take(struct request *rq)
{
	if (rq->route->proof == PROOF_NOW || !proven_lately(rq))
		rq->before.proof_error = refusal(rq, form_field(rq, str_of(field)));
	rq->before.proven = rq->before.proof_error.n == 0;
}

void
proof_refuse(struct request *rq, const struct reply *reply)
{
	if (reply->status < 400 && rq->before.done)
		fault(rq->arena->fault, "%s goes on without the password that its route asks for",
		    rq->route->pattern);
	rq->audit = NULL;
	if (!rq->before.wrong)
		return;
	audit(rq, S("proof.refused"), (str){ 0 }, (str){ 0 });
	db_begin(rq->db, DB_WRITE);
	audit_write(rq);
	db_commit(rq->db);
}

/* ---- templates */

/* What follows a mark, up to the end mark; both empty texts when it is not there. */
static str
between(str text, str from, str to, str *rest)
{
	size_t at = str_find(text, from);
	str inside = str_part(text, at + from.n, text.n);
	size_t end = str_find(inside, to);

	*rest = str_part(inside, end + to.n, inside.n);
	return str_part(inside, 0, end);
}

/* An address of a template as one that a route fits: names become ids of some object, and part_home is where a key is. */
static str
example_of(struct arena *a, str action)
{
	static const str token = STR_INIT("0000000000000000000000000000000000000000000");
	static const str key = STR_INIT("/credentials/0000000000");
	struct buf b = buf_new(a, (action.n + 1) * token.n);

	while (action.n) {
		size_t at = str_find(action, S("{{"));
		str name;

		buf_add(&b, str_part(action, 0, at));
		if (at == action.n)
			break;
		name = between(action, S("{{"), S("}}"), &action);
		if (str_eq(name, S("token")))
			buf_add(&b, token);
		else if (str_eq(name, S(">part_home")))
			buf_add(&b, key);
		else
			buf_add(&b, str_part(token, 0, 10));
	}
	return buf_str(&b);
}

static bool
holds(str text, str words)
{
	return str_find(text, words) < text.n;
}

static bool
has_field(enum proof_needed proof, str form)
{
	switch (proof) {
	case PROOF_NEEDLESS:
		break;
	case PROOF_LATELY:
		return holds(form, S("{{>part_proof}}"));
	case PROOF_NOW:
		return holds(form, S("name=\"proof\""));
	}
	return true;
}

static void
check_form(struct arena *a, const struct desk *desk, str name, str form)
{
	str rest, tag = str_cut(form, '>', &rest),
		  action = between(tag, S("action=\""), S("\""), &rest);
	struct request rq = { .arena = a, .method = POST, .path = example_of(a, action) };
	const struct route *route;
	bool elsewhere;

	if (!holds(tag, S("method=\"post\"")))
		return;
	if (action.n == 0)
		fault(a->fault, "%.*s.mustache: a form that posts says where to", STR(name));
	route = route_find(desk->routes, desk->routes_n, &rq, &elsewhere);
	if (route && !has_field(route->proof, form))
		fault(a->fault, "%.*s.mustache: the form to %s needs %s", STR(name), route->pattern,
		    route->proof == PROOF_NOW ? "a field called proof" : "{{>part_proof}}");
}

void
proof_check(struct arena *a, const struct desk *desk, str name, str text)
{
	while (holds(text, S("<form")))
		check_form(a, desk, name, between(text, S("<form"), S("</form>"), &text));
}
