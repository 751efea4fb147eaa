/* message.c - pages that say one sentence: what happened, what it means, what to do. */
#include "site/page.h"

#include "core/actor.h"
#include "site/route.h"
#include "site/session.h"
#include "sql.h"

#include <inttypes.h>

enum { NAMES_MAX_BYTES = 4000 };

PAGE(message, "Keydesk", .menu = MENU_NONE);

static struct reply
say(struct request *rq, const struct message_view *view)
{
	struct reply reply = show(rq, (int)view->status, &message_page, view);

	reply.undo = true;
	return reply;
}

struct reply
not_found(struct request *rq)
{
	return sorry(rq, 404);
}

str
admins_named(struct request *rq)
{
	struct message_admins_rows admins = sql_message_admins(rq->db, .org = rq->org);
	struct buf b = buf_new(rq->arena, NAMES_MAX_BYTES);

	for (size_t i = 0; i < admins.n; i++)
		buf_fmt(&b, "%s%.*s", i ? ", " : "", STR(admins.at[i].name));
	return buf_str(&b);
}

static str
who_may(struct request *rq)
{
	str names;

	if (rq->route && rq->route->may == OPERATOR)
		return S("The operator of this Keydesk can do this: whoever runs it for all "
			 "organizations.");
	if (!rq->org)
		return S("Admins of an organization do this, for their own. An operator has no "
			 "part in any.");
	names = admins_named(rq);
	if (!names.n)
		return S("Admins of your organization can do this, or give you a role that can.");
	return fmt(rq->arena,
	    "Admins of your organization can do this, or give you a role that can: ask %.*s.",
	    STR(names));
}

struct reply
forbidden(struct request *rq)
{
	struct message_view view = { .status = 403,
		.heading = S("You may not open this page"),
		.sentence = S("Your role does not include it."),
		.who = who_may(rq) };

	return say(rq, &view);
}

struct reply
conflict(struct request *rq, str sentence)
{
	struct message_view view = {
		.status = 409, .heading = S("Nothing was changed"), .sentence = sentence
	};

	return say(rq, &view);
}

struct reply
too_many(struct request *rq)
{
	struct message_view view = { .status = 429,
		.heading = S("Too many changes in one second"),
		.sentence = fmt(rq->arena,
		    "One session may send %" PRId64 " forms in a second, all of yours together "
		    "twice as many. Nothing was changed. Wait a second, then reload this page: "
		    "that sends the form again, with all that you typed.",
		    rq->desk->settings->writes_per_second) };
	struct reply reply = say(rq, &view);

	reply_header(rq, &reply, S("Retry-After"), S("1"));
	return reply;
}

struct reply
uncertain(struct request *rq)
{
	struct message_view view = { .status = 503,
		.heading = S("Keydesk does not know whether this was done"),
		.sentence = S("The database stopped answering while it was saving. Open the page "
			      "again and look before you repeat it.") };

	return say(rq, &view);
}

/* Reloading sends the same form again: then its token is good, as the session is where it was. */
static struct reply
of_another_home(struct request *rq, const struct session_homes_row *home)
{
	struct message_view view = { .status = 403,
		.heading = S("This form was opened in another organization"),
		.sentence = fmt(rq->arena,
		    "It is of “%.*s”. Since then you have gone on in “%.*s”, in another tab or "
		    "window. Nothing was changed.",
		    STR(home->name), STR(rq->actor->organization)),
		.who = fmt(rq->arena,
		    "To send it after all, go to “%.*s” in a new tab, then reload this page: that "
		    "sends the form again, with all that you typed.",
		    STR(home->name)),
		.home = home->id };

	return say(rq, &view);
}

static struct reply
stale(struct request *rq, str when)
{
	struct message_view view = { .status = 403,
		.heading = S("This form is no longer valid"),
		.sentence = fmt(rq->arena,
		    "It was opened %.*s. Nothing was changed. Open the page again and send it from "
		    "there.",
		    STR(when)) };

	return say(rq, &view);
}

struct reply
not_ours(struct request *rq)
{
	const struct session_homes_row *home = csrf_home(rq);

	if (home && home->id.n)
		return of_another_home(rq, home);
	if (home)
		return stale(
		    rq, fmt(rq->arena, "before you went to “%.*s”", STR(rq->actor->organization)));
	if (rq->me)
		return stale(
		    rq, S("before you signed in, in another browser, or in another organization"));
	return stale(rq, S("before you signed in, or in another browser"));
}

struct reply
sorry(struct request *rq, int status)
{
	struct message_view view = { .status = status };

	switch (status) {
	case 404:
		view.heading = S("There is nothing here");
		view.sentence =
		    S("The address is mistyped, or what it led to is gone or not yours.");
		break;
	case 405:
		view.heading = S("This address does not do that");
		view.sentence = S("Open the page and use its buttons.");
		break;
	case 421:
		view.heading = S("This is not the address of this Keydesk");
		view.sentence = fmt(rq->arena, "Open %.*s instead.", STR(rq->desk->settings->url));
		break;
	case 503:
		view.heading = S("Keydesk cannot answer right now");
		view.sentence =
		    S("The database does not answer, or too much is asked at once. Nothing was "
		      "changed. Try again in a few seconds.");
		break;
	default:
		view.heading = S("Something went wrong here");
		view.sentence = S("Nothing was changed. The fault is noted with the number below.");
		break;
	}
	return say(rq, &view);
}
