/* credential_rotate.c - a new secret beside the old one, for a while.
 *
 *      GET  /credentials/:id/rotate    how long both work, and when the old one ends
 *      POST /credentials/:id/rotate    do it, and show the new secret once; or the form again
 *
 *      the same below /secrets/:id and /data-api: key_home()
 */
#include "core/policy.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/rotation.h"
#include "site/route.h"
#include "site/use.h"

SHAPE(overlap_choice, text(word), text(words), part(ends, moment), flag(chosen), flag(ends_before));
SHAPE(credential_rotate_view, text(id), text(name), text(noun), text(handle), text(client_id),
    text(hint), part(last_used, moment), text(last_address), text(last_program),
    part(felt_by, felt_shown), flag(works), part(latest, moment), text(old_hint),
    part(old_ends, moment), part(old_used, moment), part(overlap, input),
    list(choices, overlap_choice), text(seen), text(once));
PAGE(credential_rotate, "Rotate the secret of", .menu = MENU_CREDENTIALS,
    .data_title = STR_INIT("Replace the API key with an overlap"));

static int64_t
latest_end(struct request *rq, const struct client_card_row *key)
{
	return rotation_latest_end(rq, key->expires_at, key->client_expires_at, key->leaver_at);
}

/* The five, with the moment at which each would end the old secret if it were chosen now. */
static struct overlap_choices
choices_of(struct request *rq, const struct client_card_row *key, str chosen)
{
	struct overlap_choice *at = NEW(rq->arena, struct overlap_choice, ROTATION_OVERLAPS);
	int64_t latest = latest_end(rq, key);

	for (size_t i = 0; i < ROTATION_OVERLAPS; i++) {
		const struct rotation_overlap *overlap = &rotation_overlaps[i];
		int64_t ends = rq->now + overlap->span;
		bool before = latest && latest < ends;

		at[i] = (struct overlap_choice){ .word = overlap->word,
			.words = overlap->words,
			.ends = moment_of(rq, before ? latest : ends),
			.chosen = str_eq(chosen, overlap->word),
			.ends_before = before };
	}
	return (struct overlap_choices){ at, ROTATION_OVERLAPS };
}

static struct credential_rotate_view
view_of(struct request *rq, const struct client_card_row *key)
{
	int64_t latest = latest_end(rq, key);
	struct credential_rotate_view view = { .id = key->id,
		.name = key->name,
		.noun = key_noun(key->kind),
		.handle = key_handle(key->kind),
		.client_id = key->client_id,
		.hint = key->hint,
		.last_used = moment_of(rq, key->last_used_at),
		.last_address = key->last_used_from,
		.last_program = key->last_used_by,
		.felt_by = use_felt_by(rq),
		.works = key->sid.n && keyring_key(rq->desk->keyring, (int)key->secret_key) &&
		         (!latest || latest > rq->now),
		.latest = moment_of(rq, latest),
		.seen = key->sid };

	if (KEY_ROTATES(rq, key)) {
		view.old_hint = key->old_hint;
		view.old_ends = moment_of(rq, key->old_ends_at);
		view.old_used = moment_of(rq, key->old_used_at);
	}
	return view;
}

struct reply
credential_rotate(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to(rq, KEY_OWN, &refusal);
	int64_t meant = policy_of(rq).overlap_minutes * MINUTE;
	struct credential_rotate_view view;

	if (!key)
		return refusal;
	view = view_of(rq, key);
	view.once = once_number(rq);
	view.choices = choices_of(rq, key, rotation_overlap_near(meant)->word);
	return show(rq, 200, &credential_rotate_page, &view);
}

static struct reply
form_again(
    struct request *rq, const struct client_card_row *key, struct credential_rotate_view *view)
{
	view->seen = key->sid;
	view->choices = choices_of(rq, key, view->overlap.value);
	return show(rq, 422, &credential_rotate_page, view);
}

struct reply
credential_rotate_save(struct request *rq)
{
	struct reply refusal;
	const struct client_card_row *key = key_to(rq, KEY_OWN, &refusal);
	struct rotation_wish wish = {
		.id = rq->id, .seen = form_field(rq, S("seen")), .once = form_field(rq, S("once"))
	};
	str words = key_secret_words(rq);
	struct form_rule rules[] = {
		{ .name = S("overlap"),
		    .label = fmt(rq->arena, "Both %.*ss work for", STR(words)),
		    .required = fmt(rq->arena, "Choose how long both %.*ss work.", STR(words)),
		    .max = 100 },
	};
	struct credential_rotate_view view;
	const struct rotation_overlap *overlap;
	struct client_made made;
	bool good;

	if (!key)
		return refusal;
	view = view_of(rq, key);
	view.once = wish.once.n ? wish.once : once_number(rq);
	good = form_read(rq, credential_rotate_view, rules, &view);
	overlap = rotation_overlap(view.overlap.value);
	if (!overlap && view.overlap.error.n == 0)
		view.overlap.error = S("Choose one of these lengths.");
	/* Without its number a form could rotate twice, without what it saw it could end a secret unseen. */
	if (!good || !overlap || wish.once.n == 0 || wish.seen.n == 0)
		return form_again(rq, key, &view);
	wish.overlap = overlap->span;
	switch (rotation_start(rq, &wish, &made)) {
	case ROTATED:
		return key_reveal(rq, &made, KEY_ROTATED);
	case ROTATED_BEFORE:
		return key_made_before(rq, &made, KEY_ROTATED);
	case ROTATED_CHANGED:
		return rotation_changed(rq);
	case ROTATED_ENDED:
		return key_conflict(rq,
		    fmt(rq->arena,
			"Its %.*s does not work any more, so there is nothing to overlap with. "
			"%s: that makes the next one.",
			STR(words), rq->route->object == DATA ? "Replace it at once" : "Reset it"));
	case ROTATED_NOTHING:
		break;
	}
	return not_found(rq);
}
