/* additional_form.c - the form of an additional secret: what was posted, what was wrong with it, what is offered. */
#include "site/additional_form.h"

#include "core/actor.h"
#include "core/network.h"
#include "site/place.h"

enum {
	ID_CHARS_MAX = 20,
	TIME_CHARS_MAX = 40,
	KEYS_FEW = 4, /* so many are shown as buttons; more as a list to pick from */
};

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give the secret a name."),
	    .max = 100 },
	{ .name = STR_INIT("member"), .label = STR_INIT("For"), .max = ID_CHARS_MAX },
	{ .name = STR_INIT("find_member"), .label = STR_INIT("Find people"), .max = 100 },
	{ .name = STR_INIT("key"), .label = STR_INIT("API key"), .max = ID_CHARS_MAX },
	{ .name = STR_INIT("only_reads") },
	{ .name = STR_INIT("comment"), .label = STR_INIT("Comment"), .max = 500, .lines = true },
	{ .name = STR_INIT("expires"), .label = STR_INIT("Ends"), .max = TIME_CHARS_MAX },
	{ .name = STR_INIT("networks"),
	    .label = STR_INIT("Allowed addresses"),
	    .max = 4000,
	    .lines = true },
	{ .name = STR_INIT("version") },
};

static const str of_the_other =
    STR_INIT("The API key that you picked is of the other environment. Pick one of those listed.");

static bool
is_admin(const struct request *rq)
{
	return rq->actor->role == ROLE_ADMIN;
}

/* ---- what was posted */

bool
additional_form_read(struct request *rq, const struct additional_get_row *was,
    struct additional_form *form, struct additional_wish *wish)
{
	bool good = form_read(rq, additional_form, rules, form);

	if (!was)
		good = key_opened_in(rq, form->once, &form->opened_in) && good;
	good = !place_input_is_secret(&form->name) && good;
	good = !place_input_is_secret(&form->comment) && good;
	form->may.label = S("Permissions");
	*wish = (struct additional_wish){ .environment = rq->environment,
		.once = form->once,
		.key = form->key.value,
		.member = form->member.value,
		.name = form->name.value,
		.comment = form->comment.value,
		.only_reads = form->only_reads,
		.may = choice_may(rq) };
	choice_end_read(rq, was ? was->expires_at : 0, &form->expires, &wish->expires_at);
	if (form->networks.error.n == 0)
		form->networks.error =
		    networks_read(rq->arena, form->networks.value, &wish->networks);
	if (!was && wish->key.n == 0 && form->key.error.n == 0)
		form->key.error = S("Pick the API key that it is used with.");
	if (form->opened_in.switched && form->key.error.n == 0)
		form->key.error = of_the_other;
	return good && form->expires.error.n == 0 && form->networks.error.n == 0 &&
	       form->key.error.n == 0;
}

void
additional_form_fill(struct request *rq, const struct additional_get_row *was,
    struct additional_form *form, struct additional_wish *wish)
{
	struct scoped_grants_rows grants =
	    sql_scoped_grants(rq->db, .org = rq->org, .client = was->client);
	str *may = NEW(rq->arena, str, grants.n);

	for (size_t i = 0; i < grants.n; i++)
		may[i] = grants.at[i].may;
	*wish = (struct additional_wish){ .may = { may, grants.n } };
	form->version = was->version;
	form->name.value = was->name;
	form->only_reads = was->only_reads;
	form->comment.value = was->comment;
	form->expires.value = choice_end_text(rq->arena, was->expires_at);
	form->networks.value = choice_lines(rq->arena, was->networks);
}

/* ---- what is wrong */

static str
held_error(void)
{
	return S("An admin has given it some of these. While it keeps them, you cannot let it work "
		 "longer, do more than read, or be used from elsewhere. Take them away, or ask an "
		 "admin.");
}

static str
key_error(void)
{
	return S("This API key is not there any more, or is deactivated. Pick another one.");
}

static str
member_error(const struct request *rq)
{
	if (is_admin(rq))
		return S("This is no active person of your organization. Choose another one.");
	return S("You can make one for yourself only. An admin makes those of others.");
}

void
additional_form_wrong(
    struct request *rq, const struct additional_wrong *wrong, struct additional_form *form)
{
	form->may.error = choice_may_error(rq, wrong->may, wrong->which);
	if (wrong->held && form->may.error.n == 0)
		form->may.error = held_error();
	if (wrong->key)
		form->key.error = key_error();
	if (wrong->member)
		form->member.error = member_error(rq);
	if (wrong->expiry)
		form->expires.error = choice_end_past();
}

/* ---- what may be chosen */

/* What this person may give. */
static struct scoped_offers_rows
offers_of(struct request *rq)
{
	struct scoped_offers_rows all = sql_scoped_offers(rq->db, .org = rq->org);
	struct scoped_offers_row *mine;
	size_t n = 0;

	if (is_admin(rq))
		return all;
	mine = NEW(rq->arena, struct scoped_offers_row, all.n);
	for (size_t i = 0; i < all.n; i++)
		if (all.at[i].members)
			mine[n++] = all.at[i];
	return (struct scoped_offers_rows){ mine, n };
}

static struct choice_key
key_of(const struct client_list_row *key, str chosen)
{
	return (struct choice_key){ key->id, key->name, key->client_id, str_eq(key->id, chosen) };
}

/* Account keys of the environment that is shown; the only one is picked, unless they picked one of the other. */
static void
offer_keys(struct request *rq, struct additional_form *form, str chosen)
{
	struct additional_offer *offer = &form->offer;
	struct client_list_rows all = sql_client_list(
	    rq->db, .org = rq->org, .environment = rq->environment, .kind = S("account"));
	struct choice_key *keys = NEW(rq->arena, struct choice_key, all.n);
	size_t n = 0;

	for (size_t i = 0; i < all.n; i++)
		if (str_eq(all.at[i].status, S("active")))
			keys[n++] = key_of(&all.at[i], chosen);
	if (n == 1 && !form->opened_in.switched)
		keys[0].chosen = true;
	offer->keys = (struct choice_keys){ keys, n };
	offer->keys_many = n > KEYS_FEW;
}

/* Others than oneself, who stands first on the page whatever is looked for. */
static void
offer_members(struct request *rq, const struct additional_form *form, str chosen,
    struct additional_offer *offer)
{
	struct choice_persons found =
	    choice_people(rq, form->find_member.value, chosen, &offer->members_many);
	struct choice_person *others = NEW(rq->arena, struct choice_person, found.n);
	size_t n = 0;

	for (size_t i = 0; i < found.n; i++)
		if (found.at[i].chosen || !str_eq(found.at[i].email, rq->actor->email))
			others[n++] = found.at[i];
	offer->members = (struct choice_persons){ others, n };
	offer->found_none = form->find_member.value.n && n == 0;
}

static struct additional_bars
bars_of(struct request *rq, const struct additional_offer *offer)
{
	struct additional_bars bars = { .no_key = offer->keys.n == 0 };

	if (offer->apis.n == 0) {
		bars.no_key = false;
		bars.none_entitled = sql_scoped_offers(rq->db, .org = rq->org).n == 0;
		bars.none_given = !bars.none_entitled;
	}
	if (!is_admin(rq))
		bars.admins = admins_named(rq);
	return bars;
}

/* ---- shown */

static void
no_errors(struct additional_form *form)
{
	struct input *inputs[] = { &form->name, &form->member, &form->find_member, &form->key,
		&form->may, &form->comment, &form->expires, &form->networks };

	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
		inputs[i]->error = (str){ 0 };
}

static void
show_new(struct request *rq, struct additional_form *form, const struct additional_wish *wish)
{
	struct additional_places places = additional_places(rq, rq->environment);

	form->for_others = is_admin(rq);
	form->room =
	    (struct additional_room){ places.used, places.limit, places.used >= places.limit };
	offer_keys(rq, form, wish->key);
	if (form->for_others)
		offer_members(rq, form, wish->member, &form->offer);
	form->barred = form->offer.keys.n == 0 || form->offer.apis.n == 0;
	if (!form->barred)
		return;
	form->bars = bars_of(rq, &form->offer);
	no_errors(form); /* there are no fields that they would point at */
}

static void
show_old(struct request *rq, struct additional_form *form, const struct additional_get_row *was)
{
	form->id = was->id;
	form->heading = fmt(rq->arena, "Edit “%.*s”", STR(was->name));
	form->key_name = was->key_name;
	form->member_name = was->owner_name;
}

struct reply
additional_form_show(struct request *rq, const struct additional_shown_as *as,
    struct additional_form *form, const struct additional_wish *wish)
{
	struct scoped_offers_rows offers = offers_of(rq);
	struct scoped_grants_rows held = { 0 };

	if (as->was)
		held = sql_scoped_grants(rq->db, .org = rq->org, .client = as->was->client);
	form->offer = (struct additional_offer){ 0 };
	form->offer.apis = choice_apis(rq, &offers, &wish->may, NULL);
	form->offer.lost = choice_losts(rq, &held, &offers, &wish->may);
	form->now = moment_of(rq, rq->now);
	if (as->was)
		show_old(rq, form, as->was);
	else
		show_new(rq, form, wish);
	return show(rq, as->status, as->page, form);
}

struct reply
additional_form_found(struct request *rq, const struct additional_shown_as *as,
    struct additional_form *form, const struct additional_wish *wish)
{
	no_errors(form);
	return additional_form_show(rq, as, form, wish);
}
