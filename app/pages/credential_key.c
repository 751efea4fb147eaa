/* credential_key.c - a public key in place of the secret of an account API key or a scoped credential.
 *
 *      GET  /credentials/:id/key    the form: the key, and how long the one in use still works
 *      POST /credentials/:id/key    register it, or the form again
 */
#include "core/policy.h"
#include "core/public_key.h"
#include "core/rotation.h"
#include "core/token.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/key_choice.h"
#include "site/rotation.h"
#include "site/use.h"

SHAPE(key_overlap, text(word), text(words), flag(chosen));
SHAPE(credential_key_view, text(id), text(name), text(noun), text(handle), text(client_id),
    text(hint), text(kind), part(last_used, moment), text(last_address), text(last_program),
    part(felt_by, felt_shown), text(old_hint), flag(works), part(public_key, input),
    part(overlap, input), list(choices, key_overlap), text(issuer), text(algorithms), text(seen),
    text(once));
PAGE(credential_key, "Use a public key for", .menu = MENU_CREDENTIALS);

static const str at_once = STR_INIT("now");
static const str sent_before = STR_INIT(
    "This form was sent before, with another key, and that one is registered. This one is not. "
    "Open the page again to replace it.");
static const str nothing_beside =
    STR_INIT("What is in use does not work any more, so nothing can work beside the key. Register "
	     "it again, at once.");

static const struct form_rule rules[] = {
	{ .name = STR_INIT("public_key"),
	    .label = STR_INIT("Public key"),
	    .required = STR_INIT("Paste the public key."),
	    .max = KEY_TEXT_MAX_CHARS,
	    .lines = true },
	{ .name = STR_INIT("overlap"), .label = STR_INIT("The one in use"), .max = 10 },
};

/* Whether what is in use may work on for a while. */
static bool
works(struct request *rq, const struct client_card_row *key)
{
	int64_t end =
	    rotation_latest_end(rq, key->expires_at, key->client_expires_at, key->leaver_at);

	return key->sid.n && !KEY_UNOPENED(key) &&
	       keyring_key(rq->desk->keyring, (int)key->secret_key) && (!end || end > rq->now);
}

static struct key_overlaps
choices_of(struct request *rq, str chosen)
{
	struct key_overlap *at = NEW(rq->arena, struct key_overlap, ROTATION_OVERLAPS + 1);
	size_t n = 0;

	for (; n < ROTATION_OVERLAPS; n++)
		at[n] = (struct key_overlap){ rotation_overlaps[n].word,
			fmt(rq->arena, "works beside it for %.*s", STR(rotation_overlaps[n].words)),
			str_eq(chosen, rotation_overlaps[n].word) };
	at[n++] = (struct key_overlap){ at_once, S("ends at once"), str_eq(chosen, at_once) };
	return (struct key_overlaps){ at, n };
}

static struct reply
form(struct request *rq, int status, const struct client_card_row *key,
    struct credential_key_view *view)
{
	int64_t meant = policy_of(rq).overlap_minutes * MINUTE;
	str chosen =
	    view->overlap.value.n ? view->overlap.value : rotation_overlap_near(meant)->word;

	view->id = key->id;
	view->name = key->name;
	view->noun = key_noun(key->kind);
	view->handle = key_handle(key->kind);
	view->client_id = key->client_id;
	view->hint = key->hint;
	view->kind = key->key_kind;
	view->last_used = moment_of(rq, key->last_used_at);
	view->last_address = key->last_used_from;
	view->last_program = key->last_used_by;
	view->felt_by = use_felt_by(rq);
	view->old_hint = KEY_ROTATES(rq, key) ? key->old_hint : (str){ 0 };
	view->works = works(rq, key);
	view->choices = choices_of(rq, chosen);
	view->issuer = token_issuer(rq, key->environment);
	view->algorithms = S("ES256 for P-256, EdDSA for Ed25519, RS256 or PS256 for RSA");
	view->seen = key->sid;
	return show(rq, status, &credential_key_page, view);
}

struct reply
credential_key(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct credential_key_view view = { .once = once_number(rq) };

	return key ? form(rq, 200, key, &view) : refusal;
}

static enum rotated
start(struct request *rq, const struct rotation_wish *wish)
{
	struct client_next next = { wish->id, wish->once, wish->key, &wish->seen };
	struct client_made made;

	if (wish->overlap)
		return rotation_start(rq, wish, &made);
	switch (client_reset_to(rq, &next, &made)) {
	case MADE_NEW:
		return ROTATED;
	case MADE_BEFORE:
		return ROTATED_BEFORE;
	case MADE_CHANGED:
		return ROTATED_CHANGED;
	case MADE_NOTHING:
	case MADE_FULL:
		break;
	}
	return ROTATED_NOTHING;
}

/* The key stays in the form, which now shows what is in use and asks what becomes of that. */
static struct reply
meanwhile(struct request *rq, struct credential_key_view *view)
{
	const struct client_card_row *key = key_card(rq);
	struct reply reply;

	if (!key)
		return not_found(rq);
	(works(rq, key) ? &view->overlap : &view->public_key)->error =
	    S("The secrets have changed since you opened the page. Look at what is in use now, and "
	      "decide again.");
	reply = form(rq, 422, key, view);
	reply.undo = true;
	return reply;
}

static struct reply
registered(struct request *rq, const struct rotation_wish *wish, struct credential_key_view *view)
{
	switch (start(rq, wish)) {
	case ROTATED_BEFORE: /* by this form, perhaps with another key */
		if (!public_key_known(rq, wish->key))
			return key_conflict(rq, sent_before);
		return key_see(rq, "?did=registered");
	case ROTATED:
		return key_see(rq, "?did=registered");
	case ROTATED_CHANGED:
		return meanwhile(rq, view);
	case ROTATED_ENDED:
		return key_conflict(rq, nothing_beside);
	case ROTATED_NOTHING:
		break;
	}
	return not_found(rq);
}

struct reply
credential_key_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to_change(rq, &refusal);
	struct rotation_wish wish = { .id = rq->id, .seen = form_field(rq, S("seen")) };
	struct credential_key_view view = { .once = form_field(rq, S("once")) };
	const struct rotation_overlap *overlap;
	struct public_key public_key;
	bool good;

	if (!key)
		return refusal;
	good = form_read(rq, credential_key_view, rules, &view);
	good = key_typed(rq, &view.public_key, view.once, &public_key) && good;
	overlap = rotation_overlap(view.overlap.value);
	if (!overlap && works(rq, key) && !str_eq(view.overlap.value, at_once)) {
		view.overlap.error = S("Choose what becomes of the one in use.");
		good = false;
	}
	/* Without its number a form could register two, without what it saw it could end a secret unseen. */
	if (view.once.n == 0)
		view.once = once_number(rq), good = false;
	if (!good || (overlap && wish.seen.n == 0))
		return form(rq, 422, key, &view);
	wish.key = &public_key;
	wish.once = view.once;
	wish.overlap = overlap ? overlap->span : 0;
	return registered(rq, &wish, &view);
}
