/* scoped_offer.c - what may be chosen in the form of a scoped credential, and what is. */
#include "site/scoped_offer.h"

#include "core/account.h"
#include "core/actor.h"

str
scoped_level_words(const struct request *rq, str level)
{
	str organization = rq->actor ? rq->actor->organization : S("the organization");

	if (str_eq(level, S("workspace")))
		return S("The workspaces that are picked");
	if (str_eq(level, S("account")))
		return fmt(rq->arena, "Every account of %.*s, later ones too: set for you",
		    STR(organization));
	return fmt(rq->arena, "All of %.*s: set for you", STR(organization));
}

/* ---- accounts and workspaces */

/* Accounts have room for all that may be; their workspaces get room as they come. */
struct places {
	struct request *rq;
	const struct scoped_wish *wish;
	struct choice_account *accounts;
	struct choice_workspace **workspaces; /* of each account */
	size_t n, room;
};

static struct choice_account *
account_at(struct places *p, str id)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->accounts[i].id, id))
			return &p->accounts[i];
	return NULL;
}

/* A workspace in its account, or an account alone: then there is no id. */
struct place {
	str account, account_name, id, name;
	bool account_archived, archived;
};

static struct choice_account *
group_of(struct places *p, const struct place *place)
{
	struct choice_account *group = account_at(p, place->account);

	if (group || p->n == p->room)
		return group;
	group = &p->accounts[p->n++];
	*group = (struct choice_account){ .id = place->account,
		.name = place->account_name,
		.archived = place->account_archived,
		.chosen = choice_among(&p->wish->accounts, place->account) };
	return group;
}

/* There is room for 1, 2, 4, 8 ... of n: when that is full, for twice as many. */
static void
make_room(struct places *p, struct choice_workspace **list, size_t n)
{
	struct choice_workspace *more;

	if (n & (n - 1))
		return;
	more = NEW(p->rq->arena, struct choice_workspace, n ? 2 * n : 1);
	for (size_t i = 0; i < n; i++)
		more[i] = (*list)[i];
	*list = more;
}

static void
add_place(struct places *p, const struct place *place)
{
	struct choice_account *group = group_of(p, place);
	struct choice_workspace **list;

	if (!group || place->id.n == 0)
		return;
	list = &p->workspaces[group - p->accounts];
	for (size_t i = 0; i < group->workspaces.n; i++)
		if (str_eq((*list)[i].id, place->id))
			return;
	make_room(p, list, group->workspaces.n);
	(*list)[group->workspaces.n++] = (struct choice_workspace){ place->id, place->name,
		choice_among(&p->wish->workspaces, place->id), place->archived };
	group->workspaces.at = *list;
}

static void
add_picked_account(struct places *p, str id)
{
	const struct account_get_row *a = sql_account_get(p->rq->db, .org = p->rq->org, .id = id);
	struct place place = { 0 };

	if (!a)
		return;
	place.account = a->id;
	place.account_name = a->name;
	place.account_archived = a->archived_at != 0;
	add_place(p, &place);
}

static void
add_picked_workspace(struct places *p, str id)
{
	const struct workspace_get_row *w =
	    sql_workspace_get(p->rq->db, .org = p->rq->org, .id = id);
	struct place place;

	if (!w)
		return;
	place = (struct place){ w->account_id, w->account_name, w->id, w->name,
		w->account_archived_at != 0, w->archived_at != 0 };
	add_place(p, &place);
}

static void
add_picked(struct places *p)
{
	for (size_t i = 0; i < p->wish->accounts.n && i < SCOPED_PLACES_MAX; i++)
		add_picked_account(p, p->wish->accounts.at[i]);
	for (size_t i = 0; i < p->wish->workspaces.n && i < SCOPED_PLACES_MAX; i++)
		add_picked_workspace(p, p->wish->workspaces.at[i]);
}

static void
add_found(struct places *p, const struct account_pick_rows *accounts,
    const struct workspace_pick_rows *workspaces)
{
	for (size_t i = 0; i < accounts->n; i++) {
		struct place place = { .account = accounts->at[i].id };

		place.account_name = accounts->at[i].name;
		add_place(p, &place);
	}
	for (size_t i = 0; i < workspaces->n; i++) {
		const struct workspace_pick_row *w = &workspaces->at[i];
		struct place place = { w->account_id, w->account_name, w->id, w->name, false,
			false };

		add_place(p, &place);
	}
}

/* With many, what is picked stands first, and then what was found. */
static void
offer_places(
    struct request *rq, str find, const struct scoped_wish *wish, struct scoped_offer *offer)
{
	str pattern = account_pattern(rq->arena, find);
	struct account_pick_rows accounts =
	    sql_account_pick(rq->db, .org = rq->org, .pattern = pattern);
	struct workspace_pick_rows workspaces =
	    sql_workspace_pick(rq->db, .org = rq->org, .pattern = pattern);
	struct places p = {
		.rq = rq, .wish = wish, .room = 2 * (CHOICES_SHOWN + SCOPED_PLACES_MAX)
	};

	p.accounts = NEW(rq->arena, struct choice_account, p.room);
	p.workspaces = NEW(rq->arena, struct choice_workspace *, p.room);
	offer->many = find.n || accounts.n >= CHOICES_SHOWN || workspaces.n >= CHOICES_SHOWN;
	offer->none_found = find.n && accounts.n == 0 && workspaces.n == 0;
	if (offer->many)
		add_picked(&p);
	add_found(&p, &accounts, &workspaces);
	if (!offer->many)
		add_picked(&p);
	offer->accounts = (struct choice_accounts){ p.accounts, p.n };
}

struct scoped_offer
scoped_offer(struct request *rq, const struct scoped_get_row *was, const struct scoped_form *form,
    const struct scoped_wish *wish)
{
	struct scoped_offers_rows offers = sql_scoped_offers(rq->db, .org = rq->org);
	struct scoped_grants_rows held =
	    sql_scoped_grants(rq->db, .org = rq->org, .client = was ? was->client : 0);
	struct scoped_offer offer = { .lost = choice_losts(rq, &held, &offers, &wish->may) };

	offer.apis = choice_apis(rq, &offers, &wish->may, scoped_level_words);
	offer_places(rq, form->find.value, wish, &offer);
	offer.owners = choice_people(rq, form->find_owner.value, wish->owner, &offer.owners_many);
	return offer;
}
