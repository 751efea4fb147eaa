/* leaving.c - people are let go, come back, and get other roles. */
#include "core/leaving.h"

#include "core/again.h"
#include "core/audit.h"
#include "core/departure.h"
#include "core/tenure.h"
#include "sql.h"

/* The user, whose row is held from here on: whoever changes their status or role, or writes as them, waits. */
static const struct leaving_user_row *
held(struct request *rq, str id)
{
	const struct leaving_user_row *user = sql_leaving_user(rq->db, .org = rq->org, .id = id);

	if (!user)
		return NULL;
	sql_tenure_hold(rq->db, .user = user->user);
	return sql_leaving_user(rq->db, .org = rq->org, .id = id);
}

static bool
is(str status, const char *word)
{
	return str_eq(status, str_of(word));
}

static bool
last_admin(struct request *rq, const struct leaving_user_row *user)
{
	if (!is(user->status, "active") || role_of(user->role) != ROLE_ADMIN)
		return false;
	sql_leaving_one_by_one(rq->db, .org = rq->org);
	return sql_leaving_admins(rq->db, .org = rq->org, .but = user->user)->admins == 0;
}

static void
note(struct request *rq, str act, const struct leaving_user_row *before)
{
	audit_change(rq, act, before->id, leaving_user_row, before,
	    sql_leaving_user(rq->db, .org = rq->org, .id = before->id));
}

enum leaving
user_deactivate(struct request *rq, str id)
{
	const struct leaving_user_row *user = held(rq, id);
	const struct tenure_live_row *live;

	if (!user)
		return LEAVING_NOBODY;
	if (is(user->status, "deactivated"))
		return LEAVING_ALREADY;
	if (last_admin(rq, user))
		return LEAVING_LAST_ADMIN;
	live = sql_tenure_live(rq->db, .user = user->user);
	sql_leaving_status(rq->db, .user = user->user, .status = S("deactivated"));
	if (live)
		sql_leaving_noted(rq->db, .tenure = live->tenure,
		    .by = rq->actor ? rq->actor->person : 0,
		    .door = rq->actor ? S("console") : S("command"), .now = rq->now);
	sql_leaving_links_end(rq->db, .user = user->user, .now = rq->now);
	note(rq, S("user.deactivate"), user);
	return LEAVING_DONE;
}

enum leaving
user_reactivate(struct request *rq, str id)
{
	const struct leaving_user_row *user = held(rq, id);
	bool never;

	if (!user)
		return LEAVING_NOBODY;
	if (!is(user->status, "deactivated"))
		return LEAVING_ALREADY;
	never = sql_leaving_never_came(rq->db, .user = user->user) != NULL;
	if (role_of(user->role) == ROLE_ADMIN) /* an operator's link may be in use now */
		sql_leaving_one_by_one(rq->db, .org = rq->org);
	sql_leaving_status(
	    rq->db, .user = user->user, .status = never ? S("invited") : S("active"));
	tenure_begin(rq, user->user);
	note(rq, S("user.reactivate"), user);
	return LEAVING_DONE;
}

enum leaving
user_role(struct request *rq, str id, enum role role)
{
	const struct leaving_user_row *user = held(rq, id);

	if (!user)
		return LEAVING_NOBODY;
	if (is(user->status, "deactivated"))
		return LEAVING_NOT_ACTIVE;
	if (role_of(user->role) == role)
		return LEAVING_ALREADY;
	if (last_admin(rq, user))
		return LEAVING_LAST_ADMIN;
	sql_leaving_role(rq->db, .user = user->user, .role = role_text(role));
	if (role == ROLE_ADMIN) /* reaches the Data API again */
		sql_data_taken_forget(rq->db, .org = rq->org, .user = user->user);
	sql_leaving_sessions_end(
	    rq->db, .user = user->user, .but = rq->actor ? rq->actor->session : 0);
	note(rq, S("user.role"), user);
	return LEAVING_DONE;
}

static void
sweep(void *arg)
{
	struct request *rq = arg;
	const struct leaving_user_row *user =
	    sql_leaving_user(rq->db, .org = rq->org, .id = rq->id);

	if (user)
		departure_sweep(rq->desk, rq->arena, user->user);
}

void
user_sweep(struct request *rq)
{
	struct fault *fault = rq->arena->fault;
	struct again tried = again_begin();

	while (!attempt(fault, sweep, rq)) {
		db_rollback(rq->db);
		if (!again(&tried, fault, rq->db))
			fault_as(fault, fault->kind, "while sweeping: %s", fault->what);
	}
}
