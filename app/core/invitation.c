/* invitation.c - a one-time link by which a person comes into an organization. */
#include "core/invitation.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/desk.h"
#include "core/hashing.h"
#include "core/organization.h"
#include "core/secret.h"
#include "core/tenure.h"
#include "http/json.h"
#include "sql.h"

enum { TOKEN_CHARS = 43, DETAIL_MAX_BYTES = 2000 };

SHAPE(invitation_detail, text(email), text(role), time(until));

/* ---- make */

static int64_t
person_of(struct request *rq, const struct invited *wish)
{
	str email = str_lower(rq->arena, wish->email);
	const struct person_by_email_row *there;

	if (sql_person_add(rq->db, .public_id = secret_id_make(rq->arena), .email = email,
		.name = wish->name, .password_hash = (str){ 0 }, .now = rq->now))
		return db_insert_id(rq->db);
	there = sql_person_by_email(rq->db, .email = email);
	if (!there)
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a person who is there and is not");
	return there->person;
}

static int64_t
user_new(struct request *rq, const struct invited *wish, int64_t person, struct invitation *made)
{
	made->user = secret_id_make(rq->arena);
	if (!sql_invitation_user_add(rq->db, .public_id = made->user, .org = wish->org,
		.person = person, .role = role_text(wish->role), .called = wish->name,
		.now = rq->now))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a user who was added meanwhile");
	return db_insert_id(rq->db);
}

/* The invited user of the person, made when there is none; 0 when they are active or deactivated there. */
static int64_t
user_of(struct request *rq, const struct invited *wish, struct invitation *made)
{
	int64_t person = person_of(rq, wish);
	const struct invitation_user_row *user =
	    sql_invitation_user(rq->db, .org = wish->org, .person = person);

	if (!user)
		return user_new(rq, wish, person, made);
	if (!sql_invitation_anew(
		rq->db, .user = user->user, .role = role_text(wish->role), .called = wish->name))
		return 0;
	made->user = user->id;
	return user->user;
}

static void
note(struct request *rq, const struct invited *wish, const struct audit_act *act)
{
	if (wish->operators)
		organization_audit(rq, wish->org, act);
	else
		audit_in(rq, wish->org, act);
}

static str
detail_of(struct request *rq, const struct invited *wish, int64_t until)
{
	struct invitation_detail detail = { wish->email, role_text(wish->role), until };
	struct buf b = buf_new(rq->arena, DETAIL_MAX_BYTES);

	json_write(&b, &invitation_detail_shape, &detail);
	return buf_str(&b);
}

/* The tenure of the admin who invites; 0 for an operator, whose links do not hang on one. */
static int64_t
tenure_of(struct request *rq, const struct invited *wish)
{
	const struct tenure_live_row *live;

	if (wish->operators || !rq->actor)
		return 0;
	live = sql_tenure_live(rq->db, .user = rq->actor->user);
	if (!live)
		fault_as(rq->arena->fault, FAULT_CONFLICT, "who invites has left meanwhile");
	return live->tenure;
}

/* wish->email in lower-case letters. */
static void
link_for(struct request *rq, const struct invited *wish, int64_t user, struct invitation *made)
{
	str id = secret_id_make(rq->arena);
	struct digest hash;

	made->token = random_base62(rq->arena, TOKEN_CHARS);
	made->until = rq->now + INVITATION_DAYS * DAY;
	hash = digest_sha256(made->token);
	sql_invitation_end(rq->db, .user = user, .now = rq->now);
	if (!sql_invitation_add(rq->db, .public_id = id, .org = wish->org, .user = user,
		.token_hash = DIGEST_STR(hash), .by = rq->actor ? rq->actor->person : 0,
		.tenure = tenure_of(rq, wish), .now = rq->now, .until = made->until))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a link that is open and is not");
	note(rq, wish,
	    &(struct audit_act){ S("invitation.create"), id, detail_of(rq, wish, made->until) });
}

str
invitation_make(struct request *rq, const struct invited *wish)
{
	struct invitation made = { 0 };
	struct invited admin = *wish;
	int64_t user;

	admin.operators = true;
	admin.email = str_lower(rq->arena, wish->email);
	user = user_of(rq, &admin, &made);
	if (user)
		link_for(rq, &admin, user, &made);
	return made.token;
}

bool
invitation_withdraw(struct request *rq, int64_t org)
{
	if (!sql_invitation_withdraw(rq->db, .org = org, .now = rq->now))
		return false;
	organization_audit(rq, org, &(struct audit_act){ S("invitation.withdraw"), { 0 }, { 0 } });
	return true;
}

/* ---- the team: an admin of the organization invites */

enum invite
invitation_send(struct request *rq, const struct invited *wish, struct invitation *made)
{
	struct invited one = *wish;
	const struct person_by_email_row *person;
	const struct invitation_user_row *user = NULL;

	*made = (struct invitation){ 0 };
	one.org = rq->org;
	one.email = str_lower(rq->arena, wish->email);
	person = sql_person_by_email(rq->db, .email = one.email);
	if (person)
		user = sql_invitation_user(rq->db, .org = rq->org, .person = person->person);
	if (user) {
		made->user = user->id;
		return str_eq(user->status, S("active"))    ? INVITE_ACTIVE
		       : str_eq(user->status, S("invited")) ? INVITE_INVITED
		                                            : INVITE_DEACTIVATED;
	}
	link_for(rq, &one, user_new(rq, &one, person_of(rq, &one), made), made);
	return INVITE_MADE;
}

bool
invitation_again(struct request *rq, str id, struct invitation *made)
{
	const struct invitation_of_row *there =
	    sql_invitation_of(rq->db, .org = rq->org, .id = id, .now = rq->now);
	struct invited one = { .org = rq->org };

	*made = (struct invitation){ 0 };
	if (!there)
		return false;
	made->user = there->id;
	one.email = there->email;
	one.role = role_of(there->role);
	link_for(rq, &one, there->user, made);
	/* After the link's row, as who accepts does. */
	return sql_invitation_hold(rq->db, .user = there->user) == 1;
}

bool
invitation_forget(struct request *rq, str id)
{
	const struct invitation_of_row *there =
	    sql_invitation_of(rq->db, .org = rq->org, .id = id, .now = rq->now);
	struct invited one = { .org = rq->org };

	if (!there || !sql_invitation_hold(rq->db, .user = there->user))
		return false;
	sql_invitation_end(rq->db, .user = there->user, .now = rq->now);
	one.email = there->email;
	one.role = role_of(there->role);
	sql_invitation_forget(rq->db, .user = there->user);
	sql_invitation_user_forget(rq->db, .user = there->user);
	audit(rq, S("invitation.withdraw"), id, detail_of(rq, &one, 0));
	return true;
}

/* ---- accept */

const struct invitation_open_row *
invitation_open(struct request *rq, str token)
{
	struct digest hash = digest_sha256(token);

	return sql_invitation_open(rq->db, .token_hash = DIGEST_STR(hash), .now = rq->now);
}

/* Whether it is good now that whoever invited neither leaves nor loses their role before the commit, and that nobody else
 * becomes an admin of an organization that an operator invites into: who is added there, or let back in, waits for its row. */
static bool
still_open(struct request *rq, const struct invitation_open_row *open, str token)
{
	if (open->by_user) {
		sql_tenure_hold(rq->db, .user = open->by_user);
	} else {
		sql_person_held(rq->db, .person = open->by_operator);
		sql_leaving_one_by_one(rq->db, .org = open->org);
	}
	return invitation_open(rq, token) != NULL;
}

enum accepted
invitation_accept(struct request *rq, str token, str password, struct proven *who)
{
	const struct invitation_open_row *open = invitation_open(rq, token);
	struct audit_who by = { 0 };
	str hash = { 0 };

	*who = (struct proven){ 0 };
	if (!open)
		return ACCEPTED_GONE;
	by = (struct audit_who){ .org = open->org, .person = open->person, .name = open->email };
	if (!open->password_hash.n)
		hash = person_password_hash(rq, password); /* before a row is locked */
	else if (!hash_check(rq, PERMIT_PEOPLE, open->password_hash, password))
		return ACCEPTED_WRONG;
	if (!still_open(rq, open, token) || !sql_invitation_hold(rq->db, .user = open->user) ||
	    !sql_invitation_use(rq->db, .invitation = open->invitation, .now = rq->now) ||
	    !sql_invitation_activate(rq->db, .user = open->user))
		return ACCEPTED_GONE;
	if (hash.n && !sql_invitation_password(rq->db, .person = open->person, .name = open->name,
			  .password_hash = hash))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a password chosen meanwhile");
	tenure_begin(rq, open->user);
	audit_by(rq, &by, &(struct audit_act){ S("invitation.accept"), open->id, { 0 } });
	*who = (struct proven){ open->person, open->user, open->org, open->email,
		hash.n ? hash : open->password_hash };
	return ACCEPTED;
}
