/* scoped_form.h - the form of a scoped credential: API, then permission, then scope; for a new one and for an edit.
 *
 * What is picked is always on the page, so that a search within the form loses nothing.
 */
#ifndef SITE_SCOPED_FORM_H
#define SITE_SCOPED_FORM_H

#include "site/choice.h"
#include "site/key_choice.h"

SHAPE(choice_workspace, text(id), text(name), flag(chosen), flag(archived));
SHAPE(choice_account, text(id), text(name), flag(chosen), flag(archived),
    list(workspaces, choice_workspace));
SHAPE(scoped_offer, list(apis, choice_api), list(lost, choice_lost), list(accounts, choice_account),
    flag(many), flag(none_found), list(owners, choice_person), flag(owners_many));

/* The view of both pages. may and where hold only messages; opened_in, by and public_key are of a new one:
 * site/key_choice.h. */
SHAPE(scoped_form, text(id), text(heading), flag(meanwhile), int(version), text(once),
    part(opened_in, opened_in), part(name, input), part(may, input), part(where, input),
    many(account), many(workspace), part(find, input), part(description, input), part(owner, input),
    part(find_owner, input), part(tags, input), part(expires, input), part(networks, input),
    part(by, input), flag(by_key), part(public_key, input), part(offer, scoped_offer),
    part(now, moment));

/* The form as a credential stands, and what it holds as a wish. */
void scoped_form_fill(
    struct request *, const struct scoped_get_row *, struct scoped_form *, struct scoped_wish *);

/* Reads what was posted. was_expires is when the credential ends now, 0 for a new one: that time may stay. False,
 * with every message in place, when something is not right by itself. */
bool
scoped_form_read(struct request *, int64_t was_expires, struct scoped_form *, struct scoped_wish *);

/* Puts what scoped_make() or scoped_edit() has found wrong at its fields. */
void scoped_form_wrong(struct request *, const struct scoped_wrong *, struct scoped_form *);

/* The page, with what may be chosen and what is; was is NULL for a new one. */
struct scoped_shown_as {
	const struct page *page;
	const struct scoped_get_row *was;
	int status;
};
struct reply scoped_form_show(struct request *, const struct scoped_shown_as *,
    struct scoped_form *, const struct scoped_wish *);

/* The same for a search: 200, without messages. */
struct reply scoped_form_found(struct request *, const struct scoped_shown_as *,
    struct scoped_form *, const struct scoped_wish *);

#endif
