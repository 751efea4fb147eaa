/* key_choice.c - the field of a public key, and the choice between that and a secret for a new credential. */
#include "site/key_choice.h"

#include "core/public_key.h"
#include "site/key.h"

static const str known = STR_INIT("This key is, or was, registered here. Make a new pair: a key is "
				  "used for one credential, and once.");

bool
key_opened_in(struct request *rq, str once, struct opened_in *in)
{
	str sent = form_field(rq, S("environment"));

	in->value = rq->environment;
	in->switched =
	    sent.n && !str_eq(sent, rq->environment) && !(once.n && once_claimed(rq, once));
	return !in->switched;
}

bool
key_typed(struct request *rq, struct input *typed, str once, struct public_key *key)
{
	struct key_text text = key_text_read(rq->arena, typed->value);

	if (typed->value.n && !typed->error.n) {
		typed->error = text.wrong;
		if (!text.wrong.n && public_key_known(rq, &text.key) && !once_claimed(rq, once))
			typed->error = known;
	}
	if (!text.clear)
		typed->value = (str){ 0 };
	*key = text.key;
	return !typed->error.n;
}

bool
key_chosen(struct request *rq, const struct key_choice *choice, const struct public_key **key)
{
	struct input *by = choice->by, *typed = choice->typed;
	struct public_key *read = NEW(rq->arena, struct public_key, 1);

	*key = NULL;
	*choice->by_key = str_eq(by->value, S("key"));
	if (*choice->by_key) {
		if (!typed->value.n && !typed->error.n)
			typed->error = S("Paste the public key, or choose a secret.");
		*key = read;
		return key_typed(rq, typed, choice->once, read);
	}
	if (by->value.n && !str_eq(by->value, S("secret")))
		by->error = S("Choose a secret or a public key.");
	if (!key_text_read(rq->arena, typed->value).clear)
		typed->value = (str){ 0 };
	return !by->error.n && !typed->error.n;
}

struct reply
key_made_with(struct request *rq, const struct client_made *made)
{
	return see_other(rq, "/credentials/%.*s?did=made", STR(made->id));
}

struct reply
key_chosen_before(struct request *rq, const struct client_made *made, const struct public_key *key)
{
	const struct client_card_row *card =
	    sql_client_card(rq->db, .org = rq->org, .id = made->id);

	if (!card || (!key && !card->key_kind.n))
		return key_made_before(rq, made, KEY_MADE);
	if (key && sql_public_key_of(
		       rq->db, .org = rq->org, .id = made->id, .thumbprint = key->thumbprint))
		return key_made_with(rq, made);
	return see_other(rq, "/credentials/%.*s?did=made-before", STR(made->id));
}
