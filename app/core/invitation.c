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

SHAPE(invitation_detail, text(email), time(until));

/* ---- make and withdraw */

static int64_t
person_of(struct request *rq, const struct invited *wish)
{
	str email = str_lower(rq->arena, wish->email);
	const struct person_by_email_row *there;

	if (sql_person_add(rq->db, .public_id = secret_id_make(rq->arena), .email = email,
		.name = wish->name, .password_hash = (str){ 0 }, .is_operator = false,
		.now = rq->now))
		return db_insert_id(rq->db);
	there = sql_person_by_email(rq->db, .email = email);
	if (!there)
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a person who is there and is not");
	return there->person;
}

/* The invited user of the person, made when there is none; 0 when they are active or deactivated there. */
static int64_t
user_of(struct request *rq, const struct invited *wish, int64_t person)
{
	str role = role_text(wish->role);
	const struct invitation_user_row *user =
	    sql_invitation_user(rq->db, .org = wish->org, .person = person);

	if (user) {
		if (!sql_invitation_role(rq->db, .user = user->user, .role = role))
			return 0;
		return user->user;
	}
	if (!sql_invitation_user_add(rq->db, .public_id = secret_id_make(rq->arena),
		.org = wish->org, .person = person, .role = role, .now = rq->now))
		return 0;
	return db_insert_id(rq->db);
}

static str
detail_of(struct request *rq, str email, int64_t until)
{
	struct invitation_detail detail = { email, until };
	struct buf b = buf_new(rq->arena, DETAIL_MAX_BYTES);

	json_write(&b, &invitation_detail_shape, &detail);
	return buf_str(&b);
}

static str
link_for(struct request *rq, int64_t org, int64_t user, str email)
{
	str token = random_base62(rq->arena, TOKEN_CHARS), id = secret_id_make(rq->arena);
	struct digest hash = digest_sha256(token);
	int64_t until = rq->now + INVITATION_DAYS * DAY, by = rq->actor ? rq->actor->person : 0;

	sql_invitation_withdraw(rq->db, .org = org, .now = rq->now);
	if (!sql_invitation_add(rq->db, .public_id = id, .org = org, .user = user,
		.token_hash = DIGEST_STR(hash), .by = by, .now = rq->now, .until = until))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a link that is open and is not");
	organization_audit(rq, org,
	    &(struct audit_act){ S("invitation.create"), id, detail_of(rq, email, until) });
	return token;
}

str
invitation_make(struct request *rq, const struct invited *wish)
{
	int64_t user = user_of(rq, wish, person_of(rq, wish));

	return user ? link_for(rq, wish->org, user, str_lower(rq->arena, wish->email)) : (str){ 0 };
}

bool
invitation_withdraw(struct request *rq, int64_t org)
{
	if (!sql_invitation_withdraw(rq->db, .org = org, .now = rq->now))
		return false;
	organization_audit(rq, org, &(struct audit_act){ S("invitation.withdraw"), { 0 }, { 0 } });
	return true;
}

/* ---- accept */

const struct invitation_open_row *
invitation_open(struct request *rq, str token)
{
	struct digest hash = digest_sha256(token);

	return sql_invitation_open(rq->db, .token_hash = DIGEST_STR(hash), .now = rq->now);
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
	if (!sql_invitation_use(rq->db, .invitation = open->invitation, .now = rq->now) ||
	    !sql_invitation_activate(rq->db, .user = open->user))
		return ACCEPTED_GONE;
	if (hash.n &&
	    !sql_invitation_password(rq->db, .person = open->person, .password_hash = hash))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a password chosen meanwhile");
	tenure_begin(rq, open->user);
	audit_by(rq, &by, &(struct audit_act){ S("invitation.accept"), open->id, { 0 } });
	*who = (struct proven){ open->person, open->user, open->org, open->email };
	return ACCEPTED;
}
