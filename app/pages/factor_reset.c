/* factor_reset.c - an admin turns off the second factor of somebody who has lost it.
 *
 *      GET  /team/:id/reset-factor    what that does
 *      POST /team/:id/reset-factor    do it; their sessions end
 */
#include "core/actor.h"
#include "core/factor.h"
#include "core/mail.h"
#include "pages/pages.h"
#include "sql.h"

SHAPE(factor_reset_view, text(id), text(name), text(email), flag(on), part(since, moment),
    flag(may), flag(oneself), flag(elsewhere), flag(mails));
PAGE(factor_reset, "Reset the second factor of", .menu = MENU_NONE);

static struct reply
form(struct request *rq, int status, const struct factor_person_row *person)
{
	struct factor_reset_view view = { .id = rq->id,
		.name = person->name,
		.email = person->email,
		.on = person->since != 0,
		.since = moment_of(rq, person->since),
		.may = factor_may_take(rq, person),
		.oneself = person->person == rq->actor->person,
		.elsewhere = person->elsewhere || person->is_operator,
		.mails = mail_possible(rq->desk->settings) };

	return show(rq, status, &factor_reset_page, &view);
}

static const struct factor_person_row *
person_of(struct request *rq)
{
	return sql_factor_person(rq->db, .org = rq->org, .id = rq->id);
}

struct reply
factor_reset(struct request *rq)
{
	const struct factor_person_row *person = person_of(rq);

	return person ? form(rq, 200, person) : not_found(rq);
}

static void
tell(struct request *rq, const struct factor_person_row *person)
{
	if (!mail_possible(rq->desk->settings))
		return;
	mail_queue(rq, &(struct mail){ .to = person->email,
			   .subject = S("Your second factor was turned off"),
			   .text = fmt(rq->arena,
			       "%.*s, an admin of %.*s, has turned off your second factor in "
			       "Keydesk. You sign in with your password alone until you turn it "
			       "on again, and all your sessions have ended.\n\nIf you did not ask "
			       "for this, tell another admin at once.\n\n%.*s/sign-in\n",
			       STR(rq->actor->email), STR(rq->actor->organization),
			       STR(rq->desk->settings->url)) });
}

struct reply
factor_reset_save(struct request *rq)
{
	const struct factor_person_row *person = person_of(rq);
	struct reply reply;

	if (!person)
		return not_found(rq);
	if (rq->unproven)
		return form(rq, 422, person);
	switch (factor_take(rq, rq->id)) {
	case FACTOR_TAKE_REFUSED:
		person = person_of(rq);
		reply = person ? form(rq, 422, person) : not_found(rq);
		reply.undo = true;
		return reply;
	case FACTOR_TAKEN:
		tell(rq, person);
		break;
	case FACTOR_TAKE_NEEDLESS:
		break;
	}
	return see_other(rq, "/team/%.*s?did=factor-reset", STR(rq->id));
}
