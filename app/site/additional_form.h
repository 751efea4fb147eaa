/* additional_form.h - the form of an additional secret: for a new one and for an edit.
 *
 * What is offered is what this person may give: admins what the organization is entitled to, others what its admins let
 * members give themselves. What is picked is always on the page, so that a search within the form loses nothing.
 */
#ifndef SITE_ADDITIONAL_FORM_H
#define SITE_ADDITIONAL_FORM_H

#include "core/additional.h"
#include "site/choice.h"
#include "site/key_choice.h"

SHAPE(choice_key, text(id), text(name), text(client_id), flag(chosen));
SHAPE(additional_offer, list(apis, choice_api), list(lost, choice_lost), list(keys, choice_key),
    flag(keys_many), list(members, choice_person), flag(members_many), flag(found_none));

/* Why there is no form: one of them. admins is whom to ask. */
SHAPE(additional_bars, flag(no_key), flag(none_entitled), flag(none_given), text(admins));

/* How many there are, of how many. */
SHAPE(additional_room, int(used), int(limit), flag(full));

/* The view of both pages. key and may hold only messages. opened_in is of a new one: site/key_choice.h. for_others: who asks may make one for somebody else. key_name and
 * member_name are those of one that there is. */
SHAPE(additional_form, text(id), text(heading), flag(meanwhile), int(version), text(once),
    part(opened_in, opened_in), part(name, input), part(member, input), part(find_member, input),
    part(key, input), flag(only_reads), part(may, input), part(comment, input),
    part(expires, input), part(networks, input), part(offer, additional_offer), part(now, moment),
    flag(for_others), flag(barred), part(bars, additional_bars), part(room, additional_room),
    text(key_name), text(member_name));

/* The form as a secret stands, and what it holds as a wish. */
void additional_form_fill(struct request *, const struct additional_get_row *,
    struct additional_form *, struct additional_wish *);

/* Reads what was posted. was is the secret as it stands, NULL for a new one. False, with every message in place, when
 * something is not right by itself. */
bool additional_form_read(struct request *, const struct additional_get_row *was,
    struct additional_form *, struct additional_wish *);

/* Puts what additional_make() or additional_change() has found wrong at its fields. */
void
additional_form_wrong(struct request *, const struct additional_wrong *, struct additional_form *);

/* The page, with what may be chosen and what is; was is NULL for a new one. */
struct additional_shown_as {
	const struct page *page;
	const struct additional_get_row *was;
	int status;
};
struct reply additional_form_show(struct request *, const struct additional_shown_as *,
    struct additional_form *, const struct additional_wish *);

/* The same for a search: 200, without messages. */
struct reply additional_form_found(struct request *, const struct additional_shown_as *,
    struct additional_form *, const struct additional_wish *);

#endif
