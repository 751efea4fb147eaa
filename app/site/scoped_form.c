/* scoped_form.c - the form of a scoped credential: what was posted, and what was wrong with it. */
#include "site/scoped_form.h"

#include "core/key_text.h"
#include "core/network.h"
#include "site/place.h"
#include "site/scoped_offer.h"

enum {
	ID_CHARS_MAX = 20,
	TIME_CHARS_MAX = 40,
};

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give the credential a name."),
	    .max = 100 },
	{ .name = STR_INIT("account"), .max = ID_CHARS_MAX },
	{ .name = STR_INIT("workspace"), .max = ID_CHARS_MAX },
	{ .name = STR_INIT("find"), .label = STR_INIT("Find workspaces"), .max = 100 },
	{ .name = STR_INIT("description"),
	    .label = STR_INIT("Description"),
	    .max = 500,
	    .lines = true },
	{ .name = STR_INIT("owner"), .label = STR_INIT("Owner"), .max = ID_CHARS_MAX },
	{ .name = STR_INIT("find_owner"), .label = STR_INIT("Find people"), .max = 100 },
	{ .name = STR_INIT("tags"), .label = STR_INIT("Tags"), .max = 300 },
	{ .name = STR_INIT("expires"), .label = STR_INIT("Ends"), .max = TIME_CHARS_MAX },
	{ .name = STR_INIT("networks"),
	    .label = STR_INIT("Allowed addresses"),
	    .max = 4000,
	    .lines = true },
	{ .name = STR_INIT("by"), .label = STR_INIT("What it proves itself with"), .max = 10 },
	{ .name = STR_INIT("public_key"),
	    .label = STR_INIT("Public key"),
	    .max = KEY_TEXT_MAX_CHARS,
	    .lines = true },
	{ .name = STR_INIT("version") },
};

/* ---- what was posted */

static bool
no_error(const struct scoped_form *form)
{
	return form->expires.error.n == 0 && form->networks.error.n == 0;
}

bool
scoped_form_read(
    struct request *rq, int64_t was_expires, struct scoped_form *form, struct scoped_wish *wish)
{
	bool good = form_read(rq, scoped_form, rules, form);

	good = !place_input_is_secret(&form->name) && good;
	good = !place_input_is_secret(&form->description) && good;
	good = !place_input_is_secret(&form->tags) && good;
	form->may.label = S("Permissions");
	form->where.label = S("Workspaces");
	*wish = (struct scoped_wish){ .environment = rq->environment,
		.once = form->once,
		.name = form->name.value,
		.description = form->description.value,
		.owner = form->owner.value,
		.tags = tags_read(rq->arena, form->tags.value),
		.may = choice_may(rq),
		.accounts = form->account,
		.workspaces = form->workspace };
	choice_end_read(rq, was_expires, &form->expires, &wish->expires_at);
	if (form->networks.error.n == 0)
		form->networks.error =
		    networks_read(rq->arena, form->networks.value, &wish->networks);
	return good && no_error(form);
}

/* ---- what a credential has */

static void
fill_wish(struct request *rq, const struct scoped_get_row *was, struct scoped_wish *wish)
{
	struct scoped_grants_rows grants =
	    sql_scoped_grants(rq->db, .org = rq->org, .client = was->client);
	struct scoped_accounts_rows accounts =
	    sql_scoped_accounts(rq->db, .org = rq->org, .client = was->client);
	struct scoped_workspaces_rows workspaces =
	    sql_scoped_workspaces(rq->db, .org = rq->org, .client = was->client);
	str *may = NEW(rq->arena, str, grants.n), *account = NEW(rq->arena, str, accounts.n);
	str *workspace = NEW(rq->arena, str, workspaces.n);

	for (size_t i = 0; i < grants.n; i++)
		may[i] = grants.at[i].may;
	for (size_t i = 0; i < accounts.n; i++)
		account[i] = accounts.at[i].id;
	for (size_t i = 0; i < workspaces.n; i++)
		workspace[i] = workspaces.at[i].id;
	*wish = (struct scoped_wish){ .owner = was->owner,
		.may = { may, grants.n },
		.accounts = { account, accounts.n },
		.workspaces = { workspace, workspaces.n } };
}

void
scoped_form_fill(struct request *rq, const struct scoped_get_row *was, struct scoped_form *form,
    struct scoped_wish *wish)
{
	fill_wish(rq, was, wish);
	form->version = was->version;
	form->name.value = was->name;
	form->description.value = was->description;
	form->tags.value = was->tags;
	form->expires.value = choice_end_text(rq->arena, was->expires_at);
	form->networks.value = choice_lines(rq->arena, was->networks);
}

/* ---- what is wrong */

static str
where_error(struct request *rq, const struct scoped_wrong *wrong)
{
	switch (wrong->where) {
	case WHERE_RIGHT:
		break;
	case WHERE_NOWHERE:
		return fmt(rq->arena, "Pick at least one workspace. The %.*s works on workspaces.",
		    STR(wrong->which));
	case WHERE_UNKNOWN:
		return S("One of these is not there any more. Look at the choices and send the "
			 "form again.");
	case WHERE_MANY:
		return fmt(rq->arena,
		    "At most %d accounts and workspaces. Pick whole accounts instead of their "
		    "workspaces.",
		    SCOPED_PLACES_MAX);
	}
	return (str){ 0 };
}

void
scoped_form_wrong(struct request *rq, const struct scoped_wrong *wrong, struct scoped_form *form)
{
	form->may.error = choice_may_error(rq, wrong->may, wrong->which);
	form->where.error = where_error(rq, wrong);
	if (wrong->owner)
		form->owner.error =
		    S("This is no active person of your organization. Choose another one.");
	if (wrong->expiry)
		form->expires.error = choice_end_past();
}

/* ---- shown */

struct reply
scoped_form_show(struct request *rq, const struct scoped_shown_as *as, struct scoped_form *form,
    const struct scoped_wish *wish)
{
	form->offer = scoped_offer(rq, as->was, form, wish);
	form->now = moment_of(rq, rq->now);
	if (as->was) {
		form->id = as->was->id;
		form->heading = fmt(rq->arena, "Edit “%.*s”", STR(as->was->name));
	}
	return show(rq, as->status, as->page, form);
}

struct reply
scoped_form_found(struct request *rq, const struct scoped_shown_as *as, struct scoped_form *form,
    const struct scoped_wish *wish)
{
	struct input *inputs[] = { &form->name, &form->description, &form->owner, &form->tags,
		&form->expires, &form->networks, &form->find, &form->find_owner, &form->by,
		&form->public_key };

	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		inputs[i]->error = (str){ 0 };
	return scoped_form_show(rq, as, form, wish);
}
