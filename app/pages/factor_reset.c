/* factor_reset.c - an admin turns off the second factor of somebody who has lost it.
 *
 *      GET  /team/:id/reset-factor    what that does
 *      POST /team/:id/reset-factor    do it; their sessions end
 */
#include "core/actor.h"
#include "core/audit.h"
#include "core/factor.h"
#include "core/mail.h"
#include "pages/pages.h"
#include "sql.h"

#include <inttypes.h>

SHAPE(factor_reset_view, text(id), text(name), text(email), flag(on), part(since, moment),
    flag(may), flag(oneself), flag(elsewhere), flag(mails));
PAGE(factor_reset, "Reset the second factor of", .menu = MENU_NONE);

/* A factor is the person's, in each of their organizations: one of them alone does not decide. */
static bool
may_reset(const struct request *rq, const struct factor_person_row *person)
{
	return !person->elsewhere && !person->is_operator && person->person != rq->actor->person;
}

static struct reply
form(struct request *rq, int status, const struct factor_person_row *person)
{
	struct factor_reset_view view = { .id = rq->id,
		.name = person->name,
		.email = person->email,
		.on = person->since != 0,
		.since = moment_of(rq, person->since),
		.may = may_reset(rq, person),
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
	int64_t ended;

	if (!person)
		return not_found(rq);
	if (rq->unproven || !may_reset(rq, person))
		return form(rq, 422, person);
	if (person->since) {
		ended = factor_end(rq, person->person, 0);
		audit(rq, S("person.reset-factor"), rq->id,
		    fmt(rq->arena, "{\"sessions\":%" PRId64 "}", ended));
		tell(rq, person);
	}
	return see_other(rq, "/team/%.*s?did=factor-reset", STR(rq->id));
}
