/* handed.c - a one-time link for a person, handed on: mailed when there is a mail server, else shown once to be copied. */
#include "site/handed.h"

#include "core/actor.h"
#include "core/mail.h"
#include "core/throttle.h"

PAGE(handed_link, "Shown once: the link", .menu = MENU_TEAM, .alone = true);

static struct reply
reveal(struct request *rq, const struct handed_link_view *view)
{
	struct reply reply = show(rq, 200, &handed_link_page, view);

	reply.reveals = true;
	return reply;
}

static str
link_of(struct request *rq, const char *folder, str token)
{
	return fmt(rq->arena, "%.*s/%s/%.*s", STR(rq->desk->settings->url), folder, STR(token));
}

static struct reply
mailed(struct request *rq, const struct mail *mail, str user)
{
	mail_queue(rq, mail);
	return see_other(rq, "/team/%.*s?did=mailed", STR(user));
}

str
handed_refused(struct request *rq, str email)
{
	if (!mail_possible(rq->desk->settings))
		return (str){ 0 };
	switch (throttle_mail(rq, email)) {
	case THROTTLE_MAIL_WITHIN:
		return (str){ 0 };
	case THROTTLE_MAIL_OF_SPENT:
		return fmt(rq->arena,
		    "Your organization has sent %d mails within an hour. Nothing was sent. Wait an "
		    "hour.",
		    THROTTLE_MAILS_OF);
	case THROTTLE_MAIL_TO_SPENT:
		break;
	}
	return fmt(rq->arena,
	    "This address was sent %d mails within an hour. Nothing was sent. Wait an hour, and "
	    "have "
	    "them look among unwanted mail.",
	    THROTTLE_MAILS_TO);
}

struct reply
handed_invitation(struct request *rq, const struct invitation *made, str email)
{
	struct handed_link_view view = { .id = made->user,
		.email = email,
		.invitation = true,
		.link = link_of(rq, "invite", made->token),
		.until = moment_of(rq, made->until) };
	struct mail mail = { .to = email, .subject = S("You are invited to Keydesk") };

	if (!mail_possible(rq->desk->settings))
		return reveal(rq, &view);
	mail.text = fmt(rq->arena,
	    "%.*s (%.*s) invites you to %.*s,\nwhich keeps its API credentials at %.*s.\n\n"
	    "Accept here:\n\n%.*s\n\n"
	    "The link works once, until %.*s. You sign in as %.*s.\n"
	    "If you know nothing of it, do nothing.\n",
	    STR(rq->actor->name), STR(rq->actor->email), STR(rq->actor->organization),
	    STR(rq->desk->settings->url), STR(view.link), STR(view.until.exact), STR(email));
	return mailed(rq, &mail, made->user);
}

struct reply
handed_reset(struct request *rq, str user, const struct reset_link *made)
{
	struct handed_link_view view = { .id = user,
		.email = made->email,
		.link = link_of(rq, "reset", made->token),
		.until = moment_of(rq, made->until) };
	struct mail mail = { .to = made->email, .subject = S("A new password for Keydesk") };

	if (!mail_possible(rq->desk->settings))
		return reveal(rq, &view);
	mail.text = fmt(rq->arena,
	    "%.*s (%.*s) has made a link by which you choose a new\npassword at %.*s:\n\n%.*s\n\n"
	    "It works once, until %.*s. You sign in as %.*s.\n"
	    "If you have not asked for it, do nothing: your password stays as it is.\n",
	    STR(rq->actor->name), STR(rq->actor->email), STR(rq->desk->settings->url),
	    STR(view.link), STR(view.until.exact), STR(made->email));
	return mailed(rq, &mail, user);
}
