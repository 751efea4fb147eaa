/* person.c - people, their users in organizations, and the first set-up. */
#include "core/person.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/desk.h"
#include "core/entitlement.h"
#include "core/hashing.h"
#include "core/notice.h"
#include "core/operator.h"
#include "core/secret.h"
#include "core/tenure.h"
#include "http/form.h"
#include "sql.h"

#include <inttypes.h>
#include <string.h>

str
person_password_hash(struct request *rq, str password)
{
	return hash_make(rq, PERMIT_PEOPLE, &rq->desk->settings->people, password);
}

/* The person of an address that was typed. What has not the form of one is not asked for: it may be a
 * password in the wrong field, and the database would have it in its memory. */
static const struct person_by_email_row *
person_of(struct request *rq, str email)
{
	if (!is_email(email))
		return NULL;
	return sql_person_by_email(rq->db, .email = str_lower(rq->arena, email));
}

str
person_stand_in(struct request *rq, str email)
{
	const struct keyring *ring = rq->desk->keyring;
	str key = DIGEST_STR(ring->keys[ring->active].session);
	struct digest mac = digest_hmac(key, S("nobody "), str_lower(rq->arena, email));
	const struct person_last_row *last;
	const struct person_hash_near_row *near;
	uint32_t chosen;

	if (!is_email(email))
		return (str){ 0 };
	last = sql_person_last(rq->db);
	memcpy(&chosen, mac.at, sizeof chosen);
	near = sql_person_hash_near(rq->db, .person = last->person > 0 ? chosen % last->person : 0);
	return near && hash_readable(rq, near->password_hash) ? near->password_hash : (str){ 0 };
}

/* As much work as for the wrong password of somebody. */
static void
prove_nobody(struct request *rq, str password, str stand_in)
{
	if (stand_in.n)
		hash_check(rq, PERMIT_PEOPLE, stand_in, password);
	else
		person_password_hash(rq, password);
}

enum proof
person_prove(struct request *rq, str email, str password, struct proven *proven)
{
	const struct person_by_email_row *person = person_of(rq, email);
	str stand_in = person_stand_in(rq, email), hash;
	const struct person_home_row *home;

	*proven = (struct proven){ 0 };
	if (!person || !hash_readable(rq, person->password_hash)) {
		prove_nobody(rq, password, stand_in);
		return PROOF_WRONG;
	}
	if (!hash_check(rq, PERMIT_PEOPLE, person->password_hash, password))
		return PROOF_WRONG;
	hash = person->password_hash;
	if (!hash_current(rq, &rq->desk->settings->people, hash)) {
		hash = person_password_hash(rq, password);
		sql_person_rehash(rq->db, .person = person->person, .before = person->password_hash,
		    .password_hash = hash);
	}
	home = sql_person_home(rq->db, .person = person->person);
	*proven = (struct proven){ .person = person->person,
		.user = home ? home->user : 0,
		.org = home ? home->org : 0,
		.name = person->email,
		.hash = hash };
	return home || person->is_operator ? PROOF_GOOD : PROOF_NOWHERE;
}

int64_t
person_make(struct request *rq, const struct person_wish *wish, str hash, bool *made)
{
	str email = str_lower(rq->arena, wish->email);
	const struct person_by_email_row *there;

	*made = sql_person_add(rq->db, .public_id = secret_id_make(rq->arena), .email = email,
		    .name = wish->name, .password_hash = hash, .now = rq->now) > 0;
	if (*made)
		return db_insert_id(rq->db);
	there = sql_person_by_email(rq->db, .email = email);
	if (!there)
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a person who is there and is not");
	if (!there->password_hash.n && hash.n &&
	    !sql_invitation_password(
		rq->db, .person = there->person, .name = wish->name, .password_hash = hash))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a password chosen meanwhile");
	return there->person;
}

/* A user of by->org. */
static int64_t
user_make(
    struct request *rq, const struct audit_who *by, int64_t person, const struct person_wish *wish)
{
	str public_id = secret_id_make(rq->arena), role = role_text(wish->role);
	int64_t user;

	if (!sql_user_add(rq->db, .public_id = public_id, .org = by->org, .person = person,
		.role = role, .now = rq->now))
		return 0;
	user = db_insert_id(rq->db);
	tenure_begin(rq, user);
	if (wish->is_operator)
		operator_make(rq, by, person, user);
	audit_by(rq, by,
	    &(struct audit_act){ S("user.create"), public_id,
		fmt(rq->arena, "{\"role\":\"%.*s\",\"operator\":%s}", STR(role),
		    wish->is_operator ? "true" : "false") });
	return user;
}

int64_t
person_join(struct request *rq, int64_t org, const struct person_wish *wish)
{
	struct audit_who who = audit_actor(rq, org);
	str hash = wish->password.n ? person_password_hash(rq, wish->password) : (str){ 0 };
	bool made;

	return user_make(rq, &who, person_make(rq, wish, hash, &made), wish);
}

void
person_hold(struct request *rq, int64_t person)
{
	sql_users_held(rq->db, .person = person);
	sql_person_held(rq->db, .person = person);
}

void
person_hold_proven(struct request *rq, const struct proven *who)
{
	const struct person_hash_row *row;

	person_hold(rq, who->person);
	row = sql_person_hash(rq->db, .person = who->person);
	if (!row || !str_eq_secret(row->password_hash, who->hash))
		fault_as(rq->arena->fault, FAULT_CONFLICT, "a password that was changed meanwhile");
}

int64_t
person_sessions_end(struct request *rq, int64_t person, int64_t but)
{
	/* First: whoever turns one into a session has its row, and is waited for. */
	sql_half_sessions_end(rq->db, .person = person);
	person_hold(rq, person);
	return sql_sessions_end(rq->db, .person = person, .but = but);
}

bool
person_session_end(struct request *rq, int64_t person, str id)
{
	person_hold(rq, person);
	return sql_session_end_by_id(rq->db, .person = person, .id = id) == 1;
}

bool
person_knows(struct request *rq, str password)
{
	const struct person_hash_row *row = sql_person_hash(rq->db, .person = rq->actor->person);

	return row && hash_check(rq, PERMIT_PEOPLE, row->password_hash, password);
}

static void
set_password(struct request *rq, int64_t person, str hash)
{
	sql_person_password(rq->db, .person = person, .password_hash = hash);
	person_sessions_end(rq, person, 0);
}

void
person_change_password(struct request *rq, str hash)
{
	int64_t me = rq->actor->person, ended;

	sql_person_password(rq->db, .person = me, .password_hash = hash);
	ended = person_sessions_end(rq, me, rq->actor->session);
	audit(rq, S("person.change-password"), (str){ 0 },
	    fmt(rq->arena, "{\"sessions\":%" PRId64 "}", ended));
	notice_mail(rq, NOTICE_PASSWORD, rq->actor->email);
}

bool
person_set_password(struct request *rq, str email, str password)
{
	const struct person_by_email_row *person =
	    sql_person_by_email(rq->db, .email = str_lower(rq->arena, email));

	if (!person)
		return false;
	set_password(rq, person->person, person_password_hash(rq, password));
	audit(rq, S("person.set-password"), person->id, (str){ 0 });
	notice_mail(rq, NOTICE_PASSWORD_SET, person->email);
	return true;
}

/* by becomes that of the new organization's chain. */
static int64_t
organization_make(struct request *rq, struct audit_who *by, str name, str *public_id)
{
	*public_id = secret_id_make(rq->arena);
	sql_organization_add(rq->db, .public_id = *public_id, .name = name, .now = rq->now);
	by->org = db_insert_id(rq->db);
	audit_by(rq, by, &(struct audit_act){ S("organization.create"), *public_id, { 0 } });
	return by->org;
}

int64_t
organization_create(struct request *rq, str name, str *public_id)
{
	struct audit_who who = audit_actor(rq, 0);

	return organization_make(rq, &who, name, public_id);
}

str
setup_begin(struct request *rq)
{
	str token;
	struct digest hash;
	struct audit_who who = { .name = S("command line") };

	if (sql_installation_get(rq->db))
		return (str){ 0 };
	token = random_base62(rq->arena, 43);
	hash = digest_sha256(token);
	sql_setup_links_end(rq->db);
	sql_setup_link_add(rq->db, .token_hash = DIGEST_STR(hash), .now = rq->now);
	audit_by(rq, &who,
	    &(struct audit_act){
		S("setup.link"), (str){ 0 }, fmt(rq->arena, "{\"days\":%d}", SETUP_DAYS) });
	return token;
}

static const struct setup_link_open_row *
setup_link(struct request *rq, str token)
{
	struct digest hash = digest_sha256(token);

	return sql_setup_link_open(
	    rq->db, .token_hash = DIGEST_STR(hash), .after = rq->now - SETUP_DAYS * DAY);
}

int64_t
setup_open(struct request *rq, str token)
{
	const struct setup_link_open_row *link = setup_link(rq, token);

	return link ? link->created_at + SETUP_DAYS * DAY : 0;
}

/* Who holds the link runs this installation: somebody of this address who is there already becomes that
 * person, and what was typed becomes the password, as `user set-password` could do. */
static int64_t
setup_person(struct request *rq, const struct person_wish *wish, str hash)
{
	bool made;
	int64_t person = person_make(rq, wish, hash, &made);

	if (!made)
		set_password(rq, person, hash);
	return person;
}

bool
setup_finish(struct request *rq, const struct setup_wish *setup, struct proven *proven)
{
	const struct person_wish *wish = &setup->person;
	const struct setup_link_open_row *link = setup_link(rq, setup->token);
	struct audit_who who = { .name = str_lower(rq->arena, wish->email) };
	str public_id, hash;

	*proven = (struct proven){ 0 };
	if (!link)
		return false;
	hash = person_password_hash(rq, wish->password); /* before a row is locked */
	if (!sql_setup_link_use(rq->db, .link = link->link, .now = rq->now) ||
	    !sql_installation_claim(rq->db, .now = rq->now))
		return false;
	who.person = setup_person(rq, wish, hash);
	*proven = (struct proven){ .person = who.person, .name = who.name, .hash = hash };
	proven->org = organization_make(rq, &who, setup->organization, &public_id);
	proven->user = user_make(rq, &who, who.person, wish);
	entitlement_give_all(rq, &who);
	who.org = 0;
	audit_by(rq, &who, &(struct audit_act){ S("setup.finish"), public_id, { 0 } });
	return true;
}
