/* invite.c - a person comes into an organization, by a one-time link.
 *
 *      GET  /invite/:token   the form; uses nothing up
 *      POST /invite/:token   with a password chosen now, or the person's own: signed in
 */
#include "core/factor.h"
#include "core/invitation.h"
#include "core/refusal.h"
#include "core/throttle.h"
#include "pages/pages.h"
#include "site/password.h"
#include "site/session.h"
#include "sql.h"

SHAPE(invite_view, text(token), text(organization_name), text(person_name), text(person_email),
    text(role), flag(known), part(until, moment), part(password, input), text(refused),
    text(signed_in_as), int(min));
PAGE(invite, "Join", .menu = MENU_NONE);

/* The label is the one that the page has: of a password that is chosen now, or the person's own. */
static const struct form_rule chosen[] = {
	{ .name = STR_INIT("password"),
	    .label = STR_INIT("New password"),
	    .required = STR_INIT("Give a password."),
	    .max = 1000,
	    .secret = true },
};
static const struct form_rule own[] = {
	{ .name = STR_INIT("password"),
	    .label = STR_INIT("Your password"),
	    .required = STR_INIT("Give your password."),
	    .max = 1000,
	    .secret = true },
};

/* The same for a link that never was, was used, withdrawn or replaced, and has expired. */
static struct reply
gone(struct request *rq)
{
	struct message_view view = { .status = 404,
		.heading = S("This invitation does not work"),
		.sentence = S("It was used, withdrawn or replaced by a newer one, is over 7 days "
			      "old, whoever sent it may invite nobody there any more, or the "
			      "address is mistyped."),
		.who = S("Whoever sent it to you can make a new one. If you have accepted it "
			 "already, sign in.") };
	struct reply reply = show(rq, 404, &message_page, &view);

	reply.undo = true;
	return reply;
}

/* What every answer shows; false when the link is not good. */
static bool
begin(struct request *rq, struct invite_view *view)
{
	const struct invitation_open_row *open = invitation_open(rq, rq->token);

	if (!open)
		return false;
	*view = (struct invite_view){ .token = rq->token,
		.organization_name = open->organization,
		.person_name = open->name,
		.person_email = open->email,
		.role = role_words(role_of(open->role)),
		.known = open->password_hash.n > 0,
		.until = moment_of(rq, open->expires_at),
		.min = PASSWORD_MIN_CHARS };
	if (rq->actor && rq->actor->person != open->person)
		view->signed_in_as = rq->actor->email;
	return true;
}

struct reply
invite(struct request *rq)
{
	struct invite_view view;

	if (!begin(rq, &view))
		return gone(rq);
	return show(rq, 200, &invite_page, &view);
}

/* An attempt counts as one to sign in does: the link asks for a password too. */
void
invite_count(struct request *rq)
{
	const struct invitation_open_row *open = invitation_open(rq, rq->token);
	str email = open ? open->email : (str){ 0 };

	rq->before.too_often = !throttle_count(rq, email, device_get(rq));
}

static struct reply
let_in(struct request *rq, const struct proven *who)
{
	struct reply reply;

	throttle_clear(rq, who->name, device_get(rq));
	reply = session_start(rq, who, S("/"));
	if (!factor_on(rq, who->person))
		device_set(rq, &reply, who->name, false);
	return reply;
}

static struct reply
refuse(struct request *rq, struct invite_view *view, const char *why)
{
	refusal_note(rq, &(struct audit_who){ 0 }, str_of(why));
	view->password.value = (str){ 0 };
	return show(rq, 422, &invite_page, view);
}

struct reply
invite_save(struct request *rq)
{
	struct invite_view view = { 0 };
	struct proven who;
	bool good;
	str password;

	if (!begin(rq, &view))
		return gone(rq);
	good = view.known ? form_read(rq, invite_view, own, &view)
	                  : form_read(rq, invite_view, chosen, &view);
	password = view.password.value;
	view.password.value = (str){ 0 };
	if (rq->before.too_often) {
		view.refused = S("Too many attempts from here. Wait ten minutes, then try again.");
		return refuse(rq, &view, "too often");
	}
	if (good && !view.known)
		view.password.error =
		    password_words(password_check(password, view.person_email, view.person_name));
	if (!good || view.password.error.n)
		return show(rq, 422, &invite_page, &view);
	switch (invitation_accept(rq, rq->token, password, &who)) {
	case ACCEPTED:
		return let_in(rq, &who);
	case ACCEPTED_WRONG:
		view.refused = S("This is not your password.");
		return refuse(rq, &view, "wrong");
	case ACCEPTED_GONE:
		break;
	}
	return gone(rq);
}
