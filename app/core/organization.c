/* organization.c - what the operator does with organizations: founds, closes and reopens them. */
#include "core/organization.h"

#include "core/actor.h"
#include "core/client_parts.h"
#include "core/entitlement.h"
#include "core/invitation.h"
#include "core/pending.h"
#include "core/person.h"

/* In the installation's chain an act is about the organization. */
static void
organization_note(struct request *rq, int64_t org, const struct audit_act *act)
{
	const struct organization_id_row *row = sql_organization_id(rq->db, .org = org);

	audit_in(rq, 0, &(struct audit_act){ act->act, row->id, act->detail });
}

void
organization_audit(struct request *rq, int64_t org, const struct audit_act *act)
{
	audit_in(rq, org, act);
	organization_note(rq, org, act);
}

/* ---- what it may use */

/* In the organization's own chain it stands already: core/entitlement.c. */
static void
note_api(struct request *rq, int64_t org, str act, str api)
{
	organization_note(rq, org,
	    &(struct audit_act){ act, (str){ 0 }, fmt(rq->arena, "{\"api\":\"%.*s\"}", STR(api)) });
}

bool
organization_entitle(struct request *rq, int64_t org, str api)
{
	bool given = entitlement_give(rq, org, api);

	/* Also what was asked for on another node while it was given. */
	sql_wish_granted(rq->db, .org = org, .api = api);
	if (!given)
		return false;
	note_api(rq, org, S("entitlement.give"), api);
	return true;
}

bool
organization_withdraw(struct request *rq, int64_t org, str api)
{
	if (!entitlement_withdraw(rq, org, api))
		return false;
	note_api(rq, org, S("entitlement.withdraw"), api);
	return true;
}

/* ---- found, and invite */

static void
first_key(struct request *rq, int64_t org, str environment)
{
	struct client_wish wish = { .environment = environment, .name = S("First key") };
	struct client_made made;

	pending_create(rq, org, &wish, &made);
}

static str
invite(struct request *rq, int64_t org, const struct founding *wish)
{
	struct invited admin = {
		.org = org, .name = wish->admin_name, .email = wish->admin_email, .role = ROLE_ADMIN
	};

	return invitation_make(rq, &admin);
}

enum founded
organization_found(
    struct request *rq, const struct founding *wish, struct founded_organization *made)
{
	struct client_made before;
	int64_t org;

	*made = (struct founded_organization){ 0 };
	org = organization_create(rq, wish->name, &made->id);
	if (!client_once(rq, wish->once, made->id, &before)) {
		made->id = before.id;
		return FOUNDED_BEFORE;
	}
	organization_note(rq, org, &(struct audit_act){ S("organization.create"), { 0 }, { 0 } });
	for (size_t i = 0; i < wish->apis_n; i++)
		if (!organization_entitle(rq, org, wish->apis[i]))
			return FOUNDED_NOTHING;
	made->token = invite(rq, org, wish);
	if (wish->production)
		first_key(rq, org, S("production"));
	if (wish->integration)
		first_key(rq, org, S("integration"));
	return FOUNDED;
}

enum invited_admin
organization_invite(struct request *rq, str id, const struct founding *wish, str *token)
{
	const struct organization_lock_row *organization = sql_organization_lock(rq->db, .id = id);

	*token = (str){ 0 };
	if (!organization || !str_eq(organization->status, S("active")))
		return INVITED_NOTHING;
	/* The open link first: from here on nobody becomes an admin by it. */
	sql_invitation_withdraw(rq->db, .org = organization->org, .now = rq->now);
	if (sql_organization_admin(rq->db, .org = organization->org))
		return INVITED_HAS_ADMIN;
	*token = invite(rq, organization->org, wish);
	return token->n ? INVITED : INVITED_NOTHING;
}

/* ---- close and reopen */

static bool
turn(struct request *rq, str id, str from, str to)
{
	const struct organization_lock_row *organization = sql_organization_lock(rq->db, .id = id);

	if (!organization || !str_eq(organization->status, from))
		return false;
	sql_organization_status(rq->db, .org = organization->org, .status = to);
	/* Who writes holds their row: a request on its way comes before this, or finds no session. */
	sql_organization_held(rq->db, .org = organization->org);
	sql_organization_sessions_end(rq->db, .org = organization->org);
	organization_audit(rq, organization->org,
	    &(struct audit_act){
		str_eq(to, S("closed")) ? S("organization.close") : S("organization.reopen"),
		organization->id, { 0 } });
	return true;
}

bool
organization_close(struct request *rq, str id)
{
	return turn(rq, id, S("active"), S("closed"));
}

bool
organization_reopen(struct request *rq, str id)
{
	return turn(rq, id, S("closed"), S("active"));
}
