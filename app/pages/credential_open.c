/* credential_open.c - open the secret of a key that was made for the organization, once.
 *
 *      GET  /credentials/:id/open    what opening does, and until when
 *      POST /credentials/:id/open    make its text, and show it to this one person
 *
 *      the same below /secrets/:id: key_home()
 */
#include "core/pending.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/route.h"

SHAPE(credential_open_view, text(id), text(name), text(client_id), text(made_by),
    part(until, moment), text(once));
PAGE(credential_open, "Open the secret of", .menu = MENU_CREDENTIALS);

/* The same for one's own additional secret, which nobody else could have opened. */
static struct reply
nothing_of_ones_own(struct request *rq, const struct opening_by *opened)
{
	struct moment at = moment_of(rq, opened->at);

	if (opened->at)
		return key_conflict(
		    rq, fmt(rq->arena,
			    "You have opened this secret, %.*s (%.*s). It is shown once, and not "
			    "again: if you have not stored it, or it was not you, reset it.",
			    STR(at.ago), STR(at.exact)));
	return key_conflict(
	    rq, S("This secret does not wait to be opened. One that is not opened in time ends "
		  "for good: an admin can add another."));
}

/* Why there is nothing to open; the key's page says the rest. */
static struct reply
nothing(struct request *rq, const struct opening_by *opened)
{
	struct moment at = moment_of(rq, opened->at);

	if (rq->route->object == SECRET)
		return nothing_of_ones_own(rq, opened);
	if (opened->at)
		return key_conflict(
		    rq, fmt(rq->arena,
			    "%.*s has opened this secret, %.*s (%.*s). It is shown once, and not "
			    "again: if it was not you, ask them for it, or reset the secret.",
			    STR(opened->by), STR(at.ago), STR(at.exact)));
	return key_conflict(
	    rq, S("This key has no secret that waits to be opened. If nobody opened it in time, a "
		  "reset makes the next one."));
}

static struct reply
form(struct request *rq, int status, const struct client_card_row *key, str once)
{
	const struct pending_card_row *card =
	    sql_pending_card(rq->db, .org = rq->org, .id = rq->id);
	struct opening_by opened = pending_opened(rq, rq->id);
	struct credential_open_view view;

	if (!card || !str_eq(card->status, S("pending")) || card->expires_at <= rq->now)
		return nothing(rq, &opened);
	view = (struct credential_open_view){ .id = key->id,
		.name = key->name,
		.client_id = key->client_id,
		.made_by = key->created_by,
		.until = moment_of(rq, card->expires_at),
		.once = once };
	return show(rq, status, &credential_open_page, &view);
}

struct reply
credential_open(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to(rq, KEY_OWN, &refusal);

	return key ? form(rq, 200, key, once_number(rq)) : refusal;
}

struct reply
credential_open_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to(rq, KEY_OWN, &refusal);
	struct opening wish = { .id = rq->id, .once = form_field(rq, S("once")) };
	struct client_made made;
	struct opening_by opened;

	if (!key)
		return refusal;
	if (rq->unproven)
		return form(rq, 422, key, wish.once.n ? wish.once : once_number(rq));
	if (wish.once.n == 0)
		return key_see(rq, "/open");
	switch (pending_open(rq, &wish, &made, &opened)) {
	case OPENED:
		return key_reveal(rq, &made, KEY_OPENED);
	case OPENED_BEFORE:
		return key_made_before(rq, &made, KEY_OPENED);
	case OPENED_ALREADY:
	case OPENED_LATE:
	case OPENED_NOTHING:
		break;
	}
	return nothing(rq, &opened);
}
