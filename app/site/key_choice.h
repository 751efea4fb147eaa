/* key_choice.h - the field in which people paste a public key, and the choice between that and a secret for a new
 * credential.
 */
#ifndef SITE_KEY_CHOICE_H
#define SITE_KEY_CHOICE_H

#include "core/client.h"
#include "core/key_text.h"
#include "site/page.h"

/* The environment that the session shows, which a form whose address does not say it carries in a hidden field. False, and
 * switched, when it was opened in the other one, and the session was switched since in another tab: what the form would do
 * is not what it has shown. One that has made something is not asked, as it finds its own work; nor is one without the
 * field, which no page of ours is. */
SHAPE(opened_in, text(value), flag(switched));
bool key_opened_in(struct request *, str once, struct opened_in *);

/* Reads what was typed there; once is the number of its form, whose key is registered already when it was sent before.
 * False, with the message in place, when that is no key that can be registered. What was typed stays only when it is
 * surely public, whatever else is wrong with the form. */
bool key_typed(struct request *, struct input *typed, str once, struct public_key *);

/* The choice: by is "secret", also when nothing is said, or "key". */
struct key_choice {
	struct input *by, *typed;
	bool *by_key; /* for the template: the latter is chosen */
	str once;
};

/* Reads it. *key is in the arena, or NULL for a secret, and then what stands in the other field is not looked at, but for
 * whether it may be shown again. False as key_typed(). */
bool key_chosen(struct request *, const struct key_choice *, const struct public_key **key);

/* After something was made with a public key: to its page. And the reply for a form that was sent before, which made
 * *made, with or without one: there too, and with another choice its page says that nothing was made now. */
struct reply key_made_with(struct request *, const struct client_made *made);
struct reply
key_chosen_before(struct request *, const struct client_made *made, const struct public_key *);

#endif
