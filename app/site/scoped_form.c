/* scoped_form.c - the form of a scoped credential: what was posted, and what was wrong with it. */
#include "site/scoped_form.h"

#include "core/network.h"
#include "http/url.h"
#include "site/scoped_offer.h"

enum {
	ID_CHARS_MAX = 20,
	TIME_CHARS_MAX = 40,
	MINUTE_CHARS = 16, /* 2027-01-31T17:00 */
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
	{ .name = STR_INIT("version") },
};

/* ---- times, as a field of the type datetime-local has them, in UTC */

static str
minute_of(struct arena *a, int64_t time)
{
	return time ? str_part(clock_iso(a, time), 0, MINUTE_CHARS) : (str){ 0 };
}

static bool
number_at(str s, size_t from, size_t n, int *number)
{
	int64_t value;
	str part = str_part(s, from, n);

	for (size_t i = 0; i < part.n; i++)
		if (part.at[i] < '0' || part.at[i] > '9')
			return false;
	if (part.n != n || !str_int(part, &value))
		return false;
	*number = (int)value;
	return true;
}

/* A blank may stand for the T, and seconds may follow, which are left out. 0 when it is none. */
static int64_t
time_of(str typed)
{
	struct clock_parts p = { 0 };

	if (typed.n < MINUTE_CHARS || (typed.n > MINUTE_CHARS && typed.at[MINUTE_CHARS] != ':'))
		return 0;
	if (typed.at[4] != '-' || typed.at[7] != '-' || typed.at[13] != ':' ||
	    (typed.at[10] != 'T' && typed.at[10] != ' '))
		return 0;
	if (!number_at(typed, 0, 4, &p.year) || !number_at(typed, 5, 2, &p.month) ||
	    !number_at(typed, 8, 2, &p.day) || !number_at(typed, 11, 2, &p.hour) ||
	    !number_at(typed, 14, 2, &p.minute))
		return 0;
	return clock_join(p);
}

static void
read_expiry(struct request *rq, int64_t was, struct input *expires, struct scoped_wish *wish)
{
	if (expires->value.n == 0 || expires->error.n)
		return;
	if (was && str_eq(expires->value, minute_of(rq->arena, was))) {
		wish->expires_at = was;
		return;
	}
	wish->expires_at = time_of(expires->value);
	if (wish->expires_at == 0)
		expires->error = S("Give a day and time like 2027-01-31 17:00, in UTC.");
	else if (wish->expires_at <= rq->now)
		expires->error = S("This is in the past. Give a later time, in UTC.");
}

/* ---- what was posted */

/* The values of all fields called may-WORD. */
static struct strs
read_may(struct request *rq)
{
	struct url_pairs pairs = { .rest = rq->body };
	str *at = NEW(rq->arena, str, FORM_FIELDS_MAX);
	size_t n = 0;

	while (n < FORM_FIELDS_MAX && url_next_pair(rq->arena, &pairs))
		if (str_starts(pairs.name, S("may-")) && pairs.value.n)
			at[n++] = pairs.value;
	return (struct strs){ at, n };
}

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

	form->may.label = S("Permissions");
	form->where.label = S("Workspaces");
	*wish = (struct scoped_wish){ .environment = rq->environment,
		.once = form->once,
		.name = form->name.value,
		.description = form->description.value,
		.owner = form->owner.value,
		.tags = tags_read(rq->arena, form->tags.value),
		.may = read_may(rq),
		.accounts = form->account,
		.workspaces = form->workspace };
	read_expiry(rq, was_expires, &form->expires, wish);
	if (form->networks.error.n == 0)
		form->networks.error =
		    networks_read(rq->arena, form->networks.value, &wish->networks);
	return good && no_error(form);
}

/* ---- what a credential has */

static str
lines_of(struct arena *a, str words)
{
	struct buf b = buf_new(a, words.n + 1);

	for (size_t i = 0; i < words.n; i++)
		buf_add_char(&b, words.at[i] == ' ' ? '\n' : words.at[i]);
	return buf_str(&b);
}

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
	form->expires.value = minute_of(rq->arena, was->expires_at);
	form->networks.value = lines_of(rq->arena, was->networks);
}

/* ---- what is wrong */

static str
may_error(struct request *rq, const struct scoped_wrong *wrong)
{
	switch (wrong->may) {
	case MAY_RIGHT:
		break;
	case MAY_NOTHING:
		return S("Pick at least one permission.");
	case MAY_UNKNOWN:
		return S("One of these is not offered to your organization any more. Look at the "
			 "choices and send the form again.");
	case MAY_TWO_OF_ONE:
		return fmt(
		    rq->arena, "Pick one permission of the %.*s, not two.", STR(wrong->which));
	case MAY_MANY:
		return fmt(rq->arena, "At most %d permissions.", SCOPED_GRANTS_MAX);
	}
	return (str){ 0 };
}

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
	form->may.error = may_error(rq, wrong);
	form->where.error = where_error(rq, wrong);
	if (wrong->owner)
		form->owner.error =
		    S("This is no active person of your organization. Choose another one.");
	if (wrong->expiry)
		form->expires.error = S("This is in the past. Give a later time, in UTC.");
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
		&form->expires, &form->networks, &form->find, &form->find_owner };

	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		inputs[i]->error = (str){ 0 };
	return scoped_form_show(rq, as, form, wish);
}
